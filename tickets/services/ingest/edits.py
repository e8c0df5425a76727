"""Messages that are known already: a newer revision, a confirmation of what we sent, new numbers."""

from collections.abc import Mapping

from tickets.channels.contract import Inbound
from tickets.models import Message, MessageRef, Ticket
from tickets.services import standing
from tickets.services.events import event
from tickets.services.ingest.batch import Batch, Draft
from tickets.services.ingest.messages import words
from tickets.services.ingest.tickets import headline


def find_known(batch: Batch, drafts: list[Draft]) -> None:
    """Look up every id that the drafts have or answer, in one statement."""
    ids = {id_ for draft in drafts for id_ in (*draft.inbound.external_ids, *draft.inbound.replies_to)}
    refs = MessageRef.objects.filter(channel=batch.channel, external_id__in=ids).select_related("message__thread")
    batch.known = {ref.external_id: ref.message for ref in refs}


def apply(batch: Batch, drafts: list[Draft]) -> list[Draft]:
    """Bring known messages up to date; returns the drafts that are new."""
    new, refs = [], []
    for draft in drafts:
        message = _known(batch, draft)
        if message is None:
            new.append(draft)
            continue
        refs += [
            MessageRef(message=message, channel=batch.channel, external_id=id_)
            for id_ in draft.inbound.external_ids
            if id_ not in batch.known
        ]
        if _is_edited(batch, message, draft):
            _edit(batch, message, draft)
        batch.done(draft.item, message)
    MessageRef.objects.bulk_create(refs, ignore_conflicts=True)
    return new


def _known(batch: Batch, draft: Draft) -> Message | None:
    ids = draft.inbound.external_ids
    if batch.channel.spec.capabilities.has_copies:
        ids = ids[-1:]
    return next((batch.known[id_] for id_ in ids if id_ in batch.known), None)


def _is_edited(batch: Batch, message: Message, draft: Draft) -> bool:
    # What we sent ourselves comes back with shortened links: that is a confirmation, not an edit.
    sent_by_us = message.user_id is not None
    if sent_by_us or message.deleted_at or _is_older(batch, message, draft.inbound):
        return False
    return message.text != words(draft.inbound)["text"]


def _is_older(batch: Batch, message: Message, inbound: Inbound) -> bool:
    """A revision that was read after its successor, by its id or by its time where the network tells that of edits."""
    if inbound.external_ids[0] in batch.known and inbound.external_ids[0] != message.external_id:
        return True
    return message.occurred_at != inbound.occurred_at < (message.edited_at or message.occurred_at)


def _edit(batch: Batch, message: Message, draft: Draft) -> None:
    at = draft.inbound.occurred_at if draft.inbound.occurred_at > message.occurred_at else batch.now
    ticket = Ticket.objects.select_for_update().get(pk=message.ticket_id) if message.ticket_id else None
    before = message.text
    message.earlier_texts = [*message.earlier_texts, {"text": before, "until": at.isoformat()}]
    now = words(draft.inbound)
    for column, value in now.items():
        setattr(message, column, value)
    message.external_id = draft.inbound.external_ids[0]
    message.edited_at = at
    message.save(update_fields=[*now, "earlier_texts", "external_id", "edited_at"])
    if ticket is None:
        return
    if ticket.subject == headline(before):
        ticket.subject = headline(message.text)
    standing.show(ticket)
    answered = ticket.messages.filter(direction="outbound", occurred_at__gt=message.occurred_at).exists()
    batch.events.append(
        event(
            ticket,
            "message_edited",
            actor_kind=message.author_kind,
            message=message,
            at=at,
            dedupe_key=f"edit:{batch.channel.pk}:{draft.item.pk}",
            after_answer=answered,
        )
    )
    if answered:
        _tell_agents(ticket)
    batch.changed.add(ticket.pk)


def _tell_agents(ticket: Ticket) -> None:
    Message.objects.create(
        ticket=ticket,
        direction=Message.Direction.NOTE,
        visibility=Message.Visibility.INTERNAL,
        author_kind=Message.AuthorKind.SYSTEM,
        text="The message above was edited after we had answered it. The earlier text is kept with it.",
        occurred_at=ticket.last_message_at or ticket.opened_at,
    )


def raise_reach(batch: Batch, reach: Mapping[str, Mapping[str, int]]) -> dict[str, Message]:
    """New numbers of known posts, which are returned by the ids asked for. Numbers only grow.

    A ticket shows the reposts of its most repeated post.
    """
    refs = MessageRef.objects.filter(channel=batch.channel, external_id__in=reach).select_related("message")
    messages = {ref.message_id: ref.message for ref in refs}
    numbers = {message.ticket_id for message in messages.values() if message.ticket_id}
    tickets = Ticket.objects.select_for_update().order_by("number").in_bulk(numbers)
    for ref in refs:
        message = messages[ref.message_id]
        counted = reach[ref.external_id]
        message.reach |= {name: max(number, message.reach.get(name, 0)) for name, number in counted.items()}
        if message.ticket_id:
            ticket = tickets[message.ticket_id]
            ticket.reposts = max(ticket.reposts, message.reach.get("reposts", 0))
    Message.objects.bulk_update(messages.values(), ["reach"])
    Ticket.objects.bulk_update(tickets.values(), ["reposts"])
    return {ref.external_id: messages[ref.message_id] for ref in refs}
