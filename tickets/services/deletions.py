"""Posts that their authors deleted are redacted here too; keys and measures stay."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tickets import states
from tickets.channels.errors import ChannelError
from tickets.models import Attachment, Channel, InboundItem, Message, Ticket
from tickets.services import spending, standing
from tickets.services.channels import adapter_for
from tickets.services.events import changed, event, record
from tickets.services.ingest.store import redact_payloads
from tickets.services.ingest.tickets import headline, subject_of
from tickets.services.ingest.translate import hold
from tickets.services.properties import change_status

logger = logging.getLogger(__name__)

EVERY = timedelta(days=1)
_LAST_LOOK = "looked_up_at"


def look_up(channel_id: int) -> int:
    """Ask the network for the posts of this channel's open tickets. Returns how many are gone."""
    channel = Channel.objects.get(pk=channel_id)
    if not (channel.is_active and channel.spec.capabilities.can_look_up):
        return 0
    open_posts = Message.objects.filter(
        channel=channel,
        visibility="public",
        direction="inbound",
        deleted_at=None,
        ticket__status__in=states.UNSOLVED,
    ).exclude(external_id="")
    by_id = dict(open_posts.values_list("external_id", "pk"))
    try:
        gone, uses = adapter_for(channel).find_gone(list(by_id)) if by_id else ({}, ())
    except ChannelError as error:
        logger.warning("look-up of channel %s failed: %s", channel_id, error.text)
        return 0
    spending.spend(channel, uses)
    for external_id, reason in gone.items():
        redact(by_id[external_id], reason)
    return len(gone)


def redact(message_id: int, reason: str) -> None:
    """Remove text and media of one message; a ticket that waited for nothing else leaves the queue."""
    with transaction.atomic():
        channel_id = Message.objects.values_list("channel", flat=True).get(pk=message_id)
        if channel_id:
            # No newer revision or repost of it is on its way into the database meanwhile.
            hold(channel_id)
        message = Message.objects.select_for_update(of=["self"]).get(pk=message_id)
        if message.deleted_at:
            return
        subjects = {headline(text) for text in (message.text, *(one["text"] for one in message.earlier_texts))}
        subjects.add(subject_of(message.subject, message.text))
        message.text = message.html = message.visible_text = message.subject = ""
        message.earlier_texts, message.deleted_at, message.deleted_reason = [], timezone.now(), reason[:255]
        message.save()
        _redact_files(message)
        _redact_payloads(message)
        if message.ticket_id:
            _leave_queue(message, message.ticket_id, subjects)


def _redact_files(message: Message) -> None:
    # Locked: a fetch under way sees this, or has stored its file already.
    for attachment in message.attachments.select_for_update():
        attachment.file.delete(save=False)
    message.attachments.update(state=Attachment.State.REDACTED, file="", source_url="", alt_text="", filename="")


def _redact_payloads(message: Message) -> None:
    """Its own, its reposts' and those of revisions that could not be read; what is still to be read follows then."""
    redact_payloads(InboundItem.objects.filter(message=message))
    names = message.refs.values("external_id")
    parked = InboundItem.objects.filter(channel=message.channel, external_id__in=names, state=InboundItem.State.PARKED)
    parked.update(state=InboundItem.State.IGNORED, reason="deleted", message=message, payload={}, raw=None)


def _leave_queue(message: Message, number: int, subjects: set[str]) -> None:
    ticket = Ticket.objects.select_for_update().get(pk=number)
    record([event(ticket, "message_deleted", message=message, dedupe_key=f"deleted:{message.pk}")])
    left = ticket.messages.filter(direction="inbound", deleted_at=None).first()
    if left is None or ticket.subject in subjects:
        ticket.subject = subject_of(left.subject, left.text) if left else "Deleted by the author"
    standing.refresh(ticket)
    if left is None and ticket.is_unsolved and not ticket.messages.filter(direction="outbound").exists():
        change_status(ticket, states.SOLVED, None, reason="deleted_by_author")
    changed([number])


def due() -> list[int]:
    """Channels whose daily look-up is due; remembers that it is being done."""
    now = timezone.now()
    found = []
    for channel in Channel.objects.filter(state=Channel.State.ACTIVE):
        last = channel.account_state.get(_LAST_LOOK, "")
        if channel.spec.capabilities.can_look_up and last < (now - EVERY).isoformat():
            channel.account_state[_LAST_LOOK] = now.isoformat()
            channel.save(update_fields=["account_state"])
            found.append(channel.pk)
    return found
