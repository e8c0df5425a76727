"""What a ticket's page shows in its middle: messages of all threads, and what was changed between them, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import ClassVar
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.downloads import has_raw
from tickets.event_words import Names, Words, by_whom, names_for, words_for
from tickets.formatted import has_remote_pictures, says_more, shown_inside
from tickets.models import Attachment, Call, Delivery, DeliveryAttempt, Event, Message, Ticket
from tickets.queries import answers_beside

# A page shows the newest so many; a link shows the rest.
NEWEST = 200
# So many changes in a row become one line that opens.
MANY_CHANGES = 3
REACH = (
    ("reposts", "repeat", gettext_lazy("Reposts")),
    ("quotes", "message-circle-share", gettext_lazy("Quotes")),
    ("replies", "message-circle", gettext_lazy("Replies")),
    ("likes", "heart", gettext_lazy("Likes")),
    ("views", "chart-bar", gettext_lazy("Views")),
)


@dataclass(frozen=True)
class Day:
    """A new day begins, in the reader's time zone."""

    template: ClassVar[str] = "tickets/partials/timeline/day.html"
    day: date

    @property
    def key(self) -> str:
        return f"day-{self.day.isoformat()}"


@dataclass(frozen=True)
class Change:
    """One event in words."""

    template: ClassVar[str] = "tickets/partials/timeline/event.html"
    event: Event
    words: Words

    @property
    def key(self) -> str:
        return f"e{self.event.pk}"

    @property
    def at(self) -> datetime:
        return self.event.occurred_at

    @property
    def actor(self) -> str:
        return by_whom(self.event)


@dataclass(frozen=True)
class Changes:
    """Several events in a row behind one line."""

    template: ClassVar[str] = "tickets/partials/timeline/events.html"
    changes: list[Change]

    @property
    def key(self) -> str:
        return f"{self.changes[0].key}-{self.changes[-1].key}"

    @property
    def at(self) -> datetime:
        return self.changes[0].at

    @property
    def summary(self) -> str:
        first, *others = (change.words.text for change in self.changes)
        return ", ".join([first, *(text[:1].lower() + text[1:] for text in others)])


@dataclass(frozen=True)
class Outgoing:
    """Where a reply of ours is on its way out, as the agent should read it.

    `state` is one of `waiting` (may be undone until `due_at`), `behind` (an earlier part of it, `waits_for`, has not
    gone out yet), `retrying`, `held` (its channel is paused), `leaving`, `sent`, `failed`, `unknown` (the network may
    have it), `not_found` (unknown, and two complete readings did not show it).
    """

    delivery: Delivery
    now: datetime
    waits_for: Delivery | None = None

    @property
    def state(self) -> str:
        delivery = self.delivery
        if delivery.state == Delivery.State.PENDING:
            return self._pending_state()
        if delivery.state == Delivery.State.UNKNOWN and delivery.offered_again_at:
            return "not_found"
        return {Delivery.State.SENDING: "leaving"}.get(Delivery.State(delivery.state), delivery.state)

    def _pending_state(self) -> str:
        if not self.delivery.channel.is_active:
            return "held"
        if self.delivery.attempts:
            return "retrying"
        if self.delivery.due_at > self.now:
            return "waiting"
        return "behind" if self.waits_for else "leaving"

    @property
    def is_pending(self) -> bool:
        return self.state in ("waiting", "behind", "retrying", "held", "leaving")

    @property
    def is_lost(self) -> bool:
        return self.state in ("failed", "unknown", "not_found")

    @property
    def seconds_left(self) -> int:
        return max(0, round((self.delivery.due_at - self.now).total_seconds()))

    @cached_property
    def tries(self) -> list[DeliveryAttempt]:
        return list(self.delivery.tries.all())


