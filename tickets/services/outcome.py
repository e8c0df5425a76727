"""What became of an outgoing message: one place for sent, failed and unknown, whoever learned of it."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from tickets import states
from tickets.models import Delivery, Message, MessageRef, Thread, Ticket
from tickets.services.events import changed, event, from_to, record
from tickets.services.notifications import Kind, notify
from tickets.services.properties import wake

# With or without its protocol, which a network adds to a bare domain.
_LINK = re.compile(r"https?://\S+|\b(?:[\w-]+\.)+[a-z]{2,}\b\S*", re.IGNORECASE)
_LEADING_NAMES = re.compile(r"^(?:@\w+\s+)+")


def text_key(visibility: str, parent: str, text: str) -> str:
    """Names a message by place and words, so that a network's copy of it is recognised.

    Networks add names at the front, rewrite links and fold white space: none of these count.
    """
    plain = unicodedata.normalize("NFC", html.unescape(text))
    plain = _LINK.sub("", _LEADING_NAMES.sub("", plain.strip()))
    words = " ".join(plain.split()).casefold()
    return hashlib.sha256(f"{visibility}\n{parent}\n{words}".encode()).hexdigest()


def accepted(
    delivery: Delivery,
    *,
    external_ids: Iterable[str],
    at: datetime | None,
    permalink: str = "",
    thread_key: str = "",
) -> None:
    """The network has it. Its time is the network's where it said one."""
    now = timezone.now()
    # Clocks differ a little: nothing is ever answered before it was asked, or in the future.
    when = min(max(at, delivery.message.occurred_at), now) if at else now
    message = delivery.message
    ids = [id_ for id_ in external_ids if id_]
    delivery.state, delivery.settled_at, delivery.leased_until = Delivery.State.SENT, now, None
    delivery.error_code = delivery.error_text = ""
    delivery.save(update_fields=["state", "settled_at", "leased_until", "error_code", "error_text"])
    message.occurred_at = when
    message.external_id = ids[0] if ids else message.external_id
    message.permalink = permalink or message.permalink
    message.thread = _thread(message, thread_key)
    message.save(update_fields=["occurred_at", "external_id", "permalink", "thread"])
    known_as(delivery, ids)
    _answered(delivery, message, when)


def known_as(delivery: Delivery, external_ids: Iterable[str]) -> None:
    """Further names of the message: a poll that sees one of them has found nothing new."""
    refs = [
        MessageRef(message_id=delivery.message_id, channel_id=delivery.channel_id, external_id=id_)
        for id_ in external_ids
        if id_
    ]
    MessageRef.objects.bulk_create(refs, ignore_conflicts=True)


def _thread(message: Message, thread_key: str) -> Thread | None:
    """A conversation that we started has its name only now."""
    if message.thread_id or not thread_key or message.channel is None or message.ticket is None:
        return message.thread
    thread, _created = Thread.objects.get_or_create(
        channel=message.channel,
        key=thread_key,
        defaults={
            "visibility": message.visibility,
            "identity": message.identity or message.ticket.requester,
            "ticket": message.ticket,
        },
    )
    if thread.ticket_id is None:
        thread.ticket = message.ticket
        thread.save(update_fields=["ticket"])
    return thread


def _answered(delivery: Delivery, message: Message, when: datetime) -> None:
    if message.ticket_id is None:
        return
    ticket = Ticket.objects.select_for_update().get(pk=message.ticket_id)
    sent = event(
        ticket,
        "reply_sent",
        by=message.user,
        actor_kind=message.author_kind,
        message=message,
        at=when,
        dedupe_key=f"sent:{delivery.pk}",
        delivery=delivery.pk,
        **part_of(message),
        **_initial(ticket, when),
    )
    record([sent])
    if message.author_kind == Message.AuthorKind.AUTOMATION:
        # Nobody has answered: the customer waits as before.
        changed([ticket.pk])
        return
    newest_question = (
        ticket.messages.filter(direction="inbound", occurred_at__gt=when)
        .order_by("occurred_at")
        .values_list("occurred_at", flat=True)
        .first()
    )
    ticket.waiting_since = newest_question
    ticket.save(update_fields=["waiting_since", "updated_at"])
    changed([ticket.pk])


def _initial(ticket: Ticket, when: datetime) -> dict[str, Any]:
    """Where nobody had written before, it is no answer: we began."""
    heard = ticket.messages.filter(direction=Message.Direction.INBOUND, occurred_at__lte=when)
    return {} if heard.exists() else {"initial": True}


def part_of(message: Message) -> dict[str, Any]:
    """Further parts of a numbered thread are the same answer."""
    return {"part": message.part} if message.part > 1 else {}


def failed(delivery: Delivery, *, code: str, text: str) -> None:
    """The network refused it, or we gave up: the ticket comes back to us."""
    _close(delivery, Delivery.State.FAILED, code, text)
    _report(delivery, "reply_failed", reopen=True, code=code)
    message = delivery.message
    if message.ticket and message.user_id:
        notify(Kind.REPLY_FAILED, message.ticket, [message.user_id], message=message)


def unknown(delivery: Delivery, *, code: str, text: str) -> None:
    """The network may have it. A poll or the agent settles it; nothing is sent again by itself."""
    delivery.unknown_since = timezone.now()
    _close(delivery, Delivery.State.UNKNOWN, code, text)
    _report(delivery, "reply_unknown", reopen=False)


def _close(delivery: Delivery, state: str, code: str, text: str) -> None:
    delivery.state, delivery.error_code, delivery.error_text = state, code[:64], text[:2000]
    delivery.leased_until, delivery.settled_at = None, timezone.now()
    delivery.save(update_fields=["state", "error_code", "error_text", "leased_until", "settled_at", "unknown_since"])


def _report(delivery: Delivery, kind: str, *, reopen: bool, **data: Any) -> None:
    message = delivery.message
    if message.ticket_id is None:
        return
    ticket = Ticket.objects.select_for_update().get(pk=message.ticket_id)
    events = [event(ticket, kind, message=message, delivery=delivery.pk, **data)]
    if reopen and ticket.status in (states.PENDING, states.ON_HOLD, states.SOLVED):
        events.append(event(ticket, "status_changed", **from_to(ticket.status, states.OPEN, reason="reply_failed")))
        ticket.status, ticket.solved_at = states.OPEN, None
        wake(ticket, "status")
        ticket.save(update_fields=["status", "solved_at", "snoozed_until", "updated_at"])
    record(events)
    changed([ticket.pk])
