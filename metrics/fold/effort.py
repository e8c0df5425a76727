"""Handling time: what people spent on a ticket, session by session."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from metrics.fold.events import Event

# A measured session of less is a look in passing; of more, somebody forgot the page.
SHORTEST_S, LONGEST_S = 3, 3600


class Session(NamedTuple):
    """`kind`: `call` (talk, hold and wrap-up), `manual` (minutes logged by hand) or `focus` (measured by the browser or
    imported)."""

    kind: str
    start: int
    seconds: int
    agent: int | None


def sessions(events: list[Event]) -> list[Session]:
    found = []
    for event in events:
        if event.kind == "call_ended":
            spent = sum(int(event.data.get(part) or 0) for part in ("talk_s", "hold_s", "wrap_s"))
            found.append(Session("call", event.at, spent, event.actor))
        elif event.kind == "work_logged":
            found.append(Session("manual", event.at, _length(event), event.actor))
        elif event.kind == "focused" and _length(event) >= SHORTEST_S:
            found.append(Session("focus", event.at, min(_length(event), LONGEST_S), event.actor))
    return [session for session in found if session.seconds > 0]


def _length(event: Event) -> int:
    return int(datetime.fromisoformat(event.data["until"]).timestamp()) - event.at
