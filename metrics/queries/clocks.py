"""Every promise on one ticket as people read it, folded on the spot from its events."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime

from metrics.facts import fold
from metrics.fold.sla import Instance
from metrics.models import SlaPolicyVersion
from metrics.queries.events import events_of
from metrics.queries.rules import load_rules
from metrics.reading import moment, moment_or_none, state_at

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pause:
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class ClockTrace:
    """`state`: an outcome, or for a running clock `ok`, `at_risk`, `breached` or `paused`. Durations in seconds."""

    metric: str
    state: str
    policy: str
    clock: str
    target_s: int
    elapsed_s: int
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    breached_at: datetime | None
    late_escalation: bool
    pauses: list[Pause]

    @property
    def over_s(self) -> int:
        return max(0, self.elapsed_s - self.target_s)


def clocks_of(number: int) -> list[ClockTrace]:
    """Newest first. At most four statements."""
    found = events_of([number]).get(number)
    if not found:
        return []
    try:
        facts, now = fold(found, load_rules()), int(time.time())
    except Exception:
        # The ticket can still be read and answered.
        logger.exception("Ticket %s cannot be measured", number)
        return []
    versions = {instance.policy for instance in facts.sla if instance.policy}
    names = dict(SlaPolicyVersion.objects.filter(pk__in=versions).values_list("pk", "policy__name")) if versions else {}
    latest_first = sorted(facts.sla, key=lambda instance: instance.start, reverse=True)
    return [_trace(instance, names.get(instance.policy or 0, ""), now) for instance in latest_first]


def _trace(instance: Instance, policy: str, now: int) -> ClockTrace:
    return ClockTrace(
        metric=instance.metric,
        state=_state(instance, now),
        policy=policy,
        clock=instance.clock,
        target_s=instance.target_s,
        elapsed_s=instance.elapsed_at(now),
        started_at=moment(instance.start),
        due_at=moment_or_none(instance.due_at),
        ended_at=moment_or_none(instance.end),
        breached_at=moment_or_none(instance.breached_by(now)),
        late_escalation=instance.late_escalation,
        pauses=[Pause(moment(start), moment_or_none(end)) for start, end in instance.pauses],
    )


def _state(instance: Instance, now: int) -> str:
    if not instance.is_open or instance.outcome_at(now) != "running":
        return instance.outcome_at(now)
    return "paused" if instance.running_since is None else state_at(instance, now)
