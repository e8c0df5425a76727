"""What agents do with telephone calls: log one, or say where a call at their own telephone belongs."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from tickets.models import Call, Channel, Identity, Message, Ticket
from tickets.services.call_tickets import CallLog, log_of, place, ticket_for, write
from tickets.services.errors import Refused
from tickets.services.events import changed, event, record
from tickets.services.ingest.people import find_or_create

ANSWERED = Call.Outcome.ANSWERED
# So long after the end whoever talked may say where the call belongs; then it opens a ticket of theirs.
WORK_AFTER = timedelta(minutes=10)
# The end of a longer call was never told.
LONGEST_CALL = timedelta(hours=12)


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


def at_telephone(user: User) -> QuerySet[Call]:
    """The calls that ring, go on, or have ended and wait for a word at this person's telephone, oldest first."""
    now = timezone.now()
    current = Q(ended_at=None, started_at__gt=now - LONGEST_CALL) | Q(ended_at__gt=now - WORK_AFTER)
    mine = Call.objects.filter(current, extensions__contains=[user.extension] if user.extension else ["-"])
    return mine.select_related("message__identity__customer", "message__ticket", "channel").order_by("started_at")


def take(call: Call, by: User, number: int | None) -> Ticket:
    """Put a call that is in no ticket yet into ticket `number`, or a new one. Raises Refused for a closed ticket.

    A call that somebody has put away meanwhile stays there.
    """
    with transaction.atomic():
        call = _locked(call)
        if call.message.ticket is None:
            _place(call, by, number)
    assert call.message.ticket is not None
    return call.message.ticket


def finish(call: Call, by: User, notes: str) -> None:
    """The work after a call is done: its notes are kept, and the time since the end counts as handling."""
    with transaction.atomic():
        call = _locked(call)
        if call.ended_at is None:
            raise Refused("The call still goes on.")
        if call.message.ticket is None:
            _place(call, by, None)
        if not call.extensions:
            return
        ticket, now = call.message.ticket, min(timezone.now(), call.ended_at + WORK_AFTER)
        assert ticket is not None
        call.extensions, call.wrap_s = [], int((now - call.ended_at).total_seconds())
        call.save(update_fields=["extensions", "wrap_s"])
        call.message.text = notes.replace("\x00", "")
        call.message.save(update_fields=["text"])
        if call.wrap_s:
            record([event(ticket, "work_logged", by=by, at=call.ended_at, until=now.isoformat())])
        changed([ticket.pk])


def place_overdue() -> int:
    """Calls of which nobody said where they belong open a ticket of whoever talked. Returns how many."""
    now = timezone.now()
    over = Q(ended_at__lt=now - WORK_AFTER) | Q(ended_at=None, started_at__lt=now - LONGEST_CALL)
    waiting = list(Call.objects.filter(over, message__ticket=None).select_related("message__user")[:100])
    for call in waiting:
        with transaction.atomic():
            call = _locked(call)
            if call.message.ticket is None:
                _place(call, call.message.user, None)
    return len(waiting)


def _locked(call: Call) -> Call:
    """The caller's row first, as by everybody who needs both."""
    assert call.message.identity_id is not None
    Identity.objects.select_for_update(no_key=True).get(pk=call.message.identity_id)
    calls = Call.objects.select_for_update(of=["self"])
    return calls.select_related("message__thread", "message__identity", "message__ticket", "channel__team").get(
        pk=call.pk
    )


def _place(call: Call, by: User | None, number: int | None) -> None:
    log = log_of(call, number)
    assert call.message.identity is not None
    ticket, is_new = ticket_for(call.channel, by, log, call.message.identity)
    place(call.message, ticket, by, log, is_new=is_new)
    changed([ticket.pk])
