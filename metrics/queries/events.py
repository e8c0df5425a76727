"""Loads the events that the fold reads: a ticket's own, and those of the messages now in it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import F

from metrics.alarms import KINDS as ALARMS
from metrics.fold.events import Event
from tickets.models import Event as Recorded

_Row = tuple[Any, ...]
_COLUMNS = (
    "occurred_at",
    "id",
    "home",
    "message__ticket_id",
    "kind",
    "actor_kind",
    "ticket_id",
    "message_id",
    "actor_id",
    "channel_id",
    "visibility",
    "data",
)


def events_of(numbers: Iterable[int]) -> dict[int, list[Event]]:
    """Ticket number -> its events in order; one statement. A ticket without events is missing."""
    numbers = list(numbers)
    # Alarms follow from the rest: a measure never reads what measures raised.
    recorded = Recorded.objects.filter(ticket__in=numbers).exclude(kind__in=ALARMS).annotate(home=F("ticket_id"))
    moved_here = Recorded.objects.filter(message__ticket__in=numbers).exclude(ticket_id=F("message__ticket_id"))
    moved_here = moved_here.annotate(home=F("message__ticket_id"))
    rows = list(
        recorded.order_by().values_list(*_COLUMNS).union(moved_here.order_by().values_list(*_COLUMNS), all=True)
    )
    found: dict[int, list[Event]] = defaultdict(list)
    for row in sorted(_settled(rows), key=itemgetter(0, 1)):
        found[row[2]].append(_event(*row))
    return dict(found)


def _settled(rows: list[_Row]) -> Iterator[_Row]:
    """A status cannot change before the change that it followed: one brought by a message that came late counts as soon
    as it could happen."""
    latest: dict[int, datetime] = {}
    for row in sorted(rows, key=itemgetter(1)):
        occurred_at, _id, home, _message_is_in, kind, *_rest = row
        if kind == "status_changed":
            occurred_at = latest[home] = max(occurred_at, latest.get(home, occurred_at))
        yield occurred_at, *row[1:]


def _event(
    occurred_at: datetime,
    _id: int,
    home: int,
    message_is_in: int | None,
    kind: str,
    by: str,
    ticket: int,
    message: int | None,
    actor: int | None,
    channel: int | None,
    visibility: str,
    data: dict[str, Any],
) -> Event:
    gone = message is not None and message_is_in != home
    return Event(int(occurred_at.timestamp()), kind, by, ticket, message, actor, channel, visibility, data, gone)
