"""Messages that are known already: a newer revision, a confirmation of what we sent, new numbers."""

from collections.abc import Mapping

from tickets.models import Message, MessageRef, Ticket
from tickets.services.events import event
from tickets.services.ingest.batch import Batch, Draft


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
        if _is_edited(message, draft):
            _edit(batch, message, draft)
        batch.done(draft.item, message)
    MessageRef.objects.bulk_create(refs, ignore_conflicts=True)
    return new


def _known(batch: Batch, draft: Draft) -> Message | None:
    ids = draft.inbound.external_ids
    if batch.channel.spec.capabilities.has_copies:
        ids = ids[-1:]
    return next((batch.known[id_] for id_ in ids if id_ in batch.known), None)


def _is_edited(message: Message, draft: Draft) -> bool:
    # What we sent ourselves comes back with shortened links: that is a confirmation, not an edit.
    sent_by_us = message.user_id is not None
    return not sent_by_us and message.deleted_at is None and message.text != draft.inbound.text


def _edit(batch: Batch, message: Message, draft: Draft) -> None:
    at = draft.inbound.occurred_at if draft.inbound.occurred_at > message.occurred_at else batch.now
    ticket = Ticket.objects.select_for_update().get(pk=message.ticket_id) if message.ticket_id else None
    message.earlier_texts = [*message.earlier_texts, {"text": message.text, "until": at.isoformat()}]
    message.text = draft.inbound.text
    message.external_id = draft.inbound.external_ids[0]
    message.edited_at = at
    message.save(update_fields=["earlier_texts", "text", "external_id", "edited_at"])
    if ticket is None:
        return
    answered = ticket.messages.filter(direction="outbound", occurred_at__gt=message.occurred_at).exists()
    batch.events.append(
        event(
            ticket,
            "message_edited",
            actor_kind=message.author_kind,
            message=message,
            at=at,
            dedupe_key=f"edit:{batch.channel.pk}:{message.external_id}",
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


def raise_reach(batch: Batch, reach: Mapping[str, Mapping[str, int]]) -> None:
    """New numbers of known posts; a ticket shows the reposts of its most repeated post."""
    refs = MessageRef.objects.filter(channel=batch.channel, external_id__in=reach).select_related("message__ticket")
    updated, tickets = [], {}
    for ref in refs:
        message, numbers = ref.message, reach[ref.external_id]
        message.reach = {**message.reach, **numbers}
        updated.append(message)
        if message.ticket and numbers.get("reposts", 0) > message.ticket.reposts:
            message.ticket.reposts = numbers["reposts"]
            tickets[message.ticket_id] = message.ticket
    Message.objects.bulk_update(updated, ["reach"])
    Ticket.objects.bulk_update(tickets.values(), ["reposts"])
