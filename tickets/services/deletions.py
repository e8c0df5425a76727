"""Posts that their authors deleted are redacted here too; keys and measures stay."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tickets import states
from tickets.channels.errors import ChannelError
from tickets.models import Attachment, Channel, InboundItem, Message, Ticket
from tickets.services import spending
from tickets.services.channels import adapter_for
from tickets.services.events import changed, event, record
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
        message = Message.objects.select_for_update(of=["self"]).select_related("ticket").get(pk=message_id)
        if message.deleted_at:
            return
        message.text = message.html = message.visible_text = message.subject = ""
        message.earlier_texts, message.deleted_at, message.deleted_reason = [], timezone.now(), reason[:255]
        message.save()
        for attachment in message.attachments.all():
            attachment.file.delete(save=False)
        message.attachments.update(state=Attachment.State.REDACTED, source_url="", alt_text="", filename="")
        InboundItem.objects.filter(message=message).update(payload={}, raw=None)
        if message.ticket_id:
            _leave_queue(message, message.ticket_id)


def _leave_queue(message: Message, number: int) -> None:
    ticket = Ticket.objects.select_for_update().get(pk=number)
    record([event(ticket, "message_deleted", message=message, dedupe_key=f"deleted:{message.pk}")])
    first = not ticket.messages.filter(direction="inbound", deleted_at=None).exists()
    if first:
        ticket.subject, ticket.preview = "Deleted by the author", ""
        ticket.save(update_fields=["subject", "preview", "updated_at"])
        answered = ticket.messages.filter(direction="outbound").exists()
        if not answered and ticket.is_unsolved:
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
