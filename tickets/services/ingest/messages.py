"""The rows of new messages: message, ids, participants, files, links, events."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile

from tickets.channels.contract import Inbound, Media
from tickets.models import Attachment, Event, Identity, Message, MessageRef, Participant, TicketLink
from tickets.services.events import event
from tickets.services.ingest.batch import Batch, Draft

MAX_TEXT = 500_000


def write(batch: Batch, drafts: list[Draft]) -> None:
    for draft in drafts:
        draft.message = _message(batch, draft)
    Message.objects.bulk_create([draft.message for draft in drafts if draft.message])
    _answer_within_batch(drafts)
    _refs(batch, drafts)
    _participants(drafts)
    _attachments(batch, drafts)
    _links(batch, drafts)
    for draft in drafts:
        assert draft.message is not None
        if draft.ticket:
            batch.events.append(_event(batch, draft, draft.message))
        batch.done(draft.item, draft.message)


def _message(batch: Batch, draft: Draft) -> Message:
    inbound = draft.inbound
    return Message(
        ticket=draft.ticket,
        thread=draft.thread,
        channel=batch.channel,
        direction=inbound.direction,
        visibility=inbound.visibility,
        author_kind=_author_kind(draft),
        identity=draft.author,
        author_unproven=inbound.author_unproven,
        in_reply_to=draft.parent,
        **words(inbound),
        to=[{"name": person.name, "address": person.handle or person.external_id} for person in inbound.to],
        cc=[{"name": person.name, "address": person.handle or person.external_id} for person in inbound.cc],
        external_id=inbound.external_ids[0],
        permalink=inbound.permalink,
        reach=dict(inbound.reach),
        language=inbound.language,
        reply_data=dict(inbound.reply_data),
        occurred_at=inbound.occurred_at,
    )


def words(inbound: Inbound) -> dict[str, str]:
    """What was said, as the columns of a message hold it."""
    return {
        "subject": _clean(inbound.subject)[:998],
        "text": _clean(inbound.text)[:MAX_TEXT],
        "html": _clean(inbound.html)[:MAX_TEXT],
        "visible_text": _clean(inbound.visible_text)[:MAX_TEXT],
    }


def _clean(text: str) -> str:
    # PostgreSQL has no NUL in text.
    return text.replace("\x00", "")


def _author_kind(draft: Draft) -> str:
    if draft.is_ours:
        return Message.AuthorKind.NATIVE_APP
    if draft.inbound.automatic:
        return Message.AuthorKind.BOT
    requester = draft.ticket.requester_id if draft.ticket else None
    in_group = draft.inbound.shared_thread and draft.ticket is not None
    if in_group and draft.author and draft.author.pk != requester and not _counts_as_customer(draft):
        return Message.AuthorKind.THIRD_PARTY
    return Message.AuthorKind.CUSTOMER


def _counts_as_customer(draft: Draft) -> bool:
    """In a group conversation without subject lines every writer is a customer; a CC of a mail is not."""
    return not draft.inbound.subject and not draft.inbound.cc


def _answer_within_batch(drafts: list[Draft]) -> None:
    by_id = {id_: draft.message for draft in drafts for id_ in draft.inbound.external_ids}
    linked = []
    for draft in drafts:
        parent = next((by_id[id_] for id_ in draft.inbound.replies_to if id_ in by_id), None)
        if draft.message and draft.parent is None and parent:
            draft.message.in_reply_to = parent
            linked.append(draft.message)
    if linked:
        Message.objects.bulk_update(linked, ["in_reply_to"])


def _refs(batch: Batch, drafts: list[Draft]) -> None:
    MessageRef.objects.bulk_create(
        [
            MessageRef(message=draft.message, channel=batch.channel, external_id=id_)
            for draft in drafts
            for id_ in dict.fromkeys(draft.inbound.external_ids)
            # A copy leaves its first name to the original.
            if id_ not in batch.known
        ]
    )


def _participants(drafts: list[Draft]) -> None:
    wanted: dict[tuple[int, int], Participant] = {}
    for draft in drafts:
        if draft.ticket is None:
            continue
        people: list[Identity] = [person for person in (draft.party, draft.author) if person]
        for person in people:
            requester = person.pk == draft.ticket.requester_id
            role = Participant.Role.REQUESTER if requester else Participant.Role.THIRD_PARTY
            key = (draft.ticket.number, person.pk)
            wanted.setdefault(key, Participant(ticket=draft.ticket, identity=person, role=role))
    Participant.objects.bulk_create(wanted.values(), ignore_conflicts=True)


def _attachments(batch: Batch, drafts: list[Draft]) -> None:
    for draft in drafts:
        if draft.message:
            contents = [media for media in draft.inbound.media if media.content is not None]
            for media in contents:
                _keep(draft.message, media)
    Attachment.objects.bulk_create(
        [
            Attachment(**_columns(media), message=draft.message, source_url=media.url[:1000], next_try_at=batch.now)
            for draft in drafts
            for media in draft.inbound.media
            if media.content is None
        ]
    )


def _keep(message: Message, media: Media) -> None:
    content = media.content or b""
    attachment = Attachment.objects.create(
        **_columns(media),
        message=message,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        state=Attachment.State.STORED,
    )
    attachment.file.save("", ContentFile(content))


def _columns(media: Media) -> dict[str, object]:
    return {
        "kind": media.kind[:16],
        "filename": _clean(media.filename)[:255],
        "content_type": media.content_type[:127],
        "alt_text": _clean(media.alt_text)[:1000],
        "content_id": media.content_id[:255],
        "inline": media.inline,
    }


def _links(batch: Batch, drafts: list[Draft]) -> None:
    """Follow-ups point back; a post that names two of our accounts has two tickets that show each other."""
    links = [TicketLink(ticket=new, other=old, kind=TicketLink.Kind.FOLLOW_UP) for new, old in batch.follow_ups]
    opened = {
        id_: draft.ticket
        for draft in drafts
        for id_ in draft.inbound.external_ids
        if draft.ticket in batch.new_tickets and draft.inbound.visibility == "public"
    }
    siblings = MessageRef.objects.filter(external_id__in=opened, channel__kind=batch.channel.kind)
    for id_, other in siblings.exclude(channel=batch.channel).values_list("external_id", "message__ticket"):
        if other is not None:
            links.append(TicketLink(ticket=opened[id_], other_id=other, kind=TicketLink.Kind.SIBLING))
            links.append(TicketLink(ticket_id=other, other=opened[id_], kind=TicketLink.Kind.SIBLING))
    TicketLink.objects.bulk_create(links, ignore_conflicts=True)


def _event(batch: Batch, draft: Draft, message: Message) -> Event:
    assert draft.ticket is not None
    data: dict[str, Any] = {} if draft.is_ours else {"addressed": draft.inbound.asks_for_answer}
    return event(
        draft.ticket,
        "message_out" if draft.is_ours else "message_in",
        actor_kind=message.author_kind,
        message=message,
        at=message.occurred_at,
        dedupe_key=f"message:{batch.channel.pk}:{draft.inbound.external_ids[-1]}",
        **data,
    )
