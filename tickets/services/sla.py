"""Takes the due times and alarms that `metrics` works out; queue and API read them from the ticket and its events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from tickets.models import Event, Ticket
from tickets.services.events import record
from tickets.services.notifications import Kind, notify

# Nobody is told of an import's old times.
NEWS_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class SlaUpdate:
    """The clock that matters most for one ticket, and by when its agent promised the next word. `version` is the
    ticket's version that was measured.
    """

    number: int
    version: int
    metric: str
    due_at: datetime | None
    at_risk_at: datetime | None
    state: str
    promised_at: datetime | None = None


@dataclass(frozen=True)
class RaisedAlarm:
    """A promise that is at risk or broken since `at`; `key` tells it from every other of its ticket."""

    number: int
    kind: str
    at: datetime
    key: str
    data: dict[str, Any]


def raise_alarms(alarms: Iterable[RaisedAlarm]) -> None:
    """As events: each stands once, however often it is noticed, and stays when the past is corrected. The assignee is
    told, once for each promise.
    """
    alarms = list(alarms)
    raised = [
        Event(
            ticket_id=alarm.number,
            kind=alarm.kind,
            actor_kind=Event.Actor.SYSTEM,
            occurred_at=alarm.at,
            data=alarm.data,
            dedupe_key=f"{alarm.number}:{alarm.key}",
        )
        for alarm in alarms
    ]
    if raised:
        record(raised)
        _tell([alarm for alarm in alarms if alarm.at > timezone.now() - NEWS_FOR])


def _tell(alarms: Sequence[RaisedAlarm]) -> None:
    numbers = [alarm.number for alarm in alarms]
    owned = Ticket.objects.filter(assignee__isnull=False).select_related("team").in_bulk(numbers) if numbers else {}
    for alarm in alarms:
        ticket = owned.get(alarm.number)
        if ticket and ticket.assignee_id:
            # At risk, then broken: the same promise.
            promise = alarm.key.partition(":")[2]
            notify(Kind.AT_RISK, ticket, [ticket.assignee_id], key=f"{promise}:{ticket.pk}")


def set_sla(updates: Iterable[SlaUpdate]) -> None:
    """Store the clocks. A ticket that changed meanwhile keeps its mark and is measured again."""
    wanted = {update.number: update for update in updates}
    columns = ("sla_metric", "sla_due_at", "sla_at_risk_at", "sla_state", "promised_at")
    locked = Ticket.objects.select_for_update(of=["self"]).filter(number__in=wanted).order_by("number")
    changed = []
    for number, version, needs_fold, *clock in locked.values_list("number", "version", "needs_fold", *columns):
        new = wanted[number]
        still_needs_fold = needs_fold and version != new.version
        now = [new.metric, new.due_at, new.at_risk_at, new.state, new.promised_at]
        if now != clock or still_needs_fold != needs_fold:
            changed.append((number, still_needs_fold, *now))
    if changed:
        _write(changed)


def _write(rows: Sequence[tuple[object, ...]]) -> None:
    # One statement with arrays: the ORM's bulk update costs more than the measuring itself.
    table = Ticket._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET needs_fold = new.needs_fold, sla_metric = new.metric, sla_due_at = new.due_at, "  # noqa: S608
            "sla_at_risk_at = new.at_risk_at, sla_state = new.state, promised_at = new.promised_at "
            "FROM unnest(%s::bigint[], %s::boolean[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[], "
            "%s::timestamptz[]) "
            "AS new(number, needs_fold, metric, due_at, at_risk_at, state, promised_at) "
            f"WHERE {table}.number = new.number",
            [list(column) for column in zip(*rows, strict=True)],
        )
