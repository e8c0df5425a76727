"""What a ticket was like at each moment, as far as policies and dimensions ask."""

from __future__ import annotations

from typing import NamedTuple

from metrics.fold.events import SAID_BY_US, Event, from_customer

NORMAL = "normal"


class Attributes(NamedTuple):
    """`policy`: set by name at an import, before any condition."""

    channel: int | None = None
    visibility: str = ""
    priority: str = NORMAL
    team: int | None = None
    tags: frozenset[int] = frozenset()
    customer: int | None = None
    policy: int | None = None
    assignee: int | None = None


def history(events: list[Event]) -> list[tuple[int, Attributes]]:
    """Each change with its instant, in order; the first holds from the beginning."""
    now = _opening(events)
    found = [(events[0].at, now)] if events else []
    for event in events:
        changed = _after(now, event)
        if changed != now:
            now = changed
            found.append((event.at, now))
    return found


def _opening(events: list[Event]) -> Attributes:
    first = next((event for event in events if event.channel is not None), None)
    opened = next((event.data for event in events if event.kind == "ticket_opened"), {})
    return Attributes(
        channel=first.channel if first else None,
        visibility=first.visibility if first else "",
        priority=opened.get("priority") or NORMAL,
        team=opened.get("team"),
        tags=frozenset(opened.get("tags", ())),
        customer=opened.get("customer"),
        policy=opened.get("sla_policy"),
    )


def _after(now: Attributes, event: Event) -> Attributes:
    match event.kind:
        case "priority_changed":
            return now._replace(priority=event.data["to"])
        case "team_changed":
            return now._replace(team=event.data["to"])
        case "assigned":
            return now._replace(assignee=event.data["to"])
        case "tagged":
            return now._replace(tags=now.tags | set(event.data["tags"]))
        case "untagged":
            return now._replace(tags=now.tags - set(event.data["tags"]))
        case _ if from_customer(event) and event.visibility:
            return now._replace(visibility=event.visibility)
    return now


def seen_as(events: list[Event]) -> str:
    """`public`, `private` or `mixed`: what the messages in the ticket were."""
    shown = {event.visibility for event in events if from_customer(event) or event.kind in SAID_BY_US}
    shown &= {"public", "private"}
    return "mixed" if len(shown) > 1 else next(iter(shown), "private")


def excluded(events: list[Event]) -> str | None:
    """`merged`, `spam`, `no_reply_needed` or None. A new question of the customer lifts the last."""
    merged = spam = unneeded = False
    for event in events:
        if event.kind == "merged_into":
            merged = True
        elif event.kind in ("spam_marked", "spam_unmarked"):
            spam = event.kind == "spam_marked"
        elif event.kind == "no_reply_needed" and event.data.get("scope") == "ticket":
            unneeded = True
        elif from_customer(event) and event.data.get("addressed", True):
            unneeded = False
    return "merged" if merged else "spam" if spam else "no_reply_needed" if unneeded else None
