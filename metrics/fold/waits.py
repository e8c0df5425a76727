"""Waiting: from the oldest unanswered message of the customer to the first human reply that they can see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from metrics.fold.events import RESOLVED, Event, apart, from_customer, is_message_of_ours

FIRST, NEXT = "first_response", "next_response"


class Ask(NamedTuple):
    """Something of the customer's that nobody has answered. `reason`: what started the clock."""

    at: int
    message: int | None
    channel: int | None
    visibility: str
    call: object = None
    reason: str = "message"


@dataclass(frozen=True)
class Wait:
    """One stretch of waiting. `ended_by`: reply, resolved, no_reply_needed, merged, spam, deleted or still_open.

    `live`: the call that began it was answered. `missed_at`: it was not. `author`: who replied (None: outside the
    helpdesk).
    """

    metric: str
    start: int
    end: int | None
    ended_by: str
    channel: int | None
    visibility: str
    reason: str
    question: int | None
    answer: int | None = None
    author: int | None = None
    live: bool = False
    by_call: bool = False
    missed_at: int | None = None

    @property
    def answered(self) -> bool:
        return self.ended_by == "reply"

    @property
    def calendar_s(self) -> int | None:
        return None if self.end is None else self.end - self.start


@dataclass(frozen=True)
class Reply:
    """A counting reply or a connected call. `given_at`: when the agent gave it, before the network took it."""

    at: int
    given_at: int
    is_call: bool


@dataclass(frozen=True)
class Conversation:
    waits: tuple[Wait, ...]
    replies: tuple[Reply, ...]
    initiated_by: str
    live: bool


def conversation(events: list[Event]) -> Conversation:
    """Who waited how long for what, and every reply. `events` as `with_calls` gives them."""
    own, sources = apart(events)
    reader = _Reader(_initiator(own))
    for event in own:
        if event.kind == "merged_in":
            reader.take_over(_unanswered(sources.get(event.data["source"], ())))
        else:
            reader.read(event)
    return reader.result()


def _initiator(events: list[Event]) -> str:
    """`customer` or `agent`: who of the two was heard first; where nobody was, who opened the ticket."""
    for event in events:
        if from_customer(event):
            return "customer"
        if is_message_of_ours(event) or (event.kind == "call_ring" and event.data["direction"] == "outbound"):
            return "agent"
    by_hand = any(event.kind == "ticket_opened" and event.data.get("reason") == "agent" for event in events)
    return "agent" if by_hand else "customer"


def _unanswered(events: Iterable[Event]) -> list[Ask]:
    reader = _Reader("customer")
    for event in events:
        reader.read(event)
    return reader.asks


