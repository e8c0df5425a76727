"""One line of an import, checked: every fault names its field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from metrics.opening_hours import BadHours, parse
from metrics.policy_data import BadPolicy, check_targets
from tickets import states

MOST_BYTES = 10_000_000
MOST_EVENTS = 10_000
ACTORS = ("customer", "third_party", "agent", "native_app", "bot", "automation", "system")
CALLS = ("call_ring", "call_answered", "call_missed", "call_ended")
TYPES = (
    *("message_in", "message_out", "note", "status", "assign", "priority", *CALLS, "work"),
    *("no_reply_needed", "merge_in", "merged_into", "csat"),
)
# Who did it where the line does not say.
USUAL_ACTOR = {"message_in": "customer", "call_ring": "customer", "call_missed": "customer", "csat": "customer"}
NEEDS = {
    "status": ("to",),
    "priority": ("to",),
    "work": ("until",),
    "merge_in": ("source",),
    "merged_into": ("target",),
}


class BadLine(ValueError):
    """Why a line is refused, with its field."""


class Instant(serializers.DateTimeField):
    """ISO 8601 with a zone, and not in the future."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.tzinfo is None:
            raise serializers.ValidationError("must be a time with a zone, such as 2026-10-24T21:50:00Z")
        if moment > timezone.now():
            raise serializers.ValidationError("lies in the future")
        return moment


