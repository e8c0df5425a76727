"""An agent logs a telephone call: a message beside its call row, in a ticket of its own or in one that they chose."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets.models import Call, Channel, Message
from tickets.services.call_tickets import CallLog, place, ticket_for, write
from tickets.services.errors import Refused
from tickets.services.events import changed
from tickets.services.ingest.people import find_or_create

ANSWERED = Call.Outcome.ANSWERED


def log_call(channel: Channel, by: User, log: CallLog) -> Message:
    """Store a call; the one that is known already is returned as it is. Raises Refused for impossible times."""
    _check(log)
    with transaction.atomic():
        # The caller's row is locked: the same call told twice at once waits here for the first.
        identity = find_or_create(channel.kind, {log.caller.external_id: log.caller})[log.caller.external_id]
        known = Call.objects.filter(channel=channel, external_id=log.external_id).select_related("message").first()
        if known:
            return known.message
        ticket, is_new = ticket_for(channel, by, log, identity)
        message = write(channel, by, log, identity)
        place(message, ticket, by, log, is_new=is_new)
        changed([ticket.number])
    return message


def _check(log: CallLog) -> None:
    if log.started_at > timezone.now():
        raise Refused("The call cannot have begun in the future.")
    if (log.outcome == ANSWERED) != (log.answered_at is not None):
        raise Refused("An answered call needs the time it was answered; a call nobody answered has none.")
    order = [at for at in (log.started_at, log.answered_at, log.ended_at) if at]
    if order != sorted(order):
        raise Refused("A call is first rung, then answered, then ended. Correct its times.")
    if log.callback_due_at and log.callback_due_at <= log.started_at:
        raise Refused("The callback must be due after the call.")
