"""An agent opens a ticket: writes first, or notes down what came by a way that we do not read."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tickets import states
from tickets.channels.contract import Person
from tickets.models import Channel, Identity, Message, Participant, Thread, Ticket
from tickets.services import properties
from tickets.services.compose import ComposeOption
from tickets.services.customers import refuse_unwanted
from tickets.services.errors import Refused
from tickets.services.events import changed, event, record
from tickets.services.ingest.people import find_or_create
from tickets.services.outbox import queue, refuse_duplicate
from tickets.services.outcome import text_key
from tickets.services.reply import add_note, checked_texts, expect_private

LONGEST_SUBJECT = 255


def write_first(by: User, way: ComposeOption, address: str, subject: str, text: str) -> Ticket:
    """Open a ticket with a message of ours; `address` counts where the way has no recipient of its own.

    It waits for the customer from then on, and no promise runs before they answer. Raises Refused in words.
    """
    if not way.allowed:
        raise Refused(way.reason)
    (text,) = checked_texts(way, text)
    with transaction.atomic():
        identity = _person(way, address)
        refuse_unwanted(identity.customer)
        thread = _conversation(way)
        ticket = _open(by, way.channel, identity, subject, text)
        message = Message.objects.create(
            ticket=ticket,
            thread=thread,
            channel=way.channel,
            direction=Message.Direction.OUTBOUND,
            visibility=way.visibility,
            author_kind=Message.AuthorKind.AGENT,
            user=by,
            identity=identity,
            in_reply_to=way.answers,
            subject=ticket.subject if way.has_subject else "",
            text=text,
            to=[{"name": identity.name, "address": identity.label}],
            occurred_at=timezone.now(),
        )
        key = text_key(way.visibility, thread.key if thread else identity.external_id, text)
        refuse_duplicate(way.channel, key)
        delivery = queue(message, way.channel, key)
        record([event(ticket, "reply_queued", by=by, message=message, delivery=delivery.pk)])
        if thread:
            thread.ticket = ticket
            thread.save(update_fields=["ticket"])
        elif way.answers:
            expect_private(ticket, way.answers, way.channel)
        properties.change_status(ticket, states.PENDING, by, reason="reply")
    return ticket


def note_down(by: User, way: ComposeOption, address: str, subject: str, text: str) -> Ticket:
    """Open a ticket about a person with an internal note: nothing is sent, and the ticket is open."""
    with transaction.atomic():
        ticket = _open(by, way.channel, _person(way, address), subject, text)
        add_note(ticket.pk, by, text)
    return ticket


def _person(way: ComposeOption, address: str) -> Identity:
    """Their row is locked: what they write at this moment waits, and finds the ticket."""
    if way.recipient:
        identity = Identity.objects.select_for_update(no_key=True).get(pk=way.recipient.pk)
    else:
        name = address.lower()
        identity = find_or_create(way.channel.kind, {name: Person(name, handle=address)})[name]
    if identity.blocked_at:
        raise Refused(f"{identity.label} is blocked: what they answer would open no ticket.")
    return identity


def _conversation(way: ComposeOption) -> Thread | None:
    """The private conversation that there is already. Raises Refused while a ticket is at work in it."""
    question = way.answers
    if question is None or question.visibility != way.visibility or question.thread_id is None:
        return None
    thread = Thread.objects.select_for_update(of=["self"]).select_related("ticket").get(pk=question.thread_id)
    if thread.ticket and thread.ticket.is_unsolved:
        raise Refused(f"You talk with them in #{thread.ticket.pk} already. Write there.")
    return thread


def _open(by: User, channel: Channel, identity: Identity, subject: str, text: str) -> Ticket:
    now = timezone.now()
    first_line = " ".join((subject or text).replace("\x00", "").split())
    ticket = Ticket.objects.create(
        subject=first_line[:LONGEST_SUBJECT],
        status=states.OPEN,
        channel=channel,
        visibility=Ticket.Visibility.PRIVATE,
        customer_id=identity.customer_id,
        requester=identity,
        team=channel.team,
        assignee=by,
        opened_at=now,
        last_message_at=now,
        preview=" ".join(text.replace("\x00", "").split())[:200],
    )
    Participant.objects.create(ticket=ticket, identity=identity, role=Participant.Role.REQUESTER)
    opened = event(
        ticket,
        "ticket_opened",
        by=by,
        at=now,
        reason="agent",
        priority=ticket.priority_name,
        status=ticket.status,
        team=ticket.team_id,
        customer=ticket.customer_id,
    )
    record([opened, event(ticket, "assigned", by=by, at=now, to=by.pk, reason="opened")])
    changed([ticket.pk])
    return ticket
