"""Follow-ups that agents promised: "you hear from us by then", on the calendar clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from metrics.calendars import AroundTheClock
from metrics.fold.events import Event
from metrics.fold.sla import CANCELLED, MET, NO_REPLY, RUNNING, Instance, instance_of
from metrics.fold.statuses import Stretch
from metrics.fold.waits import Reply
from metrics.policies import Target

NEXT_UPDATE = "next_update"
ENDS = {"answered_outside": MET, "update_promised": CANCELLED}


def of_updates(
    events: Sequence[Event], replies: Iterable[Reply], stretches: Iterable[Stretch], excluded: str | None
) -> list[Instance]:
    """One instance per promise. A reply that was given before it does not keep it, even if it left later."""
    said = [(reply.given_at, reply.at) for reply in replies]
    resolved = [stretch.start for stretch in stretches if stretch.resolved]
    found: list[Instance] = []
    for position, event in enumerate(events):
        if event.kind != "update_promised" or not event.data.get("due"):
            continue
        ends = chain(
            ((at, MET) for given_at, at in said if given_at > event.at),
            ((at, NO_REPLY) for at in resolved if at > event.at),
            ((later.at, ENDS[later.kind]) for later in events[position + 1 :] if later.kind in ENDS),
        )
        end, outcome = min(ends, default=(None, RUNNING))
        due = int(datetime.fromisoformat(event.data["due"]).timestamp())
        target = Target(max(0, due - event.at), "calendar", None, AroundTheClock())
        instance = instance_of(
            NEXT_UPDATE,
            len(found) + 1,
            [(event.at, end)],
            end,
            CANCELLED if excluded else outcome,
            [(event.at, target)],
        )
        if instance:
            found.append(instance)
    return found
