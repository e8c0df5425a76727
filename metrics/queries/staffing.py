"""Whether somebody was there: moments against the default calendar."""

from collections.abc import Iterable
from datetime import datetime

from metrics.queries.rules import load_rules


def open_hours(moments: Iterable[datetime]) -> tuple[int, int]:
    """How many of these moments lie within the office hours, and how many there are."""
    clock, inside, n = load_rules().default_clock, 0, 0
    for moment in moments:
        at = int(moment.timestamp())
        inside += clock.elapsed(at, at + 1)
        n += 1
    return inside, n
