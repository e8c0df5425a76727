"""A first word that the question has arrived, where the channel wants one. No answer: the customer waits as before."""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from tickets.models import Channel, Event, Message, Ticket
from tickets.services.events import event
from tickets.services.ingest.batch import Batch, Draft
from tickets.services.outbox import queue
from tickets.services.outcome import text_key

NUMBER = "{number}"
# What was written longer ago is old mail read for the first time.
_FRESH = timedelta(days=1)
_PER = timedelta(hours=1)


def acknowledge(batch: Batch, drafts: list[Draft]) -> None:
    """Queue one for each ticket that a fresh message has just opened, as often as one person may get automatic mail."""
    asked = [draft for draft in drafts if draft.inbound.acknowledgement and _opened_now(batch, draft)]
    ours = _our_addresses(batch) if asked else set()
    had = _sent_lately([draft.author.pk for draft in asked if draft.author])
    for draft in asked:
        assert draft.ticket and draft.message and draft.author
        if draft.author.external_id.lower() not in ours and had[draft.author.pk] < settings.AUTOMATIC_PER_HOUR:
            had[draft.author.pk] += 1
            batch.events.append(_queue(batch, draft, draft.message, draft.ticket))


def _opened_now(batch: Batch, draft: Draft) -> bool:
    ticket, at = draft.ticket, draft.inbound.occurred_at
    opened = ticket is not None and ticket in batch.new_tickets and ticket.opened_at == at
    return opened and at > batch.now - _FRESH and not draft.inbound.spam


def _our_addresses(batch: Batch) -> set[str]:
    accounts = Channel.objects.filter(kind=batch.channel.kind).values_list("address", flat=True)
    return {address.lower() for address in accounts}


def _sent_lately(identities: list[int]) -> Counter[int]:
    """Identity -> automatic messages within the last hour, whatever the channel."""
    if not identities:
        return Counter()
    automatic = Message.objects.filter(
        identity__in=identities,
        direction=Message.Direction.OUTBOUND,
        author_kind=Message.AuthorKind.AUTOMATION,
        received_at__gte=timezone.now() - _PER,
    )
    return Counter(dict(automatic.values_list("identity").annotate(Count("pk"))))


def _queue(batch: Batch, draft: Draft, question: Message, ticket: Ticket) -> Event:
    text = draft.inbound.acknowledgement.replace(NUMBER, str(ticket.number))
    message = Message.objects.create(
        ticket=ticket,
        thread=draft.thread,
        channel=batch.channel,
        direction=Message.Direction.OUTBOUND,
        visibility=question.visibility,
        author_kind=Message.AuthorKind.AUTOMATION,
        identity=draft.author,
        in_reply_to=question,
        subject=f"Re: {question.subject}"[:998] if question.subject else "",
        text=text,
        to=[{"name": draft.author.name, "address": draft.author.label}] if draft.author else [],
        occurred_at=batch.now,
    )
    delivery = queue(message, batch.channel, text_key(message.visibility, draft.inbound.thread_key, text))
    actor = Event.Actor.AUTOMATION
    return event(ticket, "reply_queued", actor_kind=actor, message=message, at=batch.now, delivery=delivery.pk)
