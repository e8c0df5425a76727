"""Policies in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team
from metrics.models import SlaPolicyVersion
from metrics.policies import CALENDAR, METRICS
from metrics.words import metric
from tickets.models import Channel, Customer, Tag
from tickets.states import PRIORITIES

# What a policy may ask of a channel.
CAPABILITY_WORDS = {
    "has_followers": gettext_lazy("Social networks"),
    "has_subject": gettext_lazy("Email"),
    "logs_calls": gettext_lazy("Telephone"),
}


@dataclass(frozen=True)
class Described:
    """A version of a policy in words; each target as (metric, [(priority or kind, seconds, clock)])."""

    version: SlaPolicyVersion
    conditions: list[str]
    targets: list[tuple[str, list[tuple[str, float, str]]]]


def current_versions() -> list[SlaPolicyVersion]:
    """The newest version of every policy, in the order in which they are asked."""
    newest = SlaPolicyVersion.objects.order_by("policy", "-pk").distinct("policy").select_related("policy", "calendar")
    return sorted(newest, key=lambda version: (version.position, version.policy_id))


def describe(versions: list[SlaPolicyVersion]) -> list[Described]:
    """Four statements at most, however many."""
    wanted: dict[str, set[int]] = {"channel": set(), "team": set(), "tag": set(), "customer": set()}
    for version in versions:
        for name, ids in wanted.items():
            ids.update(_several(version.conditions.get(name, [])))
    models: dict[str, Any] = {"channel": Channel, "team": Team, "tag": Tag, "customer": Customer}
    names = {
        kind: dict(models[kind].objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
        for kind, ids in wanted.items()
    }
    return [Described(version, _conditions(version, names), _targets(version)) for version in versions]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _conditions(version: SlaPolicyVersion, names: Mapping[str, Mapping[int, str]]) -> list[str]:
    words = []
    for name, value in version.conditions.items():
        if name == "capability":
            words.append(str(CAPABILITY_WORDS.get(value, value)))
        elif name in names:
            words.append(" / ".join(names[name].get(pk, f"#{pk}") for pk in _several(value)))
        else:
            words.append(" / ".join(_several(value)))
    return words


def _targets(version: SlaPolicyVersion) -> list[tuple[str, list[tuple[str, float, str]]]]:
    found = []
    for name in METRICS:
        target = version.targets.get(name)
        if target is None:
            continue
        clock = target.get("clock", version.clock)
        each = [(priority, target[priority] * 60, clock) for priority in PRIORITIES if priority in target]
        if "live_minutes" in target:
            each.append((_("answered call"), target["live_minutes"] * 60, target.get("live_clock", CALENDAR)))
        if "callback" in target:
            back = target["callback"]
            each.append((_("missed call"), back["normal"] * 60, back.get("clock", clock)))
        found.append((metric(name), each))
    return found
