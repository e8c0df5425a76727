"""When a ticket was solved: first, last, and in effect."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.calendars import AroundTheClock, Clock
from metrics.fold.statuses import Stretch
from metrics.fold.waits import Reply


@dataclass(frozen=True)
class Cycle:
    """From the opening or a reopening to the solving that followed; `solved_at` is None while it goes on."""

    start: int
    solved_at: int | None
    automatic: bool
    pending_since: int | None
    has_reply: bool


@dataclass(frozen=True)
class Resolution:
    """`effective_at`: without trailing thank-you cycles, and not counting what an automation waited before closing."""

    first_at: int | None
    last_at: int | None
    effective_at: int | None
    reopens: int
    substantive_reopens: int


def resolution(stretches: list[Stretch], replies: tuple[Reply, ...]) -> Resolution:
    cycles = _cycles(stretches, replies)
    solved = [cycle.solved_at for cycle in cycles if cycle.solved_at is not None]
    resolved_now = cycles[-1].solved_at is not None
    return Resolution(
        first_at=solved[0] if solved else None,
        last_at=solved[-1] if resolved_now else None,
        effective_at=_effective(cycles) if resolved_now and replies else None,
        reopens=len(cycles) - 1,
        substantive_reopens=sum(cycle.has_reply for cycle in cycles[1:]),
    )


def _effective(cycles: list[Cycle]) -> int | None:
    last = len(cycles) - 1
    while last > 0 and not cycles[last].has_reply:
        last -= 1
    cycle = cycles[last]
    if cycle.automatic and cycle.pending_since is not None:
        return cycle.pending_since
    return cycle.solved_at


def _cycles(stretches: list[Stretch], replies: tuple[Reply, ...]) -> list[Cycle]:
    cycles: list[Cycle] = []
    start: int | None = None
    pending_since = None
    for stretch in stretches:
        if not stretch.resolved:
            start = stretch.start if start is None else start
            pending_since = stretch.start if stretch.status == "pending" else pending_since
        elif start is not None:
            cycles.append(_cycle(start, stretch, pending_since, replies))
            start = pending_since = None
    if start is not None or not cycles:
        cycles.append(_cycle(stretches[0].start if start is None else start, None, None, replies))
    return cycles


def _cycle(start: int, solving: Stretch | None, pending_since: int | None, replies: tuple[Reply, ...]) -> Cycle:
    solved_at = solving.start if solving else None
    return Cycle(
        start=start,
        solved_at=solved_at,
        automatic=bool(solving and solving.automatic),
        pending_since=pending_since,
        has_reply=any(
            start <= reply.given_at and (solved_at is None or reply.given_at <= solved_at) for reply in replies
        ),
    )


def net_seconds(stretches: list[Stretch], start: int, end: int, clock: Clock | None = None) -> int:
    """From start to end without the time in which we waited for the customer."""
    clock = clock or AroundTheClock()
    waited = sum(
        clock.elapsed(max(stretch.start, start), min(stretch.end or end, end))
        for stretch in stretches
        if stretch.status == "pending"
    )
    return clock.elapsed(start, end) - waited
