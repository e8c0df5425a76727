"""What the steps of a translation hand on to each other."""

from dataclasses import dataclass, field
from datetime import datetime

from tickets.channels.contract import OUTBOUND, Adapter, CallEvent, Ignored, Inbound
from tickets.models import Channel, Delivery, Event, Identity, InboundItem, Message, Thread, Ticket


@dataclass
class Draft:
    """One item on its way to becoming a message; each step fills in what it finds out."""

    item: InboundItem
    inbound: Inbound
    author: Identity | None = None
    # The person at the other end of the thread; None for our own context posts.
    party: Identity | None = None
    parent: Message | None = None
    thread: Thread | None = None
    ticket: Ticket | None = None
    message: Message | None = None

    @property
    def is_ours(self) -> bool:
        return self.inbound.direction == OUTBOUND


@dataclass
class Batch:
    """One channel's items, translated together in one transaction with a constant number of statements."""

    channel: Channel
    adapter: Adapter
    now: datetime
    items: list[InboundItem]
    ignored: list[tuple[InboundItem, Ignored]] = field(default_factory=list)
    calls: list[tuple[InboundItem, CallEvent]] = field(default_factory=list)
    # Our answers that an own post may confirm, by their text keys.
    awaited: dict[str, Delivery] = field(default_factory=dict)
    known: dict[str, Message] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    new_tickets: list[Ticket] = field(default_factory=list)
    # Threads that had no ticket until now, and answers of ours that are older than what was known.
    opened: list[Thread] = field(default_factory=list)
    late: list[Draft] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    # Followed by their tickets once all have numbers: (new ticket, the closed one).
    follow_ups: list[tuple[Ticket, Ticket]] = field(default_factory=list)

    def settle(self, item: InboundItem, state: str, reason: str = "", message: Message | None = None) -> None:
        item.state, item.reason, item.message, item.settled_at = state, reason[:2000], message, self.now

    def ignore(self, item: InboundItem, reason: str) -> None:
        self.settle(item, InboundItem.State.IGNORED, reason)

    def park(self, item: InboundItem, error: str) -> None:
        self.settle(item, InboundItem.State.PARKED, error)

    def done(self, item: InboundItem, message: Message) -> None:
        self.settle(item, InboundItem.State.DONE, message=message)
