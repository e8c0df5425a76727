"""Reads every version of calendars and policies as the fold wants them."""

import json
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache

from metrics.calendars import BusinessTime, Changing, Clock
from metrics.models import CalendarVersion, SlaPolicyVersion
from metrics.policies import ChannelTraits, PolicyVersion, Rules
from tickets.channels.registry import adapters
from tickets.models import Channel


def load_rules() -> Rules:
    """Three statements. The intervals of a calendar version are worked out once per process: versions never change."""
    calendars: dict[int, list[tuple[int | None, Clock]]] = {}
    default = 0
    for version in CalendarVersion.objects.select_related("calendar"):
        hours = _hours(version.pk, json.dumps(version.data, sort_keys=True))
        calendars.setdefault(version.calendar_id, []).append((_seconds(version.valid_from), hours))
        default = version.calendar_id if version.calendar.is_default else default
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
        default_calendar=default,
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
