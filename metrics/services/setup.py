"""Calendars and policies: made once by name. The same again changes nothing; another of that name is refused."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from metrics.models import Calendar, SlaPolicy, SlaPolicyVersion
from metrics.opening_hours import parse
from metrics.policies import BUSINESS
from metrics.policy_data import clocks_of
from tickets.services.errors import Refused


@transaction.atomic
def add_calendar(name: str, hours: dict[str, Any]) -> Calendar:
    """`hours`: as `metrics.opening_hours.parse` takes them, checked."""
    known = Calendar.objects.filter(name=name).first()
    if known is None:
        made = Calendar.objects.create(name=name)
        made.versions.create(data=hours)
        return made
    if not any(parse(version.data) == parse(hours) for version in known.versions.all()):
        raise Refused(f"There is a calendar “{name}” with other hours. Use another name.")
    return known


@transaction.atomic
def add_policy(name: str, calendar: Calendar, clock: str, targets: dict[str, Any]) -> SlaPolicy:
    """A policy without conditions, which holds for the tickets that name it and no others. `targets`: checked."""
    if BUSINESS in clocks_of(targets, clock) and parse(calendar.versions.latest("pk").data).never_open:
        raise Refused(f"The calendar “{calendar.name}” is never open, so nothing can be due on it. Choose another one.")
    known = SlaPolicy.objects.filter(name=name).first()
    if known is None:
        made = SlaPolicy.objects.create(name=name)
        last = SlaPolicyVersion.objects.aggregate(last=Max("position"))["last"] or 0
        made.versions.create(position=last + 1, enabled=False, calendar=calendar, clock=clock, targets=targets)
        return made
    if not known.versions.filter(calendar=calendar, clock=clock, targets=targets).exists():
        raise Refused(f"There is a policy “{name}” with other targets. Use another name.")
    return known
