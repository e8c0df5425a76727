"""Takes the due times that `metrics` works out; queue and API read them from the ticket."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tickets.models import Ticket


@dataclass(frozen=True)
class SlaUpdate:
    """The clock that matters most for one ticket. `version` is the ticket's version that was measured."""

    number: int
    version: int
    metric: str
    due_at: datetime | None
    at_risk_at: datetime | None
    state: str


def set_sla(updates: Iterable[SlaUpdate]) -> None:
    """Store the clocks. A ticket that changed meanwhile keeps its mark and is measured again."""
    wanted = {update.number: update for update in updates}
    tickets = list(Ticket.objects.select_for_update(of=["self"]).filter(number__in=wanted).order_by("number"))
    for ticket in tickets:
        update = wanted[ticket.number]
        ticket.sla_metric, ticket.sla_state = update.metric, update.state
        ticket.sla_due_at, ticket.sla_at_risk_at = update.due_at, update.at_risk_at
        if ticket.version == update.version:
            ticket.needs_fold = False
    Ticket.objects.bulk_update(tickets, ["sla_metric", "sla_state", "sla_due_at", "sla_at_risk_at", "needs_fold"])
