"""Messages that are about something else become a ticket of their own."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from tickets import states
from tickets.models import Message, Participant, Thread, Ticket, TicketLink
from tickets.services import linking, properties, standing
from tickets.services.errors import Refused
from tickets.services.events import changed, event, record
from tickets.services.ingest.tickets import subject_of


def split(number: int, chosen: Collection[int], by: User, subject: str = "") -> Ticket:
    """The new ticket, with the chosen messages of this one; a thread goes with its newest message.

    Raises Refused where one of the two would be left with nothing that the customer said.
    """
    with properties.locked(number) as source:
        moved = _with_their_parts(source, chosen)
        said = [message for message in moved if message.direction == Message.Direction.INBOUND and message.identity]
        if not said:
            raise Refused("Choose at least one message of the customer: the new ticket is about it.")
        rest = source.messages.filter(direction=Message.Direction.INBOUND).exclude(pk__in=[one.pk for one in moved])
        if not rest.exists():
            raise Refused("Leave at least one message of the customer in this ticket.")
        new = _open(source, said[0], by, subject)
        threads = _threads_that_follow(source, moved)
        Message.objects.filter(pk__in=[message.pk for message in moved]).update(ticket=new)
        Thread.objects.filter(pk__in=threads).update(ticket=new)
        for thread in threads:
            # `from` is a word that Python keeps for itself.
            data: dict[str, Any] = {"thread": thread, "from": source.pk}
            record([event(new, "thread_moved", by=by, **data)])
        linking.store(new, source, TicketLink.Kind.SPLIT, by)
        for ticket in (source, new):
            standing.refresh(ticket)
        changed([source.pk, new.pk])
    return new


def _with_their_parts(source: Ticket, chosen: Collection[int]) -> list[Message]:
    """In order; the parts of one numbered answer stay together."""
    mine = source.messages.filter(pk__in=chosen)
    bundles = mine.exclude(bundle=None).values("bundle")
    whole = source.messages.filter(Q(pk__in=mine.values("pk")) | Q(bundle__in=bundles))
    return list(whole.select_related("identity", "channel").order_by("occurred_at", "id"))


def _open(source: Ticket, first: Message, by: User, subject: str) -> Ticket:
    assert first.identity is not None and first.channel is not None
    words = subject_of(first.subject, first.visible_text or first.text)
    new = Ticket.objects.create(
        subject=standing.one_line(subject)[:255] or words,
        status=states.OPEN,
        priority=source.priority,
        channel=first.channel,
        visibility=first.visibility,
        customer_id=first.identity.customer_id,
        requester=first.identity,
        team=source.team,
        opened_at=first.occurred_at,
    )
    Participant.objects.create(ticket=new, identity=first.identity, role=Participant.Role.REQUESTER)
    opened = event(
        new,
        "ticket_opened",
        by=by,
        at=first.occurred_at,
        reason="split",
        priority=new.priority_name,
        status=new.status,
        team=new.team_id,
        customer=new.customer_id,
    )
    record([opened])
    return new


def _threads_that_follow(source: Ticket, moved: Collection[Message]) -> list[int]:
    """Threads of the source whose newest message goes: what is said next in them belongs to the new ticket."""
    newest: QuerySet[Message] = (
        Message.objects.filter(ticket=source, thread__ticket=source)
        .order_by("thread", "-occurred_at", "-id")
        .distinct("thread")
    )
    going = {message.pk for message in moved}
    return [message.thread_id for message in newest if message.pk in going and message.thread_id]
