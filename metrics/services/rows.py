"""Facts as rows."""

from collections.abc import Iterator

from metrics.facts import CALC_VERSION, Facts
from metrics.models import HandleSession, SlaInstance, TicketFact, WaitInterval
from metrics.reading import moment, moment_or_none, next_alarm_at

_SAME = (
    "visibility",
    "live",
    "initiated_by",
    "status",
    "first_response_s",
    "first_response_business_s",
    "first_resolution_s",
    "full_resolution_s",
    "effective_resolution_s",
    "effective_resolution_business_s",
    "net_resolution_s",
    "net_resolution_business_s",
    "requester_wait_s",
    "agent_wait_s",
    "agent_work_s",
    "on_hold_s",
    "handle_s",
    "replies",
    "calls",
    "reopens",
    "substantive_reopens",
    "one_touch",
    "counts_for_mpr",
)
_INSTANTS = (
    "status_since",
    "opened_at",
    "first_reply_at",
    "first_resolved_at",
    "last_resolved_at",
    "effective_resolved_at",
)
FACT_COLUMNS = ["channel", "excluded", "priority", "calc_version", "computed_at", *_SAME, *_INSTANTS]


def fact(number: int, facts: Facts, now: int) -> TicketFact:
    return TicketFact(
        ticket_id=number,
        channel_id=facts.channel,
        excluded=facts.excluded or "",
        priority=facts.now.priority,
        calc_version=CALC_VERSION,
        computed_at=moment(now),
        **{name: getattr(facts, name) for name in _SAME},
        **{name: moment_or_none(getattr(facts, name)) for name in _INSTANTS},
    )


def waits(number: int, facts: Facts) -> Iterator[WaitInterval]:
    for n, wait in enumerate(facts.waits, 1):
        yield WaitInterval(
            ticket_id=number,
            n=n,
            metric=wait.metric,
            channel_id=wait.channel or facts.channel,
            visibility=wait.visibility,
            live=wait.live,
            counts=wait.answered and not facts.excluded,
            started_at=moment(wait.start),
            ended_at=moment_or_none(wait.end),
            ended_by=wait.ended_by,
            reason=wait.reason,
            question_id=wait.question,
            answer_id=wait.answer,
            author_id=wait.author,
            calendar_s=wait.calendar_s,
            business_s=facts.business_s(wait),
        )


def promises(number: int, facts: Facts, now: int) -> Iterator[SlaInstance]:
    for instance in facts.sla:
        yield SlaInstance(
            ticket_id=number,
            metric=instance.metric,
            n=instance.n,
            policy_id=instance.policy,
            channel_id=facts.channel,
            clock=instance.clock,
            target_s=instance.target_s,
            started_at=moment(instance.start),
            ended_at=moment_or_none(instance.end),
            due_at=moment_or_none(instance.due_at),
            outcome=instance.outcome_at(now),
            breached_at=moment_or_none(instance.breached_by(now)),
            late_escalation=instance.late_escalation,
            elapsed_s=instance.used_s,
            next_alarm_at=moment_or_none(next_alarm_at(instance, now)),
        )


def sessions(number: int, facts: Facts) -> Iterator[HandleSession]:
    for session in facts.sessions:
        yield HandleSession(
            ticket_id=number,
            kind=session.kind,
            channel_id=facts.channel,
            agent_id=session.agent,
            started_at=moment(session.start),
            seconds=session.seconds,
        )
