"""What we wrote outside, read later than a customer's newer message or earlier than the question: as if in order."""

from django.db.models import F

from tickets import states
from tickets.models import Event, Message, Ticket
from tickets.services import standing
from tickets.services.events import event, from_to
from tickets.services.ingest.batch import Batch


def settle(batch: Batch) -> list[Event]:
    """Take answers into the tickets that begin only now, and see who still waits where one came late.

    The batch's own messages and events are stored; returns the unsaved events of what was found out.
    """
    adopted = _adopted(batch)
    events = [_said(answer) for answer in adopted]
    for answer in [*adopted, *(draft.message for draft in batch.late if draft.message)]:
        assert answer.ticket is not None
        ticket = Ticket.objects.select_for_update().get(pk=answer.ticket.pk)
        standing.refresh(ticket)
        if ticket.waiting_since is None and ticket.status in states.OUR_TURN:
            change = from_to(ticket.status, states.PENDING, reason="reply")
            actor = Event.Actor.NATIVE_APP
            events.append(event(ticket, "status_changed", actor_kind=actor, at=answer.occurred_at, **change))
            ticket.status = states.PENDING
            ticket.save(update_fields=["status", "updated_at"])
    return events


def _adopted(batch: Batch) -> list[Message]:
    """The feed of our own posts may be ahead of the one with the question: they were context until now."""
    if not batch.opened:
        return []
    ours = Message.objects.filter(thread__in=batch.opened, ticket=None, direction=Message.Direction.OUTBOUND)
    newer = ours.filter(occurred_at__gt=F("thread__ticket__opened_at")).select_related("thread__ticket")
    answers = list(newer.order_by("occurred_at", "id"))
    for answer in answers:
        assert answer.thread is not None
        answer.ticket = answer.thread.ticket
    Message.objects.bulk_update(answers, ["ticket"])
    return answers


def _said(answer: Message) -> Event:
    assert answer.ticket is not None
    return event(
        answer.ticket,
        "message_out",
        actor_kind=answer.author_kind,
        message=answer,
        at=answer.occurred_at,
        dedupe_key=f"message:{answer.channel_id}:{answer.external_id}",
    )
