"""Every promise on a ticket: when it runs out, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from metrics.calendars import Clock
from metrics.fold.attributes import Attributes
from metrics.fold.statuses import Stretch
from metrics.fold.waits import Wait
from metrics.policies import Rules, Target

RESOLUTION = "resolution"
MET, BREACHED, CANCELLED, NO_REPLY, RUNNING = "met", "breached", "cancelled", "no_reply", "running"
# How a wait's end counts where it came in time.
OUTCOMES = {"reply": MET, "resolved": NO_REPLY, "still_open": RUNNING}
# The clock of a resolution stands still while it is the customer's turn, and after it was solved.
PAUSED_IN = ("pending", "solved", "closed")

Run = tuple[int, int | None]


@dataclass(frozen=True)
class Instance:
    """One target of one ticket.

    `policy`: the version, None where an agent promised it. `outcome` is RUNNING until the ticket's own events end it:
    whether a running one is over its time depends on now (`state_at`). `used_s` was used up at `running_since`; None
    there: it is paused or over. `breaks_at` is the first instant at which more than the target has passed; it follows
    `due_at` at once on the calendar clock, and at the next opening when a business target is due at a closing
    instant. `runs`: the stretches in which its clock was not paused.
    """

    metric: str
    n: int
    policy: int | None
    clock: str
    target_s: int
    start: int
    end: int | None
    due_at: int | None
    at_risk_at: int | None
    breaks_at: int | None
    outcome: str
    breached_at: int | None
    late_escalation: bool
    used_s: int
    running_since: int | None
    runs: tuple[Run, ...]
    timer: Clock = field(compare=False, repr=False)

    @property
    def is_open(self) -> bool:
        return self.end is None

    @property
    def pauses(self) -> list[Run]:
        """From when until when its clock stood still; until None: still does."""
        stops = [stop for _start, stop in self.runs if stop is not None]
        starts = [*(start for start, _stop in self.runs[1:]), self.end]
        return [(stop, start) for stop, start in zip(stops, starts, strict=False) if stop != start]

    def elapsed_at(self, now: int) -> int:
        return self.used_s + (0 if self.running_since is None else self.timer.elapsed(self.running_since, now))

    def outcome_at(self, now: int) -> str:
        over = self.outcome == RUNNING and self.breaks_at is not None and self.breaks_at <= now
        return BREACHED if over else self.outcome

    def breached_by(self, now: int) -> int | None:
        """When it was breached, as known now."""
        if self.breached_at is None and self.outcome_at(now) == BREACHED:
            return self.due_at
        return self.breached_at


def of_waits(
    waits: Sequence[Wait], changes: list[tuple[int, Attributes]], rules: Rules, excluded: str | None
) -> list[Instance]:
    """One instance per wait: response clocks never pause."""
    found: list[Instance] = []
    for wait in waits:
        n = 1 + sum(instance.metric == wait.metric for instance in found)
        end_outcome = CANCELLED if excluded and not wait.answered else OUTCOMES.get(wait.ended_by, CANCELLED)
        instance = instance_of(
            wait.metric, n, [(wait.start, wait.end)], wait.end, end_outcome, _targets_of_wait(wait, changes, rules)
        )
        if instance:
            found.append(instance)
    return found


def of_resolution(
    stretches: list[Stretch],
    changes: list[tuple[int, Attributes]],
    rules: Rules,
    *,
    replied: bool,
    excluded: str | None,
) -> Instance | None:
    """From the opening on, paused while it is the customer's turn; goes on after a reopening."""
    runs: list[Run] = [(part.start, part.end) for part in stretches if part.status not in PAUSED_IN]
    last = stretches[-1]
    end = last.start if last.resolved else None
    outcome = CANCELLED if excluded else RUNNING if end is None else MET if replied else NO_REPLY
    start = stretches[0].start
    targets = _changing(RESOLUTION, changes, start, end, lambda ticket: rules.target(RESOLUTION, ticket, start))
    return instance_of(RESOLUTION, 1, runs, end, outcome, targets)


