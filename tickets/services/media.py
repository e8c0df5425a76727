"""Pictures of posts and DMs: fetched by the worker, within limits, and served from our own origin."""

import hashlib
import logging
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from tickets.channels.errors import ChannelError, Rejected, Unavailable
from tickets.models import Attachment
from tickets.services.channels import adapter_for
from tickets.services.events import changed

logger = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024 * 1024
MAX_TRIES = 6


def waiting(limit: int = 20) -> list[int]:
    found = Attachment.objects.filter(state=Attachment.State.WAITING, next_try_at__lte=timezone.now())
    return list(found.order_by("next_try_at").values_list("pk", flat=True)[:limit])


def fetch(attachment_id: int) -> None:
    """Fetch one file. A refusal is final and says why; trouble on the way is tried again a few times, a crash too."""
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
        if attachment.tries > MAX_TRIES:
            raise Unavailable("Every try to fetch it broke off.")
        content, content_type = adapter_for(message.channel).fetch_media(attachment.source_url, MAX_BYTES)
    except Rejected as error:
        settled = _settle(attachment, state=Attachment.State.REFUSED, reason=error.text[:255])
    except ChannelError as error:
        settled = _failed(attachment, error.text)
    except Exception as error:
        logger.exception("attachment %s could not be fetched", attachment_id)
        settled = _failed(attachment, f"Fetching it broke off: {type(error).__name__}")
    else:
        settled = _keep(attachment, content, content_type)
    if message.ticket_id and settled:
        # An open page shows the picture with its next refresh.
        changed([message.ticket_id])


def _keep(attachment: Attachment, content: bytes, content_type: str) -> bool:
    with transaction.atomic():
        if _still_wanted(attachment).select_for_update().first() is None:
            return False
        attachment.file.save("", ContentFile(content), save=False)
        return _settle(
            attachment,
            state=Attachment.State.STORED,
            file=attachment.file.name,
            content_type=content_type[:127],
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )


def _failed(attachment: Attachment, reason: str) -> bool:
    return attachment.tries >= MAX_TRIES and _settle(attachment, state=Attachment.State.FAILED, reason=reason[:255])


def _settle(attachment: Attachment, **columns: Any) -> bool:
    return bool(_still_wanted(attachment).update(next_try_at=None, **columns))


def _still_wanted(attachment: Attachment) -> QuerySet[Attachment]:
    """Not redacted meanwhile."""
    return Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.WAITING)
