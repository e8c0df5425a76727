"""Raw first: what was fetched is kept before anything is made of it."""

from collections.abc import Iterable
from datetime import datetime
from math import isfinite
from typing import Any

from django.db.models import QuerySet

from tickets.channels.contract import RawItem
from tickets.models import Channel, InboundItem


def store(channel: Channel, items: Iterable[RawItem], feed: str = "") -> int:
    """Store raw items; those already known (same id and revision) stay as they are. Returns how many were new."""
    rows = [
        InboundItem(
            channel=channel,
            feed=feed,
            external_id=item.external_id,
            revision=item.revision,
            payload=_storable(item.payload),
            raw=item.raw,
        )
        for item in items
    ]
    if not rows:
        return 0
    newest = InboundItem.objects.order_by("-id").values_list("id", flat=True).first() or 0
    InboundItem.objects.bulk_create(rows, ignore_conflicts=True)
    return InboundItem.objects.filter(channel=channel, feed=feed, id__gt=newest).count()


def forget_ignored(before: datetime) -> int:
    """What was deliberately not made a message keeps its id and reason, so that it stays known. Returns how many."""
    old = InboundItem.objects.filter(state=InboundItem.State.IGNORED, settled_at__lt=before)
    return redact_payloads(old.exclude(payload={}, raw=None))


def redact_payloads(items: QuerySet[InboundItem]) -> int:
    return items.update(payload={}, raw=None)


def _storable(value: Any) -> Any:
    """PostgreSQL holds no NUL, no half of a surrogate pair and no number that is none: the page is not lost for one."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(part) for part in value]
    return value
