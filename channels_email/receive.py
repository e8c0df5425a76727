"""One raw message in: stored first, then translated, and what became of it."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from channels_email.items import item_of
from tickets.models import Channel, Event, InboundItem
from tickets.services.ingest import store, translate

FEED = "pipe"


# What the core's reasons for not making a message are called outside.
_IGNORED = {"bounce": "bounce", "soft_bounce": "bounce", "automatic": "auto_reply"}


@dataclass(frozen=True)
class Received:
    """`disposition` is ticket, reply, bounce, auto_reply, ignored or parked; `reason` says why for the last two."""

    disposition: str
    ticket: int | None
    message: int | None
    reason: str


def receive(channel: Channel, raw: bytes, folder: str = "") -> Received:
    """Returns once the message is stored; the same message again is the same row."""
    item = item_of(raw, timezone.now(), folder)
    store(channel, [item], FEED)
    translate(channel.pk)
    return disposition(
        InboundItem.objects.select_related("message").get(
            channel=channel, external_id=item.external_id, revision=item.revision
        )
    )


def disposition(item: InboundItem) -> Received:
    number = item.message.ticket_id if item.message else None
    message = item.message_id
    if item.state == InboundItem.State.PARKED:
        return Received("parked", None, None, item.reason)
    if item.state == InboundItem.State.IGNORED:
        return Received(_IGNORED.get(item.reason, "ignored"), number, message, item.reason)
    if item.message and item.message.author_kind == "bot":
        return Received("auto_reply", number, message, "")
    opened = Q(ticket=number, kind="ticket_opened", occurred_at=item.message.occurred_at if item.message else None)
    return Received("ticket" if Event.objects.filter(opened).exists() else "reply", number, message, "")
