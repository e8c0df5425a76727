"""What is raised when a promise is about to break, and when it broke. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from metrics.facts import Facts
from metrics.fold.sla import Instance
from metrics.reading import state_at

AT_RISK, BREACHED = "sla_at_risk", "sla_breached"
KINDS = (AT_RISK, BREACHED)
# What was over before, in an import or a rebuild, alarms nobody any more.
STALE_AFTER_S = 86_400


@dataclass(frozen=True)
class Alarm:
    """`at`: the instant at which it became true, however late it was noticed."""

    kind: str
    at: int
    instance: Instance

    @property
    def key(self) -> str:
        """The same for every fold that finds it: a target of a wait is at risk once, and broken once."""
        return f"{self.kind}:{self.instance.metric}:{self.instance.start}:{self.instance.target_s}"


def alarms(facts: Facts, now: int) -> Iterator[Alarm]:
    for instance in facts.sla:
        if instance.end is not None and instance.end < now - STALE_AFTER_S:
            continue
        breached_at = instance.breached_by(now)
        if breached_at is not None:
            yield Alarm(BREACHED, breached_at, instance)
        elif instance.is_open and instance.at_risk_at is not None and state_at(instance, now) == "at_risk":
            yield Alarm(AT_RISK, instance.at_risk_at, instance)
