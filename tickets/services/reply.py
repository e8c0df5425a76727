"""An agent answers: the message, its delivery and its event are one transaction; the network comes later."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from tickets import queries
from tickets.models import Attachment, Channel, Delivery, Event, IdentityChannel, Message, Ticket
from tickets.services import files, mentions, properties
from tickets.services.channels import adapter_for
from tickets.services.compose import ComposeOption, option_for, parts_on
from tickets.services.customers import refuse_unwanted
from tickets.services.errors import Outdated, Refused
from tickets.services.events import changed, event, record
from tickets.services.notifications import Kind, notify
from tickets.services.outbox import GIVE_UP_AFTER, queue, refuse_duplicate
from tickets.services.outcome import accepted, part_of, text_key

# What makes an answer written meanwhile out of date, unless one did it oneself.
_GUARDED = ("message_in", "message_out", *queries.OUR_ANSWERS)
MAX_NOTE = 20_000
# A line of a mail has no more (RFC 5322).
LONGEST_SUBJECT = 998
_LEFT = (Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.UNKNOWN)


def send_reply(
    number: int,
    by: User,
    *,
    channel_id: int,
    visibility: str,
    answers: int,
    text: str,
    seen: int,
    anyway: bool = False,
    then_status: str | None = None,
    subject: str = "",
    attachments: Sequence[Attachment] = (),
    parts: int = 1,
) -> Message:
    """Queue an answer to the message `answers`. `seen` is the newest event that the agent's page had shown, `parts` in
    how many numbered posts it may go out; the first of them is returned.

    Raises Refused in words an agent understands, and Outdated when somebody answered or the customer wrote meanwhile
    (not with `anyway`). Nothing leaves before `UNDO_SECONDS` are over.
    """
    with properties.locked(number) as ticket:
        question = properties.message_of(number, answers)
        option = _checked_option(question, channel_id, visibility)
        texts = checked_texts(option, text, parts)
        if not anyway:
            _guard(ticket, by, seen)
        message = _store(ticket, by, question, visibility, texts, subject)
        files.give(message, attachments, option.files)
        if option.private_link and option.private_link in text:
            _invite(ticket, by, message, question)
        if then_status:
            properties.change_status(ticket, then_status, by, reason="reply", reply=message.pk)
        if ticket.assignee_id is None:
            properties.assign(number, by, by, reason="reply")
        changed([number])
    return message


def _checked_option(question: Message, channel_id: int, visibility: str) -> ComposeOption:
    option = option_for(question, visibility) if question.channel_id == channel_id else None
    if option is None:
        raise Refused("This message cannot be answered there. Choose another way to answer.")
    if not option.allowed:
        raise Refused(option.reason)
    return option


def checked_texts(option: ComposeOption, text: str, parts: int = 1) -> list[str]:
    """The text, or the numbered parts of one that is too long. Raises Refused unless there are as many as agreed."""
    channel, visibility = option.channel, option.visibility
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Refused("The answer is empty. Write something, or add a note instead.")
    length = adapter_for(channel).count(text, visibility)
    if option.max_length is None or length <= option.max_length:
        return [text]
    texts = parts_on(channel, visibility, text)
    if texts and len(texts) == parts:
        return texts
    numbered = f", or send it as {len(texts)} numbered posts" if texts else ""
    raise Refused(
        f"The answer is too long for {channel.spec.label}: {length} of {option.max_length}. "
        f"Shorten it by {length - option.max_length}{numbered}."
    )


def _guard(ticket: Ticket, by: User, seen: int) -> None:
    newer = Event.objects.filter(Q(ticket=ticket, kind__in=_GUARDED) | queries.answers_beside(ticket), id__gt=seen)
    others = newer.exclude(actor=by, kind__in=queries.OUR_ANSWERS)
    events = list(others.select_related("message", "actor").order_by("id"))
    if events:
        raise Outdated(events)


def _store(ticket: Ticket, by: User, question: Message, visibility: str, texts: Sequence[str], subject: str) -> Message:
    """The messages with their deliveries, each part in answer to the one before; returns the first."""
    channel = question.channel
    assert channel is not None
    refuse_duplicate(channel, text_key(visibility, _place(question, visibility), texts[0]))
    bundle = uuid.uuid4() if len(texts) > 1 else None
    said: list[Message] = []
    for part, text in enumerate(texts, 1):
        message = _message(ticket, by, question, visibility, text, subject, bundle=bundle, part=part)
        message.in_reply_to = said[-1] if said else question
        message.save()
        # Where a later part will stand is known once the one before has its id (deliver).
        place = _place(question, visibility) if part == 1 else ""
        delivery = queue(message, channel, text_key(visibility, place, text))
        record([event(ticket, "reply_queued", by=by, message=message, delivery=delivery.pk, **part_of(message))])
        said.append(message)
    if question.visibility == "public" and visibility == "private":
        expect_private(ticket, question, channel)
    return said[0]


def _message(
    ticket: Ticket, by: User, question: Message, visibility: str, text: str, subject: str, **part: Any
) -> Message:
    channel = question.channel
    assert channel is not None
    same_place = question.visibility == visibility
    return Message(
        ticket=ticket,
        thread=question.thread if same_place else None,
        channel=channel,
        direction=Message.Direction.OUTBOUND,
        visibility=visibility,
        author_kind=Message.AuthorKind.AGENT,
        user=by,
        identity=question.identity,
        subject=subject or _subject(ticket, question, channel),
        text=text,
        to=[{"name": question.identity.name, "address": question.identity.label}] if question.identity else [],
        cc=_others(question, channel) if same_place else [],
        occurred_at=timezone.now(),
        **part,
    )


def _others(question: Message, channel: Channel) -> list[dict[str, str]]:
    """Everybody else who got the question, so that the conversation stays whole; never an account of ours."""
    ours = {address.lower() for address in Channel.objects.filter(kind=channel.kind).values_list("address", flat=True)}
    skip = ours | ({question.identity.external_id, question.identity.handle} if question.identity else set())
    return [one for one in [*question.to, *question.cc] if one["address"].lower() not in skip]


def _subject(ticket: Ticket, question: Message, channel: Channel) -> str:
    if not channel.spec.capabilities.has_subject:
        return ""
    subject = question.subject or ticket.subject
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"[:LONGEST_SUBJECT]


def _place(question: Message, visibility: str) -> str:
    """Where the answer will be found: under the post, in the conversation, or with whom it opens one."""
    if visibility == "public":
        return question.external_id
    if question.visibility == "private" and question.thread:
        return question.thread.key
    return question.identity.external_id if question.identity else ""


def _invite(ticket: Ticket, by: User, message: Message, question: Message) -> None:
    """A public answer with the link to our private messages: what they write there belongs to this ticket."""
    if question.identity is None or question.channel is None:
        return
    record([event(ticket, "invited_to_private", by=by, message=message, identity=question.identity.pk)])
    expect_private(ticket, question, question.channel)


def expect_private(ticket: Ticket, question: Message, channel: Channel) -> None:
    """Their private answer belongs to this ticket, although it comes in another thread."""
    IdentityChannel.objects.update_or_create(
        identity=question.identity,
        channel=channel,
        defaults={"invited_at": timezone.now(), "invited_ticket": ticket},
    )


def add_note(number: int, by: User, text: str, attachments: Sequence[Attachment] = ()) -> Message:
    """An internal note; tells the colleagues whom it calls. Raises Refused when it is empty or too long."""
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Refused("The note is empty.")
    if len(text) > MAX_NOTE:
        raise Refused(f"The note is too long: {len(text)} of {MAX_NOTE} characters. Attach a file instead.")
    with properties.locked(number) as ticket:
        note = Message.objects.create(
            ticket=ticket,
            direction=Message.Direction.NOTE,
            visibility=Message.Visibility.INTERNAL,
            author_kind=Message.AuthorKind.AGENT,
            user=by,
            text=text,
            occurred_at=timezone.now(),
        )
        files.give(note, attachments, files.NOTE_FILES)
        called = mentions.people_in(text)
        unseeing = mentions.who_cannot_see(called, ticket)
        note.mentioned.set([person for person in called if person not in unseeing])
        notify(Kind.MENTIONED, ticket, [person.pk for person in called], by=by, message=note)
        record([event(ticket, "note_added", by=by, message=note)])
        changed([number])
    return note


def withdraw(delivery_id: int, by: User) -> list[Message]:
    """Undo, as long as nothing has left; of a numbered answer that broke off, what is left of it.

    Returns what was taken back. Raises Refused afterwards.
    """
    with transaction.atomic():
        whole = _whole(delivery_id)
        waiting = [delivery for delivery in whole if delivery.state == Delivery.State.PENDING]
        has_left = any(delivery.state in _LEFT for delivery in whole)
        broke_off = any(delivery.state == Delivery.State.FAILED for delivery in whole)
        if delivery_id not in [delivery.pk for delivery in waiting] or (has_left and not broke_off):
            raise Refused("It has left already and cannot be taken back.")
        for delivery in waiting:
            delivery.state, delivery.settled_at = Delivery.State.WITHDRAWN, timezone.now()
            delivery.save(update_fields=["state", "settled_at"])
            _tell(delivery, by, "reply_withdrawn")
        if not has_left:
            _as_before(whole[0].message, by)
    return [delivery.message for delivery in waiting]


def _as_before(message: Message, by: User) -> None:
    """Nothing has left: the ticket is as if nothing had been sent, and the customer was invited to nothing."""
    if message.ticket_id is None:
        return
    with properties.locked(message.ticket_id) as ticket:
        properties.take_status_back(ticket, message.pk, by)
        invited = IdentityChannel.objects.filter(identity=message.identity_id, invited_ticket=ticket)
        invited.filter(invited_at__gte=message.occurred_at).update(invited_at=None, invited_ticket=None)


def _whole(delivery_id: int) -> list[Delivery]:
    """A delivery with the other parts of its answer, locked, in order."""
    message = Message.objects.only("bundle").get(delivery=delivery_id)
    same = Q(message__bundle=message.bundle) if message.bundle else Q(pk=delivery_id)
    locked = Delivery.objects.select_for_update(of=["self"]).select_related("message__ticket")
    return list(locked.filter(same).order_by("message__part"))


def retry(delivery_id: int, by: User) -> None:
    """Send a failed answer again, or one of unknown outcome after the agent looked for it on the network."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update(of=["self"]).select_related("message__ticket").get(pk=delivery_id)
        if delivery.state not in (Delivery.State.FAILED, Delivery.State.UNKNOWN):
            raise Refused("Only an answer that was not delivered can be sent again.")
        if delivery.message.identity:
            refuse_unwanted(delivery.message.identity.customer)
        now = timezone.now()
        delivery.state, delivery.due_at, delivery.give_up_at = Delivery.State.PENDING, now, now + GIVE_UP_AFTER
        delivery.attempts, delivery.unknown_since, delivery.offered_again_at = 0, None, None
        delivery.save()
        if bundle := delivery.message.bundle:
            # What waited for it has as much time again.
            rest = Delivery.objects.filter(message__bundle=bundle, state=Delivery.State.PENDING)
            rest.update(give_up_at=delivery.give_up_at)
        _tell(delivery, by, "reply_queued")


def confirm_sent(delivery_id: int, by: User) -> None:
    """The agent found an answer of unknown outcome on the network."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update(of=["self"]).select_related("message").get(pk=delivery_id)
        if delivery.state != Delivery.State.UNKNOWN:
            raise Refused("Its outcome is known already.")
        accepted(delivery, external_ids=[], at=delivery.message.occurred_at)


def _tell(delivery: Delivery, by: User, kind: str) -> None:
    ticket = delivery.message.ticket
    if ticket:
        record([event(ticket, kind, by=by, message=delivery.message, delivery=delivery.pk)])
        changed([ticket.pk])
