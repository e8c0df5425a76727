"""The brand that a fresh installation plays with: people, channels, and a week that has already happened."""
