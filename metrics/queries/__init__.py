"""Reads: events and rules for the fold, figures for the pages, facts for exports. Nothing here writes."""
