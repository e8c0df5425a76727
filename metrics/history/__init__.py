"""Conversations from elsewhere: read, checked and handed to the verb that stores them (docs/history-import.md)."""
