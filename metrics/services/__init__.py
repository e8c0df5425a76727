"""The verbs of measures: folding, and changing calendars and promises."""
