"""X (formerly Twitter) through tweepy. `adapter` says what the network can do, `normalise` what a post becomes."""
