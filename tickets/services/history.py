"""Conversations from elsewhere become tickets with their own times. What is imported is never sent or polled again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Team, User
from tickets import states
from tickets.channels.contract import Person
from tickets.models import Call, Channel, Event, Identity, Message, MessageRef, Participant, Tag, Thread, Ticket
from tickets.services import merging, standing
from tickets.services.errors import Refused
from tickets.services.events import event, record
from tickets.services.ingest.people import find_or_create

MESSAGES = {
    "message_in": Message.Direction.INBOUND,
    "message_out": Message.Direction.OUTBOUND,
    "note": Message.Direction.NOTE,
}
CALLS = ("call_ring", "call_answered", "call_missed", "call_ended")
# What the import calls it -> the kind of the event.
KINDS = {
    "note": "note_added",
    "status": "status_changed",
    "assign": "assigned",
    "priority": "priority_changed",
    "work": "focused",
    "csat": "csat_answered",
}


@dataclass(frozen=True)
class Past:
    """One thing that happened. `values`: the fields of its type (docs/history-import.md), checked."""

    at: datetime
    type: str
    by: str
    agent: User | None = None
    visibility: str = ""
    text: str = ""
    external_id: str = ""
    team: Team | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PastTicket:
    """`content` is a hash of the whole line, `sla_policy` the id of a policy or None; `events` in the order of time."""

    external_id: str
    content: str
    channel: Channel
    customer: Person
    subject: str
    priority: str
    tags: tuple[str, ...]
    sla_policy: int | None
    events: tuple[Past, ...]


def channel_for(kind: str, address: str, name: str) -> Channel:
    """The connected account of that address, or a paused one: without credentials nothing can be read or sent."""
    paused = {"state": Channel.State.PAUSED, "paused_at": timezone.now(), "pause_code": "imported"}
    words = "It came with imported conversations. Give it credentials to read and answer here."
    return Channel.objects.get_or_create(
        kind=kind, address=address, defaults={"name": name, "pause_text": words, **paused}
    )[0]


def import_ticket(past: PastTicket) -> Ticket | None:
    """Store a whole conversation, or nothing. None where it is here already; Refused where its name means another.

    The ticket is marked for folding; telling of it (`events.changed`) is the caller's, who may have many.
    """
    try:
        with transaction.atomic():
            known = Ticket.objects.filter(external_id=past.external_id).first()
            if known:
                _same_content(known, past)
                return None
            return _Import(past).store()
    except IntegrityError as error:
        raise Refused("A message of this ticket has the external id of another message on that channel.") from error


def _same_content(known: Ticket, past: PastTicket) -> None:
    opened = known.events.filter(kind="ticket_opened").first()
    if opened is None or opened.data.get("content") != past.content:
        raise Refused(f"“{past.external_id}” was imported before with other content. Use another external_id.")


class _Import:
    """Gathers the rows of one ticket."""

    def __init__(self, past: PastTicket) -> None:
        self.past = past
        person = past.customer
        self.requester: Identity = find_or_create(past.channel.kind, {person.external_id: person})[person.external_id]
        self.ticket = Ticket(
            external_id=past.external_id,
            subject=past.subject[:255],
            channel=past.channel,
            visibility="private",
            customer_id=self.requester.customer_id,
            requester=self.requester,
            priority=states.PRIORITIES[past.priority],
            opened_at=past.events[0].at,
        )
        self.messages: dict[int, Message] = {}
        self.threads: dict[str, Thread] = {}

    def store(self) -> Ticket:
        ticket = self.ticket
        ticket.save()
        self._tags()
        self._messages()
        record([self._opened(), *(made for n in range(len(self.past.events)) for made in self._events(n))])
        Participant.objects.create(ticket=ticket, identity=self.requester, role=Participant.Role.REQUESTER)
        standing.refresh(ticket)
        return ticket

    def _tags(self) -> None:
        self.tags = [Tag.objects.get_or_create(name=name)[0] for name in self.past.tags]
        self.ticket.tags.set(self.tags)

    # ---- messages and calls ----

    def _messages(self) -> None:
        """One message for each thing said and for each call, whose further events belong to it."""
        of_call: dict[str, Message] = {}
        for n, each in enumerate(self.past.events):
            if each.type in MESSAGES:
                self.messages[n] = self._message(each, MESSAGES[each.type])
            elif each.type in CALLS:
                name = each.values["call"]
                if name not in of_call:
                    of_call[name] = self._message(each, each.values["direction"])
                self.messages[n] = of_call[name]
        made = list({id(message): message for message in self.messages.values()}.values())
        Message.objects.bulk_create(made)
        MessageRef.objects.bulk_create(
            MessageRef(message=message, channel=self.past.channel, external_id=message.external_id)
            for message in made
            if message.external_id
        )
        Call.objects.bulk_create(self._call(name, message) for name, message in of_call.items())

    def _message(self, each: Past, direction: str) -> Message:
        is_note = direction == Message.Direction.NOTE
        visibility = Message.Visibility.INTERNAL if is_note else each.visibility
        return Message(
            ticket=self.ticket,
            thread=None if is_note else self._thread(visibility),
            channel=None if is_note else self.past.channel,
            direction=direction,
            visibility=visibility,
            author_kind=each.by,
            identity=self.requester if each.by == Message.AuthorKind.CUSTOMER else None,
            user=each.agent,
            text=each.text.replace("\x00", ""),
            external_id=each.external_id,
            occurred_at=each.at,
        )

    def _thread(self, visibility: str) -> Thread:
        if visibility not in self.threads:
            self.threads[visibility] = Thread.objects.create(
                channel=self.past.channel,
                key=f"history:{self.past.external_id}:{visibility}"[:255],
                visibility=visibility,
                identity=self.requester,
                ticket=self.ticket,
            )
        return self.threads[visibility]

    def _call(self, name: str, message: Message) -> Call:
        told = {each.type: each for each in self.past.events if each.type in CALLS and each.values["call"] == name}
        answered, missed, ended = told.get("call_answered"), told.get("call_missed"), told.get("call_ended")
        over = ended or missed
        return Call(
            message=message,
            channel=self.past.channel,
            external_id=f"history:{self.past.external_id}:{name}"[:255],
            outcome=Call.Outcome.ANSWERED if answered else Call.Outcome.MISSED if missed else "",
            started_at=message.occurred_at,
            answered_at=answered.at if answered else None,
            ended_at=over.at if over else None,
            hold_s=ended.values.get("hold_s") or 0 if ended else 0,
            wrap_s=ended.values.get("wrap_s") or 0 if ended else 0,
        )

    # ---- events ----

    def _opened(self) -> Event:
        first = self.past.events[0]
        return event(
            self.ticket,
            "ticket_opened",
            actor_kind=Event.Actor.SYSTEM,
            at=first.at,
            dedupe_key=f"history:{self.past.external_id}",
            reason="import",
            priority=self.past.priority,
            status=states.NEW,
            sla_policy=self.past.sla_policy,
            customer=self.ticket.customer_id,
            tags=[tag.pk for tag in self.tags],
            content=self.past.content,
        )

    def _events(self, n: int) -> Iterator[Event]:
        each = self.past.events[n]
        if each.type in ("merge_in", "merged_into"):
            return  # recorded by `join`, when both tickets are here
        kind = KINDS.get(each.type, each.type)
        if each.type == "message_out" and each.by == Event.Actor.AGENT:
            kind = "reply_sent"
        told = partial(event, self.ticket, actor_kind=each.by, message=self.messages.get(n), at=each.at)
        data = getattr(self, f"_data_{each.type}", self._plain_data)(each)
        actor = None if each.type == "assign" else each.agent
        yield told(kind, by=actor, dedupe_key=f"history:{self.past.external_id}:{n}", **data)
        if each.type == "assign" and each.team:
            yield told("team_changed", dedupe_key=f"history:{self.past.external_id}:{n}:team", to=each.team.pk)

    def _plain_data(self, each: Past) -> dict[str, Any]:
        return {name: value for name, value in each.values.items() if value is not None}

    def _data_message_in(self, each: Past) -> dict[str, Any]:
        if each.by == Event.Actor.CUSTOMER:
            self.ticket.excluded = ""
        return {"addressed": True}

    def _data_status(self, each: Past) -> dict[str, Any]:
        before, self.ticket.status = self.ticket.status, each.values["to"]
        self.ticket.solved_at = each.at if self.ticket.status in (states.SOLVED, states.CLOSED) else None
        return {"from": before, "to": self.ticket.status, "reason": "import"}

    def _data_priority(self, each: Past) -> dict[str, Any]:
        before = self.ticket.priority_name
        self.ticket.priority = states.PRIORITIES[each.values["to"]]
        return {"from": before, "to": each.values["to"]}

    def _data_assign(self, each: Past) -> dict[str, Any]:
        self.ticket.assignee = each.agent
        self.ticket.team = each.team or self.ticket.team
        return {"to": each.agent.pk if each.agent else None}

    def _data_no_reply_needed(self, each: Past) -> dict[str, Any]:
        if each.values["scope"] == "ticket":
            self.ticket.excluded = Ticket.Excluded.NO_REPLY_NEEDED
        return {"scope": each.values["scope"]}


def join(source_external_id: str, target_external_id: str, at: datetime, by: User | None) -> None:
    """One imported ticket was merged into another at that time. Does nothing when it has been told before."""
    with transaction.atomic():
        found = Ticket.objects.select_for_update().filter(external_id__in=[source_external_id, target_external_id])
        tickets = {ticket.external_id: ticket for ticket in found.order_by("number")}
        source, target = tickets[source_external_id], tickets[target_external_id]
        if source.excluded != Ticket.Excluded.MERGED:
            merging.move(source, target, by=by, at=at, actor_kind=Event.Actor.AGENT)
