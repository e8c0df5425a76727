"""Tickets with events on the database, for tests of what is stored and shown."""

from datetime import datetime, timedelta

from metrics.models import WaitInterval
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


def measured_wait(ticket: Ticket, ended: datetime, calendar_s: int, **fields) -> WaitInterval:
    """A stored first answer, for tests of pages: what the fold makes of events is tested elsewhere."""
    n = ticket.waits.count() + 1
    columns = {
        "metric": "first_response",
        "channel": ticket.channel,
        "visibility": ticket.visibility,
        "live": False,
        "counts": True,
        "started_at": ended - timedelta(seconds=calendar_s),
        "ended_by": "reply",
        "reason": "message",
        "business_s": calendar_s // 2,
    }
    return WaitInterval.objects.create(ticket=ticket, n=n, ended_at=ended, calendar_s=calendar_s, **columns | fields)
