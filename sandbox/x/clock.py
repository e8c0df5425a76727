"""Time and ids of the simulated network."""

import itertools
import time
from datetime import UTC, datetime, timedelta

# X counts the milliseconds of its ids from here.
EPOCH_MS = 1_288_834_974_657
SEQUENCE_BITS = 22


def to_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def iso(ms: int) -> str:
    """X's own form with milliseconds; tweepy refuses any other."""
    return from_ms(ms).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def id_at(ms: int) -> int:
    """The smallest snowflake id of that millisecond."""
    return max(ms - EPOCH_MS, 0) << SEQUENCE_BITS


def ms_of(snowflake: int) -> int:
    return (snowflake >> SEQUENCE_BITS) + EPOCH_MS


class Clock:
    """Real time by default; tests may stop it or move it."""

    def __init__(self) -> None:
        self._frozen_ms: int | None = None
        self._offset_ms = 0
        self._sequence = itertools.count()

    def now_ms(self) -> int:
        base = self._frozen_ms if self._frozen_ms is not None else time.time_ns() // 1_000_000
        return base + self._offset_ms

    def now(self) -> datetime:
        return from_ms(self.now_ms())

    def freeze(self, at: datetime | None = None) -> None:
        """Stop at `at` (default: now)."""
        self._frozen_ms, self._offset_ms = (to_ms(at) if at else self.now_ms()), 0

    def advance(self, seconds: float = 0, **parts: float) -> None:
        """Move the network's time on: `advance(30)`, `advance(days=8)`."""
        self._offset_ms += int(timedelta(seconds=seconds, **parts).total_seconds() * 1000)

    def snowflake(self, at_ms: int | None = None) -> int:
        """A new id: time in the high bits, a running number below, so that no two are equal."""
        sequence = next(self._sequence) % (1 << SEQUENCE_BITS)
        return id_at(self.now_ms() if at_ms is None else at_ms) | sequence
