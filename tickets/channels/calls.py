"""What the events of one call add up to. Pure: in whichever order and however often they were told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.channels.contract import CALL_EVENTS, INBOUND, CallEvent, Media, Person

# A call of more events is no call; the rest is kept raw and not counted.
MOST_EVENTS = 500


@dataclass(frozen=True)
class CallState:
    """`outcome` is one of `Call.Outcome`, "" while the call goes on; `extensions` where it rings or is talked now."""

    external_id: str
    party: Person
    direction: str
    outcome: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    hold_s: int
    extensions: tuple[str, ...]
    # Who talked last on our side.
    answered_by: str
    media: tuple[Media, ...]


def add_up(told: Iterable[CallEvent]) -> CallState:
    """Raises ValueError without any event."""
    events = sorted(told, key=lambda one: (one.at, CALL_EVENTS.index(one.event)))[:MOST_EVENTS]
    if not events:
        raise ValueError("a call has at least one event")
    answered_at, ended_at = _first(events, "answered"), _end(events)
    if answered_at and ended_at:
        ended_at = max(answered_at, ended_at)
    party = next((event.party for event in events if event.party), None)
    return CallState(
        external_id=events[0].call,
        party=party or Person(f"withheld:{events[0].call}", name="Withheld number"),
        direction=events[0].direction,
        outcome=_outcome(events, answered_at, ended_at),
        started_at=events[0].at,
        answered_at=answered_at,
        ended_at=ended_at,
        hold_s=_held(events, ended_at),
        extensions=_extensions(events, ended_at),
        answered_by=_talking(events),
        media=tuple({event.media.url: event.media for event in events if event.media}.values()),
    )


def _first(events: list[CallEvent], *kinds: str) -> datetime | None:
    return next((event.at for event in events if event.event in kinds), None)


def _end(events: list[CallEvent]) -> datetime | None:
    return _first(events, "hung_up") or _first(events, "missed", "voicemail")


def _outcome(events: list[CallEvent], answered_at: datetime | None, ended_at: datetime | None) -> str:
    if ended_at is None:
        return ""
    if answered_at:
        return "answered"
    if _first(events, "voicemail"):
        return "voicemail"
    return "missed" if events[0].direction == INBOUND else "no_answer"


def _held(events: list[CallEvent], ended_at: datetime | None) -> int:
    """Whole seconds on hold so far; a hold ends with the talk, a transfer or the call."""
    total, since = timedelta(), None
    for event in events:
        if event.event == "held":
            since = since or event.at
        elif since and event.event in ("resumed", "transferred", "hung_up"):
            total += max(min(event.at, ended_at or event.at) - since, timedelta())
            since = None
    return int(total.total_seconds())


def _talking(events: list[CallEvent]) -> str:
    if not _first(events, "answered"):
        return ""
    places = [event.extension for event in events if event.event in ("answered", "transferred") and event.extension]
    return places[-1] if places else ""


def _extensions(events: list[CallEvent], ended_at: datetime | None) -> tuple[str, ...]:
    talking = _talking(events)
    if talking:
        return (talking,)
    if ended_at:
        return ()
    return tuple({event.extension: None for event in events if event.extension})
