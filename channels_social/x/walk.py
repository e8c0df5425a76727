"""Where a feed was read to. Pure: cursors are plain JSON, ids are snowflakes and compare as numbers.

A cursor is `{"since": id, "polls": n}` between polls and carries a `walk` while one is unfinished. `since` moves only
when the walk has come to its end, so that a crash in the middle loses nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

X_EPOCH_MS = 1288834974657
# Posts can be found later than their ids say: now and then the last minutes are read again.
OVERLAP = timedelta(minutes=10)
OVERLAP_EVERY = 5
OVERLAP_WHILE = timedelta(hours=1)
# X lists the newest 800 mentions; deleted ones leave gaps.
NEARLY_ALL_LISTED = 760
SEARCH_REACH = timedelta(days=7) - timedelta(minutes=5)
# Pages may be empty and name a next one; as many that lead nowhere end the walk.
IDLE_PAGES = 20

# How a walk is bounded: one page only; by id; by time; by time in search; by meeting an id that is known.
FIRST, SINCE, OVERLAPPING, SEARCH, KNOWN = "first", "since", "overlapping", "search", "known"

Cursor = dict[str, Any]


@dataclass(frozen=True)
class Walk:
    """A reading from new to old. Ids are decimal strings ("0": none yet), times ISO 8601 UTC."""

    by: str
    since: str = "0"
    newest: str = "0"
    oldest: str = "0"
    start_time: str = ""
    end_time: str = ""
    token: str = ""
    read: int = 0
    idle: int = 0

    def after(self, ids: Sequence[str], token: str) -> "Walk":
        """The walk behind a page that held `ids` and named `token` as the next page."""
        numbers = [int(one) for one in ids]
        lowest = min(numbers, default=0)
        progress = bool(numbers) and (self.oldest == "0" or lowest < int(self.oldest))
        return replace(
            self,
            newest=str(max([int(self.newest), *numbers])),
            oldest=str(lowest) if progress else self.oldest,
            token=token,
            read=self.read + len(numbers),
            idle=0 if progress else self.idle + 1,
        )

    @property
    def ended(self) -> bool:
        met = self.by == KNOWN and 0 < int(self.oldest) <= int(self.since)
        return met or self.by == FIRST or not self.token or self.idle >= IDLE_PAGES


def current(cursor: Cursor, now: datetime, *, bounds: bool) -> Walk:
    """The walk to go on with, or a new one. `bounds`: the network takes an id or a time to read back to."""
    if cursor.get("walk"):
        return Walk(**cursor["walk"])
    since = cursor.get("since")
    if not since:
        return Walk(FIRST)
    if not bounds:
        return Walk(KNOWN, since, newest=since)
    newest_at = time_of(since)
    due = int(cursor.get("polls", 0)) % OVERLAP_EVERY == OVERLAP_EVERY - 1
    if due and newest_at and now - newest_at < OVERLAP_WHILE:
        return Walk(OVERLAPPING, since, newest=since, start_time=_iso(newest_at - OVERLAP))
    return Walk(SINCE, since, newest=since)


def under_way(cursor: Cursor, walk: Walk) -> Cursor:
    return cursor | {"walk": asdict(walk)}


def finished(cursor: Cursor, walk: Walk) -> Cursor:
    done = without_walk(cursor) | {"polls": int(cursor.get("polls", 0)) + 1}
    return done | {"since": walk.newest} if walk.newest != "0" else done


def without_walk(cursor: Cursor) -> Cursor:
    return {name: value for name, value in cursor.items() if name != "walk"}


def beyond_listing(walk: Walk, now: datetime) -> Walk | None:
    """A walk by search for what lies between `since` and the last mention that X lists; None if nothing does."""
    since_at, oldest_at = time_of(walk.since), time_of(walk.oldest)
    if walk.by not in (SINCE, OVERLAPPING) or walk.read < NEARLY_ALL_LISTED or not since_at or not oldest_at:
        return None
    start, end = max(since_at, now - SEARCH_REACH), oldest_at + timedelta(seconds=1)
    if start >= end:
        return None
    return Walk(SEARCH, walk.since, newest=walk.newest, start_time=_iso(start), end_time=_iso(end))


def time_of(snowflake: str) -> datetime | None:
    """When an id was made; None for ids older than snowflakes (2010)."""
    milliseconds = int(snowflake) >> 22
    return datetime.fromtimestamp((milliseconds + X_EPOCH_MS) / 1000, UTC) if milliseconds else None


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
