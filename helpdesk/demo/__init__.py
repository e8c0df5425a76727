"""The brand a fresh installation plays with: people, channels, a week of work, and four weeks that are over."""
