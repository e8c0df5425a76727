"""Which promise holds for a ticket: ordered policies with conditions, versions and targets. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metrics.calendars import AroundTheClock, Changing, Clock
from metrics.fold.attributes import NORMAL, Attributes

CALENDAR, BUSINESS = "calendar", "business"
METRICS = ("first_response", "next_response", "resolution")
ALWAYS = AroundTheClock()


@dataclass(frozen=True)
class Target:
    """At most so many seconds on that clock. `policy` is the version that promised it, None where an agent did."""

    seconds: int
    clock_name: str
    policy: int | None
    clock: Clock = field(compare=False, repr=False)


@dataclass(frozen=True)
class PolicyVersion:
    """One version of a policy; `valid_from` None: always.

    `targets`: minutes per metric and priority, {"first_response": {"normal": 240, "urgent": 30, "clock": "business",
    "live_minutes": 0.5, "callback": {"normal": 120}}}. A priority that is not named has the target of `normal`.
    """

    id: int
    policy: int
    valid_from: int | None
    position: int
    enabled: bool
    conditions: Mapping[str, Any]
    calendar: int
    clock: str
    targets: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class ChannelTraits:
    """What a policy may ask about a channel: never its kind."""

    capabilities: frozenset[str]


class Rules:
    """Every version of every policy and calendar, and the channels' traits."""

    def __init__(
        self,
        policies: list[PolicyVersion],
        calendars: Mapping[int, Clock],
        default_calendar: int | None,
        channels: Mapping[int, ChannelTraits],
    ) -> None:
        self.calendars = calendars
        self.default_clock = calendars.get(default_calendar or 0, ALWAYS)
        self._channels = channels
        # Newest first, so that the first version found to be valid is the right one.
        self._policies = sorted(policies, key=lambda version: (version.valid_from is not None, version.valid_from or 0))
        self._policies.reverse()
        self._changes = sorted({version.valid_from for version in policies if version.valid_from is not None})
        self._found: dict[tuple[int, Attributes], PolicyVersion | None] = {}
        asked = {name for version in policies for name in version.conditions} | {"channel", "policy", "tags"}
        self._unasked: dict[str, Any] = {name: None for name in Attributes._fields if name not in asked}

    def policy_for(self, ticket: Attributes, at: int) -> PolicyVersion | None:
        """The first matching policy, in the order and version of that time."""
        # Most tickets are alike, and nothing changes between two new versions.
        key = bisect_right(self._changes, at), ticket._replace(**self._unasked)
        if key not in self._found:
            self._found[key] = self._first_match(ticket, at)
        return self._found[key]

    def _first_match(self, ticket: Attributes, at: int) -> PolicyVersion | None:
        valid: dict[int, PolicyVersion] = {}
        for version in self._policies:
            if version.valid_from is None or version.valid_from <= at:
                valid.setdefault(version.policy, version)
        if ticket.policy is not None:
            return valid.get(ticket.policy)
        for version in sorted(valid.values(), key=lambda version: version.position):
            if version.enabled and self._matches(version.conditions, ticket):
                return version
        return None

    def _matches(self, conditions: Mapping[str, Any], ticket: Attributes) -> bool:
        return all(self._holds(name, wanted, ticket) for name, wanted in conditions.items())

    def _holds(self, name: str, wanted: Any, ticket: Attributes) -> bool:
        if name == "capability":
            traits = self._channels.get(ticket.channel or 0)
            return bool(traits and wanted in traits.capabilities)
        if name == "tag":
            return not ticket.tags.isdisjoint(wanted if isinstance(wanted, list) else [wanted])
        return getattr(ticket, name) in (wanted if isinstance(wanted, list) else [wanted])

    def target(self, metric: str, ticket: Attributes, at: int, call: str = "") -> Target | None:
        """What was promised then. `call`: `live` for a call that was answered, `missed` for one that was not."""
        version = self.policy_for(ticket, at)
        given = version.targets.get(metric) if version else None
        if not (version and given):
            return None
        clock_name = given.get("clock", version.clock)
        minutes = given.get(ticket.priority, given.get(NORMAL))
        if call == "live" and "live_minutes" in given:
            minutes, clock_name = given["live_minutes"], given.get("live_clock", CALENDAR)
        elif call == "missed" and (callback := given.get("callback")):
            minutes, clock_name = callback.get(ticket.priority, callback.get(NORMAL)), callback.get("clock", clock_name)
        if minutes is None:
            return None
        clock = ALWAYS if clock_name == CALENDAR else self.calendars[version.calendar]
        return Target(round(minutes * 60), clock_name, version.id, clock)

    def business_clock(self, changes: list[tuple[int, Attributes]]) -> Clock:
        """The calendar of the policy that held at each time; the default calendar where none does."""
        pieces: list[tuple[int | None, Clock]] = []
        for at, ticket in changes:
            version = self.policy_for(ticket, at)
            clock = self.calendars[version.calendar] if version else self.default_clock
            if not pieces or pieces[-1][1] is not clock:
                pieces.append((at if pieces else None, clock))
        return pieces[0][1] if len(pieces) == 1 else Changing(pieces)
