"""One recorded fact about a ticket, as the fold sees it (docs/events.md has the kinds)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

# People of ours; a bot or an automation is not one.
HUMAN = frozenset({"agent", "native_app"})
SAID_BY_US = frozenset({"reply_sent", "message_out"})
RESOLVED = frozenset({"solved", "closed"})


class Event(NamedTuple):
    """`at`: whole UTC seconds since 1970. `ticket` is where it was recorded, which a merge does not change; `gone`: its
    message is in another ticket now.

    The fold takes a ticket's events in the order of (occurred_at, id).
    """

    at: int
    kind: str
    by: str = ""
    ticket: int = 0
    message: int | None = None
    actor: int | None = None
    channel: int | None = None
    visibility: str = ""
    data: Mapping[str, Any] = {}
    gone: bool = False


def from_customer(event: Event) -> bool:
    """The customer said something, by whatever channel."""
    if event.kind == "call_ring":
        return event.data["direction"] == "inbound"
    return event.kind == "message_in" and event.by == "customer"


def is_message_of_ours(event: Event) -> bool:
    """A human of ours said something that the customer can see. Further parts of one numbered thread are the same."""
    return (
        event.kind in SAID_BY_US
        and event.by in HUMAN
        and event.visibility != "internal"
        and event.data.get("part", 1) == 1
    )


def present(events: Iterable[Event]) -> list[Event]:
    """Without what has moved to another ticket, and without merges that were undone.

    A ticket that was merged away keeps its past, so that a promise which was broken there stays broken.
    """
    kept = _without_undone_merges(events)
    merged_at = next((event.at for event in reversed(kept) if event.kind == "merged_into"), None)
    return [event for event in kept if not event.gone or (merged_at is not None and event.at <= merged_at)]


def _without_undone_merges(events: Iterable[Event]) -> list[Event]:
    kept: list[Event] = []
    for event in events:
        undone = {"unmerged": "merged_into", "unmerged_from": "merged_in"}.get(event.kind)
        if undone is None:
            kept.append(event)
            continue
        for earlier in reversed(kept):
            if earlier.kind == undone and earlier.data.get("source") == event.data.get("source"):
                kept.remove(earlier)
                break
    return kept


def with_calls(events: Iterable[Event]) -> list[Event]:
    """Every event of a call names its call and direction, and every call begins with its ring; a call's own message is
    left to its call events."""
    events = list(events)
    of_calls = {event.message for event in events if event.kind.startswith("call_")} - {None}
    directions: dict[Any, str] = {}
    latest: Any = None
    completed = []
    for event in events:
        if event.kind.startswith("call_"):
            latest = event.data.get("call", event.message if event.kind == "call_ring" else latest)
            if latest not in directions:
                directions[latest] = event.data.get("direction", "inbound")
                if event.kind in ("call_answered", "call_missed"):
                    completed.append(_of_call(event, latest, directions)._replace(kind="call_ring"))
            event = _of_call(event, latest, directions)
        elif event.message in of_calls and event.kind in SAID_BY_US | {"message_in"}:
            continue
        completed.append(event)
    return completed


def _of_call(event: Event, call: Any, directions: Mapping[Any, str]) -> Event:
    return event._replace(data={**event.data, "call": call, "direction": directions[call]})


def apart(events: Iterable[Event]) -> tuple[list[Event], dict[int, list[Event]]]:
    """The ticket's own history, and what its merged tickets lived through before they were merged, by ticket.

    Only what was unanswered then counts here (metrics.fold.waits); what was answered there is out with the source.
    """
    events = list(events)
    merged = {event.data["source"]: event.at for event in events if event.kind == "merged_in"}
    own: list[Event] = []
    sources: dict[int, list[Event]] = {}
    for event in events:
        before_merge = event.kind != "merged_in" and event.ticket in merged and event.at < merged[event.ticket]
        (sources.setdefault(event.ticket, []) if before_merge else own).append(event)
    return own, sources
