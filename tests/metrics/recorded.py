"""Tickets with events on the database, for tests of what is stored and shown."""

from datetime import datetime

from tests import factories as make
from tickets.models import Event, Ticket


def happened(
    ticket: Ticket, kind: str, at: datetime, *, by: str = "customer", message=None, actor=None, **data
) -> Event:
    return Event.objects.create(
        ticket=ticket,
        kind=kind,
        actor_kind=by,
        actor=actor,
        message=message,
        channel=message.channel if message else None,
        visibility=message.visibility if message else "",
        occurred_at=at,
        data=data,
    )


def asked(ticket: Ticket, at: datetime) -> Event:
    return happened(ticket, "message_in", at, message=make.message(ticket, occurred_at=at), addressed=True)


def replied(ticket: Ticket, at: datetime, agent) -> Event:
    message = make.message(ticket, direction="outbound", user=agent, occurred_at=at)
    return happened(ticket, "reply_sent", at, by="agent", message=message, actor=agent)


def opened(at: datetime, **fields) -> Ticket:
    ticket = make.ticket(opened_at=at, **fields)
    happened(ticket, "ticket_opened", at, reason="message", priority="normal", status="new")
    asked(ticket, at)
    return ticket
