"""Undoing what was done to several tickets: each goes back as far as nobody changed it since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Team, User
from tickets import states
from tickets.models import BulkChange, Ticket
from tickets.services import merging, properties
from tickets.services.bulk import Outcome, each
from tickets.services.errors import Refused

UNDO_WITHIN = timedelta(minutes=10)
Properties = dict[str, Any]
MERGED = Ticket.Excluded.MERGED


def properties_of(numbers: Iterable[int]) -> dict[str, Properties]:
    """Ticket number -> what bulk actions change, as JSON keeps it. Two statements."""
    return {
        str(ticket.pk): _written(ticket) for ticket in Ticket.objects.filter(pk__in=numbers).prefetch_related("tags")
    }


def _written(ticket: Ticket) -> Properties:
    return {
        "status": ticket.status,
        "priority": ticket.priority_name,
        "assignee": ticket.assignee_id,
        "team": ticket.team_id,
        "tags": sorted(tag.name for tag in ticket.tags.all()),
        "snoozed_until": ticket.snoozed_until and ticket.snoozed_until.isoformat(),
        "excluded": ticket.excluded,
        "waiting_since": ticket.waiting_since and ticket.waiting_since.isoformat(),
        "awaits_assignee": ticket.awaits_assignee,
    }


def remember(by: User, before: dict[str, Properties]) -> BulkChange | None:
    """Keep what changed since `before`; None when nothing did."""
    now = properties_of(int(number) for number in before)
    changed = [number for number, was in before.items() if number in now and now[number] != was]
    if not changed:
        return None
    return BulkChange.objects.create(
        by=by, before={number: before[number] for number in changed}, after={number: now[number] for number in changed}
    )


def undo(change_id: int, by: User, seen: Iterable[int]) -> Outcome:
    """Take a change back in the tickets of `seen`. Raises Refused for a second time, or when it is too late."""
    with transaction.atomic():
        change = BulkChange.objects.select_for_update().get(pk=change_id, by=by)
        if change.undone_at:
            raise Refused("This was undone already.")
        if change.at < timezone.now() - UNDO_WITHIN:
            raise Refused("It is too late to undo this. Change the tickets themselves.")
        change.undone_at = timezone.now()
        change.save(update_fields=["undone_at"])
    numbers = [int(number) for number in change.before if int(number) in set(seen)]
    return each(numbers, lambda number: _back(number, change.before[str(number)], change.after[str(number)], by))


def _back(number: int, before: Properties, after: Properties, by: User) -> None:
    if after["excluded"] == MERGED and before["excluded"] != MERGED:
        merging.unmerge(number, by)
        return
    with properties.locked(number) as ticket:
        now = _written(ticket)
        differs = {name for name in before if before[name] != after[name]}
        if any(now[name] != after[name] for name in differs):
            raise Refused("Changed again since. Change it in the ticket.")
        # The team before the person, who may not see the ticket in the other team.
        if "team" in differs:
            properties.set_team(number, Team.objects.filter(pk=before["team"]).first(), by)
        if "assignee" in differs:
            properties.assign(number, User.objects.filter(pk=before["assignee"]).first(), by, reason="undo")
        if "priority" in differs:
            properties.set_priority(number, before["priority"], by)
        if "status" in differs:
            # Nothing becomes new again: somebody has looked at it.
            status = states.OPEN if before["status"] == states.NEW else before["status"]
            properties.set_status(number, status, by, reason="undo")
        properties.remove_tags(number, set(after["tags"]) - set(before["tags"]), by)
        properties.add_tags(number, set(before["tags"]) - set(after["tags"]), by)
        if "snoozed_until" in differs:
            until = before["snoozed_until"] and datetime.fromisoformat(before["snoozed_until"])
            properties.snooze(number, until if until and until > timezone.now() else None, by)
        # Columns that verbs clear and no verb sets.
        columns = {name: before[name] for name in differs & {"waiting_since", "awaits_assignee"}}
        if columns:
            Ticket.objects.filter(pk=number).update(**columns)


def forget(before: datetime) -> None:
    BulkChange.objects.filter(at__lt=before).delete()
