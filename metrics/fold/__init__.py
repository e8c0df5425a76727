"""The parts of the fold from events to facts: pure functions, one question each; `metrics.facts` composes them."""