@dataclass(frozen=True)
class Card:
    """One message. `is_context` marks what was said in a thread of this ticket without being part of its work."""

    message: Message
    now: datetime
    is_context: bool = False
    waits_for: Delivery | None = None

    @property
    def key(self) -> str:
        return f"m{self.message.pk}"

    @property
    def at(self) -> datetime:
        return self.message.occurred_at

    @property
    def template(self) -> str:
        return f"tickets/partials/timeline/{self._shape}.html"

    @property
    def _shape(self) -> str:
        if self.message.direction == Message.Direction.NOTE:
            return "note"
        if self.outgoing and self.outgoing.state == Delivery.State.WITHDRAWN:
            return "withdrawn"
        return "call" if self.call else "message"

    @property
    def is_public(self) -> bool:
        return self.message.visibility == Message.Visibility.PUBLIC

    @property
    def is_ours(self) -> bool:
        return self.message.direction == Message.Direction.OUTBOUND

    @property
    def author(self) -> str:
        """The name to show; an outgoing message without a user was written outside the helpdesk or by a machine."""
        if self.message.direction == Message.Direction.INBOUND and self.message.identity:
            return self.message.identity.name or self.message.identity.label
        if self.message.user:
            return self.message.user.name
        return str(self.message.get_author_kind_display())

    @property
    def audience(self) -> str:
        """Who could read it where, in words."""
        channel = self.message.channel
        if channel is None:
            return ""
        label = channel.spec.label
        if self.is_public:
            return _("Public on %(network)s") % {"network": label}
        name = channel.spec.message_names.get(self.message.visibility, "")
        # "Email" and "email" are one word, "X" and "direct message" are three.
        return label if name.lower() == label.lower() else f"{label} {name}".strip()

    @property
    def reach(self) -> list[tuple[str, str, int]]:
        """(icon, label, number) of what the network counted."""
        counted = self.message.reach
        return [(icon, str(label), counted[key]) for key, icon, label in REACH if counted.get(key)]

    @property
    def parent(self) -> Message | None:
        """The message that this one answers, where it is not in this ticket itself."""
        parent = self.message.in_reply_to
        return parent if parent and parent.ticket_id != self.message.ticket_id else None

    @cached_property
    def call(self) -> Call | None:
        return getattr(self.message, "call", None)

    @cached_property
    def outgoing(self) -> Outgoing | None:
        delivery = getattr(self.message, "delivery", None)
        return Outgoing(delivery, self.now, self.waits_for) if delivery else None

    @cached_property
    def files(self) -> list[Attachment]:
        files = self.message.attachments.all()
        return [file for file in files if not (self.is_formatted and shown_inside(self.message.html, file))]

    @cached_property
    def is_formatted(self) -> bool:
        """Shown in a frame of its own, since its text alone would lose something."""
        return says_more(self.message.html)

    @property
    def blocks_pictures(self) -> bool:
        return has_remote_pictures(self.message.html)


Entry = Day | Change | Changes | Card


@dataclass(frozen=True)
class Timeline:
    """`seen` is the newest event that a reader of this timeline knows of: the reply form carries it back."""

    entries: list[Entry] = field(default_factory=list)
    seen: int = 0
    has_earlier: bool = False


def timeline_of(ticket: Ticket, *, everything: bool = False) -> Timeline:
    """The timeline of a ticket in at most ten statements, however long it is."""
    cards, has_earlier = _cards(ticket, everything)
    shown = {card.message.pk for card in cards}
    wanted = Q(ticket=ticket) | Q(message__in=shown) | answers_beside(ticket)
    known = list(Event.objects.filter(wanted).select_related("actor"))
    events = [event for event in known if event.ticket_id == ticket.pk or event.message_id in shown]
    names = names_for(events)
    changes = list(_changes(events, names, since=cards[0].at if has_earlier else None))
    # At the same instant a message comes before what it caused.
    both: list[Card | Change] = [*cards, *changes]
    items = sorted(both, key=lambda item: (item.at, isinstance(item, Change)))
    return Timeline(
        entries=list(_with_days(_with_groups(items))),
        seen=max((event.pk for event in known), default=0),
        has_earlier=has_earlier,
    )


def _cards(ticket: Ticket, everything: bool) -> tuple[list[Card], bool]:
    now = timezone.now()
    threads = list(ticket.threads.values_list("pk", flat=True))
    messages = (
        Message.objects.filter(Q(ticket=ticket) | Q(ticket=None, thread__in=threads))
        .annotate(has_raw=has_raw())
        .select_related("identity", "user", "channel", "call", "delivery__channel", "in_reply_to__identity")
        .prefetch_related("attachments", "delivery__tries", "mentioned")
        .order_by("-occurred_at", "-id")
    )
    newest = list(messages if everything else messages[: NEWEST + 1])
    has_earlier = not everything and len(newest) > NEWEST
    shown = newest[:NEWEST] if has_earlier else newest
    waits_for = _waits_for(shown)
    cards = [Card(one, now, one.ticket_id is None, waits_for.get(one.pk)) for one in reversed(shown)]
    return cards, has_earlier


def _waits_for(messages: Sequence[Message]) -> dict[int, Delivery]:
    """Message -> the first earlier part of the same answer that has not gone out."""
    found: dict[int, Delivery] = {}
    unsent: dict[UUID, Delivery] = {}
    for message in sorted(messages, key=lambda message: message.part):
        if message.bundle is None:
            continue
        if message.bundle in unsent:
            found[message.pk] = unsent[message.bundle]
        elif message.delivery.state != Delivery.State.SENT:
            unsent[message.bundle] = message.delivery
    return found


def _changes(events: list[Event], names: Names, since: datetime | None) -> Iterator[Change]:
    for event in events:
        words = words_for(event, names)
        if words and (since is None or event.occurred_at >= since):
            yield Change(event, words)


def _with_groups(items: list[Card | Change]) -> Iterator[Card | Change | Changes]:
    for is_change, run in groupby(items, key=lambda item: isinstance(item, Change)):
        members = list(run)
        if is_change and len(members) >= MANY_CHANGES:
            yield Changes(members)  # type: ignore[arg-type]
        else:
            yield from members


def _with_days(items: Iterator[Card | Change | Changes]) -> Iterator[Entry]:
    for day, members in groupby(items, key=lambda item: timezone.localdate(item.at)):
        yield Day(day)
        yield from members
