"""Facts: what is measured about one ticket, as a pure fold over its events (METRICS: docs/metrics.md).

Nothing here depends on now: ages and running clocks are worked out on reading (`metrics.reading`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from metrics.calendars import Clock
from metrics.fold import attributes, sla, statuses
from metrics.fold.attributes import Attributes
from metrics.fold.effort import Session, sessions
from metrics.fold.events import RESOLVED, SAID_BY_US, Event, apart, present, with_calls
from metrics.fold.resolution import net_seconds, resolution
from metrics.fold.statuses import Stretch
from metrics.fold.updates import of_updates
from metrics.fold.waits import FIRST, Wait, conversation
from metrics.policies import Rules

# Raised with every change of a rule, so that reports can show where it changed.
CALC_VERSION = 1


@dataclass(frozen=True)
class Facts:
    """Instants are UTC seconds, durations seconds, None where there is nothing to measure.

    The four status times count finished stretches only; the present one runs since `status_since`.
    """

    opened_at: int
    channel: int | None
    visibility: str
    live: bool
    excluded: str | None
    initiated_by: str
    now: Attributes
    status: str
    status_since: int
    first_reply_at: int | None
    first_response_s: int | None
    first_response_business_s: int | None
    next_responses_s: tuple[int, ...]
    next_responses_business_s: tuple[int, ...]
    first_resolved_at: int | None
    last_resolved_at: int | None
    effective_resolved_at: int | None
    first_resolution_s: int | None
    full_resolution_s: int | None
    effective_resolution_s: int | None
    effective_resolution_business_s: int | None
    net_resolution_s: int | None
    net_resolution_business_s: int | None
    requester_wait_s: int
    agent_wait_s: int
    agent_work_s: int
    on_hold_s: int
    handle_s: int
    replies: int
    calls: int
    reopens: int
    substantive_reopens: int
    one_touch: bool
    counts_for_mpr: bool
    waits: tuple[Wait, ...]
    sla: tuple[sla.Instance, ...]
    sessions: tuple[Session, ...]
    business: Clock = field(compare=False, repr=False)

    @property
    def is_open(self) -> bool:
        return self.status not in RESOLVED

    def business_s(self, wait: Wait) -> int | None:
        return None if wait.end is None else self.business.elapsed(wait.start, wait.end)


def fold(events: Sequence[Event], rules: Rules) -> Facts:
    """The facts of one ticket from its own events and those of the messages now in it, in the order of
    (occurred_at, id)."""
    complete = with_calls(present(events))
    own, _sources = apart(complete)
    talk = conversation(complete)
    opened_at = _opened_at(own)
    stretches = statuses.stretches(own, opened_at)
    changes = attributes.history(own)
    business = rules.business_clock(changes)
    excluded = attributes.excluded(own)
    solved = resolution(stretches, talk.replies)
    effective_at = None if excluded else solved.effective_at
    promises = sla.of_waits(talk.waits, changes, rules, excluded)
    of_resolution = sla.of_resolution(stretches, changes, rules, replied=bool(talk.replies), excluded=excluded)
    updates = of_updates(own, talk.replies, stretches, excluded)
    counted = [wait for wait in talk.waits if wait.answered and not excluded]
    first = next((wait for wait in counted if wait.metric == FIRST), None)
    later = [wait for wait in counted if wait is not first]
    spent = sessions(own)
    calls = sum(reply.is_call for reply in talk.replies)
    one_answer = len(talk.replies) == 1
    return Facts(
        opened_at=opened_at,
        channel=changes[0][1].channel,
        visibility=attributes.seen_as(complete),
        live=talk.live,
        excluded=excluded,
        initiated_by=talk.initiated_by,
        now=changes[-1][1],
        status=stretches[-1].status,
        status_since=stretches[-1].start,
        first_reply_at=first.end if first else None,
        first_response_s=first.calendar_s if first else None,
        first_response_business_s=business.elapsed(first.start, first.end) if first and first.end else None,
        next_responses_s=tuple(wait.end - wait.start for wait in later if wait.end),
        next_responses_business_s=tuple(business.elapsed(wait.start, wait.end) for wait in later if wait.end),
        first_resolved_at=None if excluded else solved.first_at,
        last_resolved_at=None if excluded else solved.last_at,
        effective_resolved_at=effective_at,
        first_resolution_s=_since(opened_at, None if excluded else solved.first_at),
        full_resolution_s=_since(opened_at, None if excluded else solved.last_at),
        effective_resolution_s=_since(opened_at, effective_at),
        effective_resolution_business_s=None if effective_at is None else business.elapsed(opened_at, effective_at),
        net_resolution_s=_net(stretches, opened_at, effective_at),
        net_resolution_business_s=_net(stretches, opened_at, effective_at, business),
        requester_wait_s=statuses.seconds_in(stretches, "new", "open", "on_hold"),
        agent_wait_s=statuses.seconds_in(stretches, "pending"),
        agent_work_s=statuses.seconds_in(stretches, "new", "open"),
        on_hold_s=statuses.seconds_in(stretches, "on_hold"),
        handle_s=sum(session.seconds for session in spent),
        replies=len(talk.replies) - calls,
        calls=calls,
        reopens=solved.reopens,
        substantive_reopens=solved.substantive_reopens,
        one_touch=effective_at is not None and one_answer and not solved.substantive_reopens,
        counts_for_mpr=effective_at is not None,
        waits=talk.waits,
        sla=(*promises, *([of_resolution] if of_resolution else []), *updates),
        sessions=tuple(spent),
        business=business,
    )


def _opened_at(events: Sequence[Event]) -> int:
    """The first contact, whenever we learned of it; what was picked by hand begins when it came to our queue."""
    opened = next((event for event in events if event.kind == "ticket_opened"), None)
    if opened and opened.data.get("reason") == "agent":
        return opened.at
    contact = {"message_in", "call_ring", *SAID_BY_US}
    return next((event.at for event in events if event.kind in contact), (opened or events[0]).at)


def _since(start: int, end: int | None) -> int | None:
    return None if end is None else end - start


def _net(stretches: list[Stretch], start: int, end: int | None, clock: Clock | None = None) -> int | None:
    return None if end is None else net_seconds(stretches, start, end, clock)
