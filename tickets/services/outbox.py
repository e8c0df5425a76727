"""The row that carries an outgoing message: written beside it, found by `deliver` when its time has come."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from tickets.models import Channel, Delivery, Message, MessageRef
from tickets.services.errors import Refused

GIVE_UP_AFTER = timedelta(hours=24)


def refuse_duplicate(channel: Channel, key: str) -> None:
    """Networks refuse the same words twice in the same place, and so should we."""
    a_day_ago = timezone.now() - timedelta(days=1)
    twin = Delivery.objects.filter(channel=channel, text_key=key, message__occurred_at__gte=a_day_ago)
    if twin.exclude(state__in=[Delivery.State.FAILED, Delivery.State.WITHDRAWN]).exists():
        raise Refused("The same answer was already sent here. Change the words if it should go out again.")


def queue(message: Message, channel: Channel, key: str) -> Delivery:
    """The delivery of a stored message; `key` is its `outcome.text_key`. Nothing leaves before `UNDO_SECONDS`."""
    now = timezone.now()
    fixed = ""
    if channel.spec.capabilities.idempotent_send:
        domain = channel.address.rpartition("@")[2] or "localhost"
        fixed = f"<{uuid.uuid4()}@{domain}>"
        # Answers name it even while we do not know whether it arrived.
        MessageRef.objects.create(message=message, channel=channel, external_id=fixed)
        message.external_id = fixed
        message.save(update_fields=["external_id"])
    return Delivery.objects.create(
        message=message,
        channel=channel,
        fixed_id=fixed,
        text_key=key,
        due_at=now + timedelta(seconds=settings.UNDO_SECONDS),
        give_up_at=now + GIVE_UP_AFTER,
    )
