"""Business time: which seconds count, how many lie between two instants, and when so many will have passed. Pure.

Instants are whole UTC seconds since 1970, durations whole seconds. Rules R1 to R12 stand in
`tests/data/metrics/business_hours.json`; the algorithm is intervals with prefix sums (docs/decisions/0005).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from metrics.opening_hours import OpeningHours, parse

Interval = tuple[int, int]

# How far ahead a deadline is looked for in a calendar that is almost always closed.
HORIZON_YEARS = 30


class Clock(Protocol):
    """What a duration or a target is measured with."""

    def elapsed(self, start: int, end: int) -> int:
        """Seconds that count between two instants; 0 when `end` is not after `start`."""

    def deadline(self, start: int, seconds: int) -> int | None:
        """The first instant at which that many seconds have counted; None when that never happens."""


class AroundTheClock:
    """Calendar time: every second counts."""

    def elapsed(self, start: int, end: int) -> int:
        return max(0, end - start)

    def deadline(self, start: int, seconds: int) -> int | None:
        return start + seconds


class Table(NamedTuple):
    """Open intervals of whole years, and the open seconds before each. `since`, `until`: the instants it covers."""

    first_year: int
    last_year: int
    since: int
    until: int
    starts: list[int]
    ends: list[int]
    before: list[int]

    def counted(self, instant: int) -> int:
        """Open seconds from the beginning of the table to an instant."""
        index = bisect_right(self.starts, instant) - 1
        if index < 0:
            return 0
        return self.before[index] + min(instant, self.ends[index]) - self.starts[index]

    @property
    def total(self) -> int:
        return self.before[-1] + self.ends[-1] - self.starts[-1] if self.starts else 0

    def reached(self, total: int) -> int:
        """The instant at which that much has been counted: a closing instant, never the next opening (R10)."""
        index = bisect_right(self.before, total - 1) - 1
        return self.starts[index] + total - self.before[index]


class BusinessTime:
    """One version of a calendar. Intervals are worked out by whole years, as far as they are asked for."""

    def __init__(self, hours: OpeningHours) -> None:
        self.hours = hours
        self._zone = ZoneInfo(hours.zone)
        self._known: Table | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> BusinessTime:
        """Raises `opening_hours.BadHours` with the field that is wrong."""
        return cls(parse(data))

    def elapsed(self, start: int, end: int) -> int:
        if end <= start or self.hours.never_open:
            return 0
        table = self._table(start, end)
        return table.counted(end) - table.counted(start)

    def deadline(self, start: int, seconds: int) -> int | None:
        if seconds <= 0:
            return start
        if self.hours.never_open:
            return None
        for years in range(HORIZON_YEARS):
            table = self._table(start, start + years * 366 * 86_400)
            due = table.counted(start) + seconds
            if due <= table.total:
                return table.reached(due)
        return None

    def _table(self, start: int, end: int) -> Table:
        known = self._known
        if known and known.since <= start and end <= known.until:
            return known
        first, last = _year(start), _year(end)
        # A year more on both sides: the next question is mostly about a neighbouring instant.
        first, last = first - 1, last + 1
        if known:
            first, last = min(first, known.first_year), max(last, known.last_year)
        intervals = self._open(date(first, 1, 1), date(last, 12, 31))
        before = [0, *accumulate(closes - opens for opens, closes in intervals)][:-1]
        # One assignment: another thread sees the old table or the new one.
        self._known = Table(
            first,
            last,
            _new_year(first),
            _new_year(last + 1),
            [opens for opens, _ in intervals],
            [closes for _, closes in intervals],
            before,
        )
        return self._known

    def _open(self, first: date, last: date) -> list[Interval]:
        """(shifts - holidays - closures) + extra openings (R6), sorted and apart."""
        shifts = union(self._shifts(first - timedelta(days=2), last + timedelta(days=2)))
        closed = union([*self._holidays(), *self._windows(self.hours.closures)])
        return union([*difference(shifts, closed), *self._windows(self.hours.extra)])

    def _shifts(self, first: date, last: date) -> Iterator[Interval]:
        day = first
        while day <= last:
            for opens, closes in self.hours.weekly[day.weekday()]:
                end_day = day + timedelta(days=1) if closes <= opens or closes == 24 * 60 else day
                yield self._instant(day, opens), self._instant(end_day, closes % (24 * 60))
            day += timedelta(days=1)

    def _holidays(self) -> Iterator[Interval]:
        for day in self.hours.holidays:
            yield self._instant(day, 0), self._instant(day + timedelta(days=1), 0)

    def _windows(self, windows: Iterable[tuple[datetime, datetime]]) -> Iterator[Interval]:
        for opens, closes in windows:
            yield instant_of(opens, self._zone), instant_of(closes, self._zone)

    def _instant(self, day: date, minutes: int) -> int:
        return instant_of(datetime.combine(day, time(minutes // 60, minutes % 60)), self._zone)


class Changing:
    """Clocks that follow one another; each stretch of time is measured with the one valid in it (R12)."""

    def __init__(self, pieces: Iterable[tuple[int | None, Clock]]) -> None:
        """`pieces`: since when (None: always) and what; the earliest also holds before its time."""
        self._pieces = sorted(pieces, key=lambda piece: -(1 << 62) if piece[0] is None else piece[0])

    def elapsed(self, start: int, end: int) -> int:
        return sum(clock.elapsed(since, until) for clock, since, until in self._within(start, end))

    def deadline(self, start: int, seconds: int) -> int | None:
        left = seconds
        for clock, since, until in self._within(start, None):
            counted = None if until is None else clock.elapsed(since, until)
            if counted is None or counted >= left:
                return clock.deadline(since, left)
            left -= counted
        return None

    def _within(self, start: int, end: int | None) -> Iterator[tuple[Clock, int, Any]]:
        """The parts of [start, end) with their clocks; an open end stays None."""
        for index, (since, clock) in enumerate(self._pieces):
            begins = start if index == 0 or since is None else max(start, since)
            following = self._pieces[index + 1][0] if index + 1 < len(self._pieces) else None
            ends = following if end is None else end if following is None else min(end, following)
            if ends is None or begins < ends:
                yield clock, begins, ends


def instant_of(wall: datetime, zone: ZoneInfo) -> int:
    """The first instant at which the zone's clocks show `wall` or later (R2): the jump in spring, the first pass in
    autumn."""
    first_pass = int(wall.replace(tzinfo=zone, fold=0).timestamp())
    if _shown(first_pass, zone) == wall:
        return first_pass
    # Skipped: the jump lies between the readings with the offset after it and the one before it.
    low, high = int(wall.replace(tzinfo=zone, fold=1).timestamp()), first_pass
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _shown(middle, zone) >= wall else (middle, high)
    return high


def _shown(instant: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None, fold=0)


def _year(instant: int) -> int:
    return datetime.fromtimestamp(instant, UTC).year


def _new_year(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Sorted, non-empty, apart: touching intervals become one."""
    merged: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def difference(intervals: list[Interval], holes: list[Interval]) -> Iterator[Interval]:
    """`intervals` without `holes`; both as `union` gives them."""
    first = 0
    for start, end in intervals:
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        for hole_start, hole_end in holes[first:]:
            if hole_start >= end:
                break
            if start < hole_start:
                yield start, hole_start
            start = max(start, hole_end)
        if start < end:
            yield start, end