class _Reader:
    """Reads the events in order. `parked` holds what was unanswered when the ticket was resolved."""

    def __init__(self, initiated_by: str) -> None:
        self.initiated_by = initiated_by
        self.asks: list[Ask] = []
        self.parked: list[Ask] = []
        self.parked_at = 0
        self.waits: list[Wait] = []
        self.replies: list[Reply] = []
        self.resolved = self.heard = False
        self.given: dict[int | None, int] = {}
        self.missed: dict[object, int] = {}
        self.context: Ask | None = None

    def read(self, event: Event) -> None:
        read = getattr(self, f"_on_{event.kind}", None)
        if read:
            read(event)

    def result(self) -> Conversation:
        self._settle_parked()
        if self.asks:
            self._end(self.asks, None, "still_open")
        first = next((wait for wait in self.waits if wait.answered), None)
        return Conversation(
            waits=tuple(self.waits),
            replies=tuple(self.replies),
            initiated_by=self.initiated_by,
            live=bool(first and first.live),
        )

    def take_over(self, asks: list[Ask]) -> None:
        """A merged ticket's unanswered messages wait here, since their own time."""
        if asks:
            self._settle_parked()
            self.heard = True
            self.asks = sorted(self.asks + asks, key=lambda ask: ask.at)

    # ---- the customer ----

    def _on_message_in(self, event: Event) -> None:
        if event.by != "customer":
            return
        self.heard = True
        ask = Ask(event.at, event.message, event.channel, event.visibility)
        if event.data.get("addressed", True):
            self._ask(ask)
        else:
            self.context = ask

    def _on_ticket_opened(self, event: Event) -> None:
        # Found by a search and picked by hand: nobody had asked us, so the clock starts when it came to our queue.
        if event.data.get("reason") == "agent" and self.context and not self.asks:
            self._ask(self.context._replace(at=event.at, reason="queue"))

    def _on_call_ring(self, event: Event) -> None:
        if from_customer(event):
            self.heard = True
            self._ask(
                Ask(event.at, event.message, event.channel, event.visibility or "private", event.data["call"], "call")
            )

    def _on_call_missed(self, event: Event) -> None:
        self.missed.setdefault(event.data["call"], event.at)

    def _ask(self, ask: Ask) -> None:
        self._settle_parked()
        self.asks.append(ask)

    # ---- us ----

    def _on_reply_queued(self, event: Event) -> None:
        self.given[event.message] = event.at

    def _on_reply_sent(self, event: Event) -> None:
        if is_message_of_ours(event):
            self._reply(event)

    _on_message_out = _on_reply_sent

    def _on_answered_outside(self, event: Event) -> None:
        # Seen by a poll as well, it has ended the wait already and is not counted twice.
        if self.asks or self.parked:
            self._reply(event)

    def _on_call_answered(self, event: Event) -> None:
        self._reply(event)

    def _reply(self, event: Event) -> None:
        given_at = self.given.get(event.message, event.at) if event.message else event.at
        is_call = event.kind == "call_answered"
        if event.data.get("initial") or not (self.heard or is_call):
            return
        if self.parked and (not self.replies or given_at <= self.parked_at):
            # On its way when the ticket was resolved; or late, but still the first answer that the customer got.
            self.asks, self.parked = self.parked, []
        self.replies.append(Reply(event.at, given_at, is_call))
        if self.asks:
            self._end(self.asks, event, "reply")
            self.asks = []

    # ---- what ends a wait without a reply ----

    def _on_status_changed(self, event: Event) -> None:
        was, self.resolved = self.resolved, event.data["to"] in RESOLVED
        if self.resolved and not was:
            if self.asks:
                self.parked, self.parked_at, self.asks = self.asks, event.at, []
        elif was and not self.resolved and self.parked:
            self._reopen(event)

    def _reopen(self, event: Event) -> None:
        if event.by == "customer" or event.data.get("reason") in ("reply_failed", "reply_withdrawn"):
            # The message had come before the ticket was solved, or its answer never arrived: it waits on.
            self.asks, self.parked = self.parked, []
        elif not self.replies:
            oldest = self.parked[0]
            self._settle_parked()
            self.asks = [oldest._replace(at=event.at, call=None, reason="reopen")]

    def _on_no_reply_needed(self, event: Event) -> None:
        only = event.message if event.data.get("scope") == "message" else None
        self._drop(event, "no_reply_needed", only)

    def _on_message_deleted(self, event: Event) -> None:
        if event.message:
            self._drop(event, "deleted", event.message)

    def _on_spam_marked(self, event: Event) -> None:
        self._drop(event, "spam", None)

    def _on_merged_into(self, event: Event) -> None:
        self._drop(event, "merged", None)

    def _drop(self, event: Event, ended_by: str, only: int | None) -> None:
        """These questions want no answer any more; `only` one message, or all."""
        self.parked = self._without(self.parked, event._replace(at=self.parked_at), ended_by, only)
        self.asks = self._without(self.asks, event, ended_by, only)

    def _without(self, asks: list[Ask], event: Event, ended_by: str, only: int | None) -> list[Ask]:
        left = [ask for ask in asks if only and ask.message != only]
        if asks and not left:
            self._end(asks, event, ended_by)
        return left

    def _settle_parked(self) -> None:
        if self.parked:
            self._end(self.parked, Event(self.parked_at, "status_changed"), "resolved")
            self.parked = []

    def _end(self, asks: list[Ask], event: Event | None, ended_by: str) -> None:
        oldest = min(asks, key=lambda ask: ask.at)
        replied = event if event and ended_by == "reply" else None
        earlier = len(self.replies) - bool(replied)
        self.waits.append(
            Wait(
                metric=NEXT if earlier or self.initiated_by == "agent" else FIRST,
                start=oldest.at,
                end=event.at if event else None,
                ended_by=ended_by,
                channel=oldest.channel,
                visibility=oldest.visibility,
                reason=oldest.reason,
                question=oldest.message,
                answer=replied.message if replied else None,
                author=replied.actor if replied else None,
                live=bool(
                    replied
                    and replied.kind == "call_answered"
                    and oldest.call is not None
                    and oldest.call == replied.data["call"]
                ),
                by_call=oldest.reason == "call",
                missed_at=self.missed.get(oldest.call) if oldest.call is not None else None,
            )
        )
