"""Changes of calendars and policies by people: each makes a new version, and running clocks are worked out anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from metrics.models import Calendar, SlaPolicy, SlaPolicyVersion
from metrics.queries.policy_words import current_versions
from tickets.models import Ticket
from tickets.states import UNSOLVED


@transaction.atomic
def save_calendar(calendar: Calendar | None, name: str, hours: dict[str, Any], valid_from: datetime | None) -> Calendar:
    """`hours` as `metrics.opening_hours.parse` takes them, checked. The first version holds since ever, another from
    `valid_from` or from now."""
    if calendar is None:
        calendar = Calendar.objects.create(name=name)
        calendar.versions.create(data=hours)
        return calendar
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    calendar.name = name
    calendar.save(update_fields=["name"])
    if calendar.versions.latest("pk").data != hours:
        # One that is still to come has measured nothing yet: the new one takes its place.
        calendar.versions.filter(valid_from__gt=timezone.now()).delete()
        _add_version(calendar.versions, valid_from, data=hours)
        _measure_open_tickets()
    return calendar


@transaction.atomic
def make_default(calendar: Calendar) -> None:
    Calendar.objects.filter(is_default=True).update(is_default=False)
    Calendar.objects.filter(pk=calendar.pk).update(is_default=True)


@transaction.atomic
def save_policy(policy: SlaPolicy | None, name: str, version: dict[str, Any]) -> SlaPolicy:
    """`version`: enabled, conditions, calendar, clock, targets. It holds for clocks that start from now on."""
    _lock()
    if policy is None:
        made = SlaPolicy.objects.create(name=name)
        last = SlaPolicyVersion.objects.aggregate(last=Max("position"))["last"] or 0
        _add_version(made.versions, position=last + 1, **version)
        return made
    SlaPolicy.objects.filter(pk=policy.pk).update(name=name)
    latest = policy.versions.latest("pk")
    if any(getattr(latest, column) != value for column, value in version.items()):
        _add_version(policy.versions, position=latest.position, **version)
    return policy


@transaction.atomic
def move_up(policy: SlaPolicy) -> None:
    """Before the policy that was asked before it."""
    _lock()
    ordered = current_versions()
    place = next((n for n, version in enumerate(ordered) if version.policy_id == policy.pk), 0)
    if place == 0:
        return
    above, moved = ordered[place - 1], ordered[place]
    for version, position in ((moved, above.position), (above, moved.position)):
        same = {name: getattr(version, name) for name in ("enabled", "conditions", "calendar", "clock", "targets")}
        _add_version(version.policy.versions, position=position, **same)


def _add_version(versions: Any, valid_from: datetime | None = None, **fields: Any) -> None:
    """From the next full second on, since measures count whole ones; later than every version before."""
    when = valid_from or timezone.now().replace(microsecond=0) + timedelta(seconds=1)
    latest = versions.aggregate(latest=Max("valid_from"))["latest"]
    if latest is not None:
        when = max(when, latest + timedelta(seconds=1))
    versions.create(valid_from=when, **fields)


def _lock() -> None:
    """Two people at once must not give two policies the same place."""
    list(SlaPolicy.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def _measure_open_tickets() -> None:
    # The sweep takes them in small portions.
    Ticket.objects.filter(status__in=UNSOLVED).update(needs_fold=True)
