"""Handling time as the browser measured it: how long an agent worked at a ticket that was in view."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from tickets.models import Ticket
from tickets.services.events import event, record

SHORTEST, LONGEST = timedelta(seconds=3), timedelta(hours=1)


def log_focus(ticket: Ticket, by: User, seconds: int) -> None:
    """A session that ended now. What is too short is a look in passing; two tabs never count the same minute twice."""
    until = timezone.now()
    start = until - min(timedelta(seconds=seconds), LONGEST)
    counted = _counted_until(by)
    if counted:
        start = max(start, counted)
    if until - start < SHORTEST:
        return
    cache.set(_key(by), until, LONGEST.total_seconds())
    with transaction.atomic():
        record([event(ticket, "focused", by=by, at=start, until=until.isoformat())])
        # The measures learn of it, open pages need not: nothing in them changed.
        Ticket.objects.filter(pk=ticket.pk).update(version=F("version") + 1, needs_fold=True)


def _counted_until(by: User) -> datetime | None:
    return cache.get(_key(by))


def _key(by: User) -> str:
    return f"focus:{by.pk}"
