"""Facts as they read at a given moment: ages, running clocks, and the clock that matters most. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from metrics.facts import Facts
from metrics.fold.sla import BREACHED, MET, RUNNING, Instance
from metrics.fold.updates import NEXT_UPDATE

_PLAIN = (
    "live",
    "excluded",
    "initiated_by",
    "first_response_s",
    "first_response_business_s",
    "next_responses_s",
    "next_responses_business_s",
    "first_resolution_s",
    "full_resolution_s",
    "effective_resolution_s",
    "effective_resolution_business_s",
    "net_resolution_s",
    "net_resolution_business_s",
)
# The measure that grows while the ticket has the status.
_GROWS = {
    "requester_wait_s": ("new", "open", "on_hold"),
    "agent_wait_s": ("pending",),
    "agent_work_s": ("new", "open"),
    "on_hold_s": ("on_hold",),
}


def as_of(facts: Facts, now: int) -> dict[str, Any]:
    """The measures of one ticket, as `export_facts` names them; what the ticket is called is the caller's."""
    running = max(0, now - facts.status_since)
    return {
        "visibility": facts.visibility,
        **{name: _plain(getattr(facts, name)) for name in _PLAIN},
        "opened_at": iso(facts.opened_at),
        **{
            name: getattr(facts, name) + (running if facts.status in statuses else 0)
            for name, statuses in _GROWS.items()
        },
        "handle_s": facts.handle_s,
        "replies": facts.replies,
        "reopens": facts.reopens,
        "substantive_reopens": facts.substantive_reopens,
        "one_touch": facts.one_touch,
        "counts_for_mpr": facts.counts_for_mpr,
        "open": facts.is_open,
        "age_s": max(0, now - facts.opened_at) if facts.is_open else None,
        "age_business_s": facts.business.elapsed(facts.opened_at, now) if facts.is_open else None,
        "sla": [_promise(instance, now) for instance in facts.sla],
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _promise(instance: Instance, now: int) -> dict[str, Any]:
    return {
        "metric": instance.metric,
        "outcome": instance.outcome_at(now),
        "elapsed_s": instance.elapsed_at(now),
        "target_s": instance.target_s,
        "clock": instance.clock,
        "due_at": iso(instance.due_at),
        "breached_at": iso(instance.breached_by(now)),
        "late_escalation": instance.late_escalation,
    }


def moment(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)


def moment_or_none(instant: int | None) -> datetime | None:
    return None if instant is None else moment(instant)


def iso(instant: int | None) -> str | None:
    return None if instant is None else moment(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class CurrentSla:
    """The clock that matters most now: `state` is one of tickets.Ticket.SlaState."""

    metric: str = ""
    due_at: int | None = None
    at_risk_at: int | None = None
    state: str = "none"


def current_sla(facts: Facts, now: int) -> CurrentSla:
    """Of the clocks that run, the one due first; `due_at` is set exactly while one runs."""
    unfinished = [instance for instance in facts.sla if instance.is_open and instance.outcome in (RUNNING, BREACHED)]
    running = [
        instance for instance in unfinished if instance.running_since is not None and instance.due_at is not None
    ]
    if running:
        first = min(running, key=lambda instance: instance.due_at or 0)
        return CurrentSla(first.metric, first.due_at, first.at_risk_at, state_at(first, now))
    if unfinished:
        return CurrentSla(unfinished[-1].metric, state="paused")
    finished = [instance for instance in facts.sla if instance.outcome in (MET, BREACHED)]
    broken = [instance for instance in finished if instance.outcome == BREACHED]
    if not finished:
        return CurrentSla()
    return CurrentSla((broken or finished)[-1].metric, state="breached" if broken else "met")


def promised_until(facts: Facts) -> int | None:
    """By when an agent promised the next word, as long as that is open."""
    running = (one for one in facts.sla if one.metric == NEXT_UPDATE and one.is_open and one.outcome == RUNNING)
    return next((one.due_at for one in running), None)


def state_at(instance: Instance, now: int) -> str:
    """`ok`, `at_risk` or `breached`, for a clock that runs."""
    if instance.outcome_at(now) == BREACHED:
        return "breached"
    return "at_risk" if instance.at_risk_at is not None and instance.at_risk_at <= now else "ok"


def next_alarm_at(instance: Instance, now: int) -> int | None:
    """When this clock changes its state by itself; None when it does not."""
    if instance.outcome_at(now) != RUNNING or instance.running_since is None:
        return None
    if instance.at_risk_at is not None and now < instance.at_risk_at:
        return instance.at_risk_at
    return instance.breaks_at
