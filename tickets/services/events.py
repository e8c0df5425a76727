"""How verbs record what happened and announce that tickets changed."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from tickets.models import Event, Message, Ticket
from tickets.signals import tickets_changed


def event(
    ticket: Ticket,
    kind: str,
    *,
    by: User | None = None,
    actor_kind: str = "",
    message: Message | None = None,
    at: datetime | None = None,
    dedupe_key: str | None = None,
    **data: Any,
) -> Event:
    """An unsaved event. Without `actor_kind` it is the agent `by`, or the system where nobody is named."""
    return Event(
        ticket=ticket,
        message=message,
        kind=kind,
        actor_kind=actor_kind or (Event.Actor.AGENT if by else Event.Actor.SYSTEM),
        actor=by,
        channel_id=message.channel_id if message else None,
        visibility=message.visibility if message else "",
        occurred_at=at or timezone.now(),
        data=data,
        dedupe_key=dedupe_key,
    )


def from_to(old: str, new: str, **more: Any) -> dict[str, Any]:
    """The data of a change; `from` is a word that Python keeps for itself."""
    return {"from": old, "to": new, **more}


def record(events: Iterable[Event]) -> None:
    """Store events; one that is already known by its dedupe key stands once."""
    Event.objects.bulk_create(list(events), ignore_conflicts=True)


def changed(numbers: Iterable[int]) -> None:
    """Raise the version of tickets, mark them for folding and tell the apps above after the commit."""
    unique = sorted(set(numbers))
    if not unique:
        return
    Ticket.objects.filter(number__in=unique).update(
        version=F("version") + 1, needs_fold=True, updated_at=timezone.now()
    )
    transaction.on_commit(partial(tickets_changed.send_robust, sender=Ticket, numbers=unique))
