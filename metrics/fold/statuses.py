"""In which status a ticket was, and since when."""

from __future__ import annotations

from typing import NamedTuple

from metrics.fold.events import RESOLVED, Event

AUTOMATIC = frozenset({"automation", "system", "bot"})


class Stretch(NamedTuple):
    """A time in one status; `end` is None for the present one. `by`, `reason`: of the change that began it."""

    status: str
    start: int
    end: int | None
    by: str = ""
    reason: str = ""

    @property
    def resolved(self) -> bool:
        return self.status in RESOLVED

    @property
    def automatic(self) -> bool:
        return self.by in AUTOMATIC


def stretches(events: list[Event], opened_at: int) -> list[Stretch]:
    """From the opening on, without gaps. A change to the status that it already has begins nothing."""
    changes = [_as_change(event) for event in events if event.kind in ("status_changed", "merged_into")]
    opening = next((event.data.get("status") for event in events if event.kind == "ticket_opened"), None)
    found = [Stretch(opening or (changes[0].data.get("from") if changes else None) or "new", opened_at, None)]
    for event in changes:
        last = found[-1]
        if _takes_back(event, found):
            found[-2:] = [found[-2]._replace(end=None)]
            continue
        if event.data["to"] == last.status:
            continue
        at = max(event.at, last.start)
        found[-1] = last._replace(end=at)
        found.append(Stretch(event.data["to"], at, None, event.by, event.data.get("reason", "")))
    return found


def _takes_back(event: Event, found: list[Stretch]) -> bool:
    """An undone answer has not solved anything, so nothing is reopened."""
    return event.data.get("reason") == "reply_withdrawn" and len(found) > 1 and found[-2].status == event.data["to"]


def _as_change(event: Event) -> Event:
    if event.kind == "status_changed":
        return event
    return event._replace(data={"to": "closed", "reason": "merged"})


def seconds_in(found: list[Stretch], *statuses: str) -> int:
    """Calendar seconds spent in these statuses so far, without the stretch that is still running."""
    return sum(stretch.end - stretch.start for stretch in found if stretch.end and stretch.status in statuses)