class Strict(serializers.Serializer):
    """A name that is not known is a fault: it may be a misspelling of one that is."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({unknown[0]: f"unknown; known are {', '.join(self.fields)}"})
        return super().to_internal_value(data)


class Calendar(Strict):
    type = serializers.CharField()
    name = serializers.CharField(max_length=100)
    tz = serializers.CharField()
    weekly = serializers.JSONField()
    holidays = serializers.JSONField(required=False)
    closures = serializers.JSONField(required=False)
    extra = serializers.JSONField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        hours = {name: value for name, value in attrs.items() if name not in ("type", "name")}
        try:
            parse(hours)
        except BadHours as error:
            raise serializers.ValidationError({error.field: error.text}) from None
        return {"type": attrs["type"], "name": attrs["name"], "hours": hours}


class SlaPolicy(Strict):
    type = serializers.CharField()
    name = serializers.CharField(max_length=100)
    calendar = serializers.CharField(required=False)
    clock = serializers.ChoiceField(["calendar", "business"], default="business")
    targets_minutes = serializers.JSONField()

    def validate_targets_minutes(self, value: Any) -> Any:
        try:
            check_targets(value)
        except BadPolicy as error:
            raise serializers.ValidationError(str(error)) from None
        return value


class Channel(Strict):
    type = serializers.CharField()
    kind = serializers.CharField(max_length=32)
    address = serializers.CharField(max_length=255)
    name = serializers.CharField(max_length=255, required=False)


class Agent(Strict):
    type = serializers.CharField()
    email = serializers.EmailField()
    name = serializers.CharField(max_length=100)
    team = serializers.CharField(max_length=60, required=False)


class Customer(Strict):
    external_id = serializers.CharField(max_length=255)
    name = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")
    handle = serializers.CharField(max_length=255, required=False, allow_blank=True, allow_null=True, default="")
    email = serializers.CharField(max_length=255, required=False, allow_blank=True, allow_null=True, default="")


def _seconds() -> serializers.Field:
    return serializers.IntegerField(min_value=0, max_value=7 * 86_400, required=False)


class Event(Strict):
    at = Instant()
    type = serializers.ChoiceField(TYPES)
    by = serializers.ChoiceField(ACTORS, required=False)
    agent = serializers.EmailField(required=False, allow_null=True)
    visibility = serializers.ChoiceField(["public", "private"], required=False)
    text = serializers.CharField(
        max_length=500_000, required=False, allow_blank=True, default="", trim_whitespace=False
    )
    external_id = serializers.CharField(max_length=255, required=False, default="")
    initial = serializers.BooleanField(required=False)
    to = serializers.CharField(required=False, allow_null=True)
    team = serializers.CharField(max_length=60, required=False, allow_null=True)
    until = Instant(required=False)
    scope = serializers.ChoiceField(["ticket", "message"], required=False)
    source = serializers.CharField(max_length=255, required=False)
    target = serializers.CharField(max_length=255, required=False)
    call = serializers.CharField(max_length=255, required=False)
    direction = serializers.ChoiceField(["inbound", "outbound"], required=False)
    talk_s = _seconds()
    hold_s = _seconds()
    wrap_s = _seconds()
    assisted = serializers.ChoiceField(["yes", "partly", "no"], required=False)
    rating = serializers.IntegerField(min_value=1, max_value=5, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kind = attrs["type"]
        for name in NEEDS.get(kind, ()):
            if not attrs.get(name):
                raise serializers.ValidationError({name: f"is missing; “{kind}” needs it"})
        if kind == "status":
            attrs["to"] = _one_of(states.LABELS, "solved" if attrs["to"] == "resolved" else attrs["to"])
        elif kind == "priority":
            attrs["to"] = _one_of(states.PRIORITIES, attrs["to"])
        elif kind == "work" and attrs["until"] <= attrs["at"]:
            raise serializers.ValidationError({"until": "must be after “at”"})
        elif kind == "no_reply_needed":
            attrs.setdefault("scope", "ticket")
        elif kind == "assign":
            attrs["agent"] = attrs.get("agent") or attrs.get("to")
        elif kind == "csat" and not ("assisted" in attrs or "rating" in attrs):
            raise serializers.ValidationError({"rating": "is missing; “csat” needs it or “assisted”"})
        attrs.setdefault("by", self._actor(kind, attrs))
        return attrs

    @staticmethod
    def _actor(kind: str, attrs: dict[str, Any]) -> str:
        if kind == "call_ring" and attrs.get("direction") == "outbound":
            return "agent"
        return USUAL_ACTOR.get(kind, "agent")


def _one_of(known: Mapping[str, Any], value: Any) -> str:
    if value not in known:
        raise serializers.ValidationError({"to": f"must be one of {', '.join(known)}"})
    return value


class Ticket(Strict):
    type = serializers.CharField()
    external_id = serializers.CharField(max_length=255)
    channel = serializers.CharField(max_length=255)
    sla_policy = serializers.CharField(max_length=100, required=False, allow_null=True)
    priority = serializers.ChoiceField(list(states.PRIORITIES), default=states.NORMAL)
    subject = serializers.CharField(max_length=998, required=False, allow_blank=True, default="")
    customer = Customer()
    tags = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, default=list, max_length=50
    )
    events = serializers.ListField(child=Event(), allow_empty=False, max_length=MOST_EVENTS)

    def validate_events(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for n, (before, after) in enumerate(pairwise(events), 1):
            if after["at"] < before["at"]:
                raise serializers.ValidationError({n: {"at": "is before the event that precedes it"}})
        _name_calls(events)
        _check_statuses(events)
        return events


# Which event of a call may continue which; anything else begins another call.
FOLLOWS = {
    "call_ring": (),
    "call_answered": ("call_ring",),
    "call_missed": ("call_ring",),
    "call_ended": ("call_ring", "call_answered", "call_missed"),
}


def _name_calls(events: list[dict[str, Any]]) -> None:
    """Give every event of a call the name and the direction of its call. Without names there is one call at a time."""
    latest: dict[Any, dict[str, Any]] = {}
    named = set()
    for n, each in enumerate(events):
        kind, given = each["type"], each.get("call")
        if kind not in CALLS:
            continue
        before = latest.get(given)
        latest[given] = each
        if before and before["type"] in FOLLOWS[kind]:
            each["call"], each["direction"] = before["call"], before["direction"]
            continue
        if kind == "call_ended" or given in named:
            raise serializers.ValidationError({n: {"type": f"“{kind}” does not fit what this call did before"}})
        each["call"] = given or f"call {n}"
        each.setdefault("direction", "inbound")
        named.add(given)
        named.discard(None)


def _check_statuses(events: list[dict[str, Any]]) -> None:
    status = states.NEW
    for n, each in enumerate(events):
        if each["type"] == "status" and each["to"] != status:
            if not states.may_change(status, each["to"]):
                raise serializers.ValidationError({n: {"to": f"a ticket that is {status} cannot become {each['to']}"}})
            status = each["to"]


LINES: dict[str, type[Strict]] = {
    "calendar": Calendar,
    "sla_policy": SlaPolicy,
    "channel": Channel,
    "agent": Agent,
    "ticket": Ticket,
}


def read(line: str) -> dict[str, Any]:
    """The checked fields of a line. Raises BadLine."""
    if len(line.encode()) > MOST_BYTES:
        raise BadLine(f"is longer than {MOST_BYTES:,} bytes")
    try:
        data = json.loads(line)
    except ValueError as error:
        raise BadLine(f"is no JSON: {error}") from None
    kind = data.get("type") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in LINES:
        raise BadLine(f"type: must be one of {', '.join(LINES)}")
    checked = LINES[kind](data=data)
    if not checked.is_valid():
        raise BadLine(next(_faults(checked.errors)))
    return checked.validated_data


def _faults(errors: Any, path: str = "") -> Iterator[str]:
    """`events[3].at: must be …`"""
    if isinstance(errors, Mapping):
        for name, below in errors.items():
            if str(name) == "non_field_errors":
                yield from _faults(below, path)
            else:
                step = f"[{name}]" if str(name).isdigit() else f".{name}" if path else str(name)
                yield from _faults(below, path + step)
    elif isinstance(errors, list):
        for n, below in enumerate(errors):
            if isinstance(below, Mapping | list):
                if below:
                    yield from _faults(below, f"{path}[{n}]" if isinstance(below, Mapping) else path)
            else:
                yield f"{path}: {str(below)[:1].lower()}{str(below)[1:]}"
    else:
        yield f"{path}: {errors}"
