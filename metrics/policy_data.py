"""The targets of a policy, checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metrics.policies import BUSINESS, CALENDAR, METRICS
from tickets.states import PRIORITIES

CLOCKS = (CALENDAR, BUSINESS)
MOST_MINUTES = 366 * 24 * 60


class BadPolicy(ValueError):
    """What is wrong, with its place."""


def check_targets(targets: Any) -> None:
    """Minutes by metric and priority, as `metrics.policies.PolicyVersion` holds them. Raises BadPolicy."""
    if not isinstance(targets, Mapping) or not targets:
        raise BadPolicy(f"a policy needs a target for at least one of {', '.join(METRICS)}")
    for metric, target in targets.items():
        if metric not in METRICS:
            raise BadPolicy(f"unknown metric “{metric}”; known are {', '.join(METRICS)}")
        _check(metric, target, ("live_minutes", "callback"))


def _check(place: str, target: Any, more: tuple[str, ...] = ()) -> None:
    if not isinstance(target, Mapping):
        raise BadPolicy(f"{place} must give minutes by priority")
    for name, value in target.items():
        if name == "clock":
            if value not in CLOCKS:
                raise BadPolicy(f"{place}.clock must be one of {', '.join(CLOCKS)}")
        elif name == "callback" and name in more:
            _check(f"{place}.callback", value)
        elif name in PRIORITIES or name in more:
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MOST_MINUTES:
                raise BadPolicy(f"{place}.{name} must be minutes, more than 0 and at most {MOST_MINUTES}")
        else:
            raise BadPolicy(f"{place}.{name} is unknown; known are clock, {', '.join((*PRIORITIES, *more))}")
    if not set(target) & {*PRIORITIES, *more}:
        raise BadPolicy(f"{place} has no target")


def clocks_of(targets: Mapping[str, Mapping[str, Any]], usual: str) -> set[str]:
    """Every clock that some target is measured with."""
    found = set()
    for target in targets.values():
        if set(target) & set(PRIORITIES):
            found.add(target.get("clock", usual))
        if "live_minutes" in target:
            found.add(CALENDAR)
        if "callback" in target:
            found.add(target["callback"].get("clock", target.get("clock", usual)))
    return found
