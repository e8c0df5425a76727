"""Pictures of posts and DMs: fetched by the worker, within limits, and served from our own origin."""

import hashlib
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone

from tickets.channels.errors import ChannelError, Rejected
from tickets.models import Attachment
from tickets.services.channels import adapter_for
from tickets.services.events import changed

MAX_BYTES = 10 * 1024 * 1024
MAX_TRIES = 6


def waiting(limit: int = 20) -> list[int]:
    found = Attachment.objects.filter(state=Attachment.State.WAITING, next_try_at__lte=timezone.now())
    return list(found.order_by("next_try_at").values_list("pk", flat=True)[:limit])


def fetch(attachment_id: int) -> None:
    """Fetch one file. A refusal is final and says why; trouble on the way is tried again a few times."""
    pause = timedelta(minutes=2)
    claimed = Attachment.objects.filter(
        pk=attachment_id, state=Attachment.State.WAITING, next_try_at__lte=timezone.now()
    ).update(tries=F("tries") + 1, next_try_at=timezone.now() + pause)
    if not claimed:
        return
    attachment = Attachment.objects.select_related("message__channel").get(pk=attachment_id)
    message = attachment.message
    assert message is not None and message.channel is not None
    try:
        content, content_type = adapter_for(message.channel).fetch_media(attachment.source_url, MAX_BYTES)
    except Rejected as error:
        _settle(attachment, Attachment.State.REFUSED, error.text)
    except ChannelError as error:
        if attachment.tries >= MAX_TRIES:
            _settle(attachment, Attachment.State.FAILED, error.text)
    else:
        _keep(attachment, content, content_type)
    if message.ticket_id and attachment.state != Attachment.State.WAITING:
        # An open page shows the picture with its next refresh.
        changed([message.ticket_id])


def _keep(attachment: Attachment, content: bytes, content_type: str) -> None:
    attachment.content_type, attachment.size = content_type[:127], len(content)
    attachment.sha256 = hashlib.sha256(content).hexdigest()
    attachment.file.save("", ContentFile(content), save=False)
    attachment.state, attachment.next_try_at = Attachment.State.STORED, None
    attachment.save()


def _settle(attachment: Attachment, state: str, reason: str) -> None:
    attachment.state, attachment.reason, attachment.next_try_at = state, reason[:255], None
    attachment.save(update_fields=["state", "reason", "next_try_at"])
