"""A call in a ticket: its message and row, the ticket it opens or joins, and the events that measures count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.models import User
from tickets import states
from tickets.channels.contract import Person
from tickets.models import Call, Channel, Event, Identity, Message, MessageRef, Participant, Thread, Ticket
from tickets.services.errors import Refused
from tickets.services.events import event, record
from tickets.services.properties import change_status, wake
from tickets.signals import calls_moved


@dataclass(frozen=True)
class CallLog:
    """What is known about one call; times in UTC, `answered_at` None where nobody picked up.

    `external_id` names it once for ever, so that the same call told twice stands once. `ticket` is the number of the
    ticket that the agent wants it in.
    """

    external_id: str
    caller: Person
    direction: str
    outcome: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    notes: str = ""
    hold_s: int = 0
    wrap_s: int = 0
    callback_due_at: datetime | None = None
    ticket: int | None = None
    then_status: str = ""


def ticket_for(channel: Channel, by: User | None, log: CallLog, identity: Identity) -> tuple[Ticket, bool]:
    """The ticket that the agent chose, or a new one; and whether it is new. Raises Refused for a closed one."""
    if log.ticket:
        ticket = Ticket.objects.select_for_update().filter(pk=log.ticket).first()
        if ticket is None or ticket.status == states.CLOSED:
            raise Refused("That ticket is closed. Leave the field empty to open a new one.")
        return ticket, False
    ticket = Ticket.objects.create(
        subject=_subject(log, identity),
        channel=channel,
        visibility=Ticket.Visibility.PRIVATE,
        customer_id=identity.customer_id,
        requester=identity,
        team=channel.team,
        assignee=by,
        opened_at=log.started_at,
        status=states.NEW,
    )
    return ticket, True


def _subject(log: CallLog, identity: Identity) -> str:
    first_line = log.notes.strip().splitlines()[0] if log.notes.strip() else ""
    if 0 < len(first_line) <= 90:
        return first_line
    who = identity.name or identity.label
    return f"Call with {who}" if log.answered_at else f"Missed call from {who}"


def log_of(call: Call, ticket: int | None = None) -> CallLog:
    """What a telephone system has told of a call so far; `ticket` is where the agent wants it."""
    identity = call.message.identity
    assert identity is not None
    return CallLog(
        external_id=call.external_id,
        caller=Person(identity.external_id, name=identity.name, handle=identity.handle),
        direction=call.message.direction,
        outcome=call.outcome,
        started_at=call.started_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        hold_s=call.hold_s,
        wrap_s=call.wrap_s,
        ticket=ticket,
    )


def member_at(extension: str) -> User | None:
    """The person who works at an extension of the telephone system."""
    return User.objects.filter(extension=extension, is_active=True).first() if extension else None


def tell_called(extensions: Iterable[str]) -> None:
    """After the commit the people at these extensions look at their calls."""
    users = list(User.objects.filter(extension__in=set(extensions) - {""}, is_active=True).values_list("pk", flat=True))
    if users:
        transaction.on_commit(partial(calls_moved.send_robust, sender=Call, users=users))


def write(channel: Channel, by: User | None, log: CallLog, identity: Identity) -> Message:
    """The message with its call and thread, in no ticket yet."""
    thread = Thread.objects.create(
        channel=channel, key=f"call:{log.external_id}"[:255], visibility="private", identity=identity
    )
    ours = log.direction == "outbound"
    message = Message.objects.create(
        thread=thread,
        channel=channel,
        direction=log.direction,
        visibility=Message.Visibility.PRIVATE,
        author_kind=Message.AuthorKind.AGENT if ours else Message.AuthorKind.CUSTOMER,
        identity=identity,
        user=by,
        text=log.notes.replace("\x00", ""),
        external_id=log.external_id,
        occurred_at=log.started_at,
    )
    MessageRef.objects.create(message=message, channel=channel, external_id=log.external_id)
    Call.objects.create(
        message=message,
        channel=channel,
        external_id=log.external_id,
        outcome=log.outcome,
        started_at=log.started_at,
        answered_at=log.answered_at,
        ended_at=log.ended_at,
        hold_s=log.hold_s,
        wrap_s=log.wrap_s,
        callback_due_at=log.callback_due_at,
    )
    return message


def place(message: Message, ticket: Ticket, by: User | None, log: CallLog, *, is_new: bool) -> None:
    """Put a call into a locked ticket and record what is known of it so far. The caller tells `changed`."""
    assert message.thread is not None and message.identity is not None
    message.ticket = message.thread.ticket = ticket
    message.save(update_fields=["ticket"])
    message.thread.save(update_fields=["ticket"])
    role = Participant.Role.REQUESTER if message.identity_id == ticket.requester_id else Participant.Role.THIRD_PARTY
    Participant.objects.get_or_create(ticket=ticket, identity=message.identity, defaults={"role": role})
    record(_opened(ticket, by, log, is_new))
    tell(message, ticket, by, log, is_new=is_new)


def tell(message: Message, ticket: Ticket, by: User | None, log: CallLog, *, is_new: bool = False) -> None:
    """Bring a locked ticket up to date with a call in it; what was recorded before stands once."""
    _apply(ticket, by, log, is_new)
    record(_told(ticket, by, log, message))


def _apply(ticket: Ticket, by: User | None, log: CallLog, is_new: bool) -> None:
    """A connected call answers whoever waited; a missed one makes them wait."""
    if ticket.last_message_at is None or log.started_at >= ticket.last_message_at:
        ticket.last_message_at = log.started_at
        ticket.preview = " ".join(log.notes.split())[:200] or ticket.preview
    if ticket.visibility != Ticket.Visibility.PRIVATE:
        ticket.visibility = Ticket.Visibility.MIXED
    connected = log.answered_at is not None
    if connected:
        ticket.waiting_since = None
    elif log.direction == "inbound":
        ticket.waiting_since = min(ticket.waiting_since or log.started_at, log.started_at)
    if log.direction == "inbound":
        wake(ticket, "customer", at=log.started_at)
    ticket.save()
    status = log.then_status or (states.OPEN if connected and is_new else "")
    if status and status != ticket.status:
        change_status(ticket, status, by, reason="agent", at=log.ended_at)


def _opened(ticket: Ticket, by: User | None, log: CallLog, is_new: bool) -> list[Event]:
    if not is_new:
        return []
    ours = log.direction == "outbound"
    opened = event(
        ticket,
        "ticket_opened",
        by=by if ours else None,
        actor_kind=Event.Actor.AGENT if ours else Event.Actor.CUSTOMER,
        at=log.started_at,
        reason="call",
        priority=ticket.priority_name,
        status=states.NEW,
        team=ticket.team_id,
        customer=ticket.customer_id,
    )
    if by is None:
        return [opened]
    assigned = event(ticket, "assigned", by=by, at=log.ended_at or log.started_at, to=by.pk, reason="opened")
    return [opened, assigned]


def _told(ticket: Ticket, by: User | None, log: CallLog, message: Message) -> list[Event]:
    """Ring, then answered or missed, then ended: each stands once however often the call is told."""
    ours = log.direction == "outbound"
    caller = Event.Actor.AGENT if ours else Event.Actor.CUSTOMER
    key = f"call:{message.channel_id}:{log.external_id}"

    def told(kind: str, at: datetime, actor_kind: str, **data: object) -> Event:
        return event(
            ticket,
            kind,
            by=by if actor_kind == Event.Actor.AGENT else None,
            actor_kind=actor_kind,
            message=message,
            at=at,
            dedupe_key=f"{key}:{kind}",
            call=log.external_id,
            **data,
        )

    events = [told("call_ring", log.started_at, caller, direction=log.direction)]
    if log.answered_at:
        events.append(told("call_answered", log.answered_at, Event.Actor.AGENT, direction=log.direction))
    elif log.outcome and not ours:
        due = log.callback_due_at.isoformat() if log.callback_due_at else None
        events.append(told("call_missed", log.ended_at or log.started_at, Event.Actor.CUSTOMER, callback_due_at=due))
    if log.ended_at and log.answered_at:
        talk = int((log.ended_at - log.answered_at).total_seconds()) - log.hold_s
        spent = {"talk_s": max(talk, 0), "hold_s": log.hold_s, "wrap_s": log.wrap_s}
        events.append(told("call_ended", log.ended_at, Event.Actor.AGENT, **spent))
    return events
