"""Reads every version of calendars and policies as the fold wants them."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache

from django.db import connection

from metrics.calendars import BusinessTime, Changing, Clock
from metrics.models import Calendar, CalendarVersion, SlaPolicyVersion
from metrics.policies import ChannelTraits, PolicyVersion, Rules
from tickets.channels.registry import adapters
from tickets.models import Channel


def load_rules() -> Rules:
    """Every version there is; one statement while nothing was added, since versions never change."""
    return _rules(_newest())


def next_openings(moments: Iterable[datetime]) -> list[datetime | None]:
    """For each the first instant from then on at which the default calendar is open; None if it never is."""
    clock = load_rules().default_clock
    ends_of_first_second = [clock.deadline(int(moment.timestamp()), 1) for moment in moments]
    return [None if end is None else datetime.fromtimestamp(end - 1, UTC) for end in ends_of_first_second]


def _newest() -> tuple[int | None, ...]:
    tables = [model._meta.db_table for model in (CalendarVersion, SlaPolicyVersion, Channel)]
    newest = [f"(SELECT max(id) FROM {table})" for table in tables]  # noqa: S608 our own table names
    default = f"(SELECT id FROM {Calendar._meta.db_table} WHERE is_default)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([*newest, default])}")
        return cursor.fetchone()


@lru_cache(maxsize=2)
def _rules(newest: tuple[int | None, ...]) -> Rules:
    calendars: dict[int, list[tuple[int | None, Clock]]] = {}
    for version in CalendarVersion.objects.all():
        hours = _hours(version.pk, json.dumps(version.data, sort_keys=True))
        calendars.setdefault(version.calendar_id, []).append((_seconds(version.valid_from), hours))
    policies = [
        PolicyVersion(
            id=version.pk,
            policy=version.policy_id,
            valid_from=_seconds(version.valid_from),
            position=version.position,
            enabled=version.enabled,
            conditions=version.conditions,
            calendar=version.calendar_id,
            clock=version.clock,
            targets=version.targets,
        )
        for version in SlaPolicyVersion.objects.all()
    ]
    return Rules(
        policies=policies,
        calendars={pk: Changing(pieces) for pk, pieces in calendars.items()},
        default_calendar=newest[-1],
        channels={pk: _traits(kind) for pk, kind in Channel.objects.values_list("pk", "kind")},
    )


@lru_cache(maxsize=64)
def _hours(pk: int, data: str) -> BusinessTime:
    return BusinessTime.from_data(json.loads(data))


def _traits(kind: str) -> ChannelTraits:
    """What a channel of this kind can do; nothing where its adapter has been taken out of the settings."""
    adapter = adapters().get(kind)
    able = asdict(adapter.kind.capabilities) if adapter else {}
    return ChannelTraits(frozenset(name for name, value in able.items() if value))


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
