"""The verbs: the only writers of tickets. Each writes its events in its own transaction."""
