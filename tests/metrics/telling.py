"""Words to tell a ticket's story in: each makes one event. Times are UTC; channels are numbers, see `RULES`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from metrics.calendars import BusinessTime
from metrics.facts import Facts, fold
from metrics.fold.events import Event
from metrics.policies import ChannelTraits, PolicyVersion, Rules
from metrics.reading import as_of

NETWORK, MAIL, PHONE = 1, 2, 3
TICKET, OTHER = 1, 2
COMPLAINT = 7
VIENNA = {
    "tz": "Europe/Vienna",
    "weekly": {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": ["2026-10-26"],
}
MISSED_CALL = {"clock": "business", "normal": 120}
PHONE_TARGET = {"live_minutes": 20 / 60, "callback": MISSED_CALL}


def policy(id: int, conditions: dict[str, Any], targets: dict[str, Any], clock: str = "calendar", **fields: Any):
    fields = {"valid_from": None, "position": id, "enabled": True, "calendar": 1} | fields
    return PolicyVersion(
        id=id, policy=fields.pop("policy", id), conditions=conditions, targets=targets, clock=clock, **fields
    )


SOCIAL = {
    "first_response": {"normal": 60, "urgent": 15},
    "next_response": {"normal": 60},
    "resolution": {"normal": 1440},
}
POLICIES = [
    policy(
        1, {"capability": "logs_calls"}, {"first_response": PHONE_TARGET, "next_response": PHONE_TARGET}, "business"
    ),
    policy(
        2,
        {"capability": "has_subject"},
        {
            "first_response": {"normal": 240, "high": 120, "urgent": 30},
            "next_response": {"normal": 480},
            "resolution": {"normal": 1620},
        },
        "business",
    ),
    policy(
        3, {"capability": "has_followers", "tag": COMPLAINT}, SOCIAL | {"first_response": {"normal": 30, "urgent": 15}}
    ),
    policy(4, {"capability": "has_followers"}, SOCIAL),
]


def rules(policies: list[PolicyVersion] = POLICIES) -> Rules:
    return Rules(
        policies=policies,
        calendars={1: BusinessTime.from_data(VIENNA)},
        default_calendar=1,
        channels={
            NETWORK: ChannelTraits(frozenset({"has_followers", "can_reply_publicly"})),
            MAIL: ChannelTraits(frozenset({"has_subject"})),
            PHONE: ChannelTraits(frozenset({"logs_calls"})),
        },
    )


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def facts_of(*events: Event, policies: list[PolicyVersion] = POLICIES) -> Facts:
    """The fold of a story told in any order; events of one second stay in the order in which they are told."""
    return fold(sorted(events, key=lambda event: event.at), rules(policies))


def read(*events: Event, now: str, policies: list[PolicyVersion] = POLICIES) -> dict[str, Any]:
    return as_of(facts_of(*events, policies=policies), at(now))


# ---- the customer ----


def asks(
    when: str, visibility: str = "public", *, message: int = 1, channel: int = NETWORK, by: str = "customer", **more
):
    ticket = more.pop("ticket", TICKET)
    return Event(at(when), "message_in", by, ticket, message, None, channel, visibility, more)


def mails(when: str, **more):
    return asks(when, "private", channel=MAIL, **more)


def rings(when: str, *, direction: str = "inbound", message: int = 1, **more):
    data = {"direction": direction} | more
    by = "customer" if direction == "inbound" else "agent"
    return Event(at(when), "call_ring", by, TICKET, message, None, PHONE, "private", data)


def deletes(when: str, message: int = 1):
    return Event(at(when), "message_deleted", "system", TICKET, message)


# ---- us ----


def replies(
    when: str, visibility: str = "public", *, by: str = "agent", message: int = 100, agent: int | None = 5, **more
):
    ticket, kind = more.pop("ticket", TICKET), "reply_sent" if by == "agent" else "message_out"
    return Event(at(when), kind, by, ticket, message, agent if by == "agent" else None, NETWORK, visibility, more)


def queues(when: str, message: int = 100):
    return Event(at(when), "reply_queued", "agent", TICKET, message, 5)


def fails(when: str, message: int = 100):
    return Event(at(when), "reply_failed", "system", TICKET, message)


def answers_call(when: str, *, message: int = 1, **more):
    return Event(at(when), "call_answered", "agent", TICKET, message, 5, PHONE, "private", more)


def misses_call(when: str, *, message: int = 1, **more):
    return Event(at(when), "call_missed", "customer", TICKET, message, None, PHONE, "private", more)


def hangs_up(when: str, *, message: int = 1, **spent):
    return Event(at(when), "call_ended", "agent", TICKET, message, 5, PHONE, "private", spent)


def status(when: str, to: str, by: str = "agent", **more):
    return Event(at(when), "status_changed", by, TICKET, data={"to": to} | more)


def happens(when: str, kind: str, by: str = "agent", *, message: int | None = None, **data):
    return Event(at(when), kind, by, TICKET, message, 5 if by == "agent" else None, data=data)


def works(when: str, until: str, kind: str = "work_logged"):
    return happens(when, kind, until=f"{until}+00:00")
