"""The facts of tickets as they stand at a given moment, folded from their events on the spot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from metrics.facts import fold
from metrics.queries.events import events_of
from metrics.queries.rules import load_rules
from metrics.reading import as_of
from tickets.models import Channel, Ticket

BATCH = 200
# In the order of the export; what each means is in docs/metrics.md.
FIELDS = (
    "external_id",
    "number",
    "channel",
    "visibility",
    "live",
    "excluded",
    "initiated_by",
    "opened_at",
    "first_response_s",
    "first_response_business_s",
    "next_responses_s",
    "next_responses_business_s",
    "first_resolution_s",
    "full_resolution_s",
    "effective_resolution_s",
    "effective_resolution_business_s",
    "net_resolution_s",
    "net_resolution_business_s",
    "requester_wait_s",
    "agent_wait_s",
    "agent_work_s",
    "on_hold_s",
    "handle_s",
    "replies",
    "reopens",
    "substantive_reopens",
    "one_touch",
    "counts_for_mpr",
    "open",
    "age_s",
    "age_business_s",
    "sla",
)


def facts_at(tickets: Iterable[tuple[int, str | None]], now: int) -> Iterator[dict[str, Any]]:
    """One dictionary of FIELDS per ticket, given as (number, external id); `now` in seconds since 1970.

    A ticket without events, made in bulk for a benchmark, has none.
    """
    rules = load_rules()
    addresses = dict(Channel.objects.values_list("pk", "address"))
    rows = iter(tickets)
    while batch := dict(islice(rows, BATCH)):
        events = events_of(batch)
        for number, external_id in batch.items():
            if number in events:
                facts = fold(events[number], rules)
                named = {"external_id": external_id, "number": number, "channel": addresses.get(facts.channel or 0)}
                measured = named | as_of(facts, now)
                yield {name: measured[name] for name in FIELDS}


def all_tickets() -> Iterator[tuple[int, str | None]]:
    return Ticket.objects.order_by("number").values_list("number", "external_id").iterator(2000)