def _targets_of_wait(
    wait: Wait, changes: list[tuple[int, Attributes]], rules: Rules
) -> list[tuple[int, Target | None]]:
    missed = wait.missed_at is not None or not (wait.live or wait.ended_by == "still_open")
    call = "" if not wait.by_call else "missed" if missed else "live"

    def promised(ticket: Attributes) -> Target | None:
        # The wait's own channel decides: a mail in a ticket that began on a network is still a mail.
        asked = ticket._replace(channel=wait.channel or ticket.channel, visibility=wait.visibility)
        return rules.target(wait.metric, asked, wait.start, call)

    return _changing(wait.metric, changes, wait.start, wait.end, promised)


def _changing(metric, changes, start, end, promised) -> list[tuple[int, Target | None]]:  # type: ignore[no-untyped-def]
    """The target at the start, then each other one that a change of the ticket brought before the end."""
    before = [ticket for at, ticket in changes if at <= start]
    found = [(start, promised(before[-1] if before else changes[0][1]))]
    for at, ticket in changes:
        if at > start and (end is None or at < end):
            target = promised(ticket)
            if target != found[-1][1]:
                found.append((at, target))
    return found


def instance_of(
    metric: str, n: int, runs: list[Run], end: int | None, outcome: str, targets: list[tuple[int, Target | None]]
) -> Instance | None:
    target, breached_at, late = _judged(runs, targets)
    if target is None:
        return None
    paused = end is None and (not runs or runs[-1][1] is not None)
    due_at = _reached(runs, target, target.seconds, paused)
    breaks_at = _reached(runs, target, target.seconds + 1, paused)
    if breached_at is None and end is not None and breaks_at is not None and breaks_at <= end:
        breached_at = due_at
    running_since = runs[-1][0] if runs and runs[-1][1] is None else None
    return Instance(
        metric=metric,
        n=n,
        policy=target.policy,
        clock=target.clock_name,
        target_s=target.seconds,
        start=runs[0][0] if runs else targets[0][0],
        end=end,
        due_at=due_at,
        at_risk_at=_reached(runs, target, target.seconds - _warning(target.seconds), paused),
        breaks_at=breaks_at,
        outcome=outcome if breached_at is None else BREACHED,
        breached_at=breached_at,
        late_escalation=late,
        used_s=sum(target.clock.elapsed(start, stop) for start, stop in runs if stop is not None),
        running_since=running_since,
        runs=tuple(runs),
        timer=target.clock,
    )


def _judged(runs: list[Run], targets: list[tuple[int, Target | None]]) -> tuple[Target | None, int | None, bool]:
    """The target that counts in the end; when it was breached before or by a change; whether the change did it.

    A breach is not undone by anything done after it. A stricter target that is already past is breached at the change.
    """
    _, target = targets[0]
    for at, changed in targets[1:]:
        if target and (breaks_at := _reached(runs, target, target.seconds + 1, paused=True)) and breaks_at <= at:
            return target, _reached(runs, target, target.seconds, paused=True), False
        target = changed
        if target and (breaks_at := _reached(runs, target, target.seconds + 1, paused=True)) and breaks_at <= at:
            return target, at, True
    return target, None, False


def _reached(runs: list[Run], target: Target, seconds: int, paused: bool) -> int | None:
    """When that much has been used up; while paused it is not known, unless it has been before."""
    left = seconds
    for index, (start, stop) in enumerate(runs):
        last_open = stop is None or (index == len(runs) - 1 and not paused)
        used = 0 if stop is None else target.clock.elapsed(start, stop)
        if last_open or used >= left:
            return target.clock.deadline(start, left)
        left -= used
    return None


def _warning(seconds: int) -> int:
    """How long before its end a target is at risk."""
    return min(seconds, max(300, seconds // 4))
