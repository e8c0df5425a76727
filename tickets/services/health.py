"""What is wrong right now, and how to mend it: for `doctor`, the API's health and the channels page."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Min
from django.utils import timezone

from tickets.models import Channel, Delivery, Feed, InboundItem, Ticket, Webhook

SLOW = timedelta(minutes=2)


@dataclass(frozen=True)
class Finding:
    """`level` is ok, warning or error; `mend` says what to do and is empty when all is well."""

    name: str
    level: str
    text: str
    mend: str = ""


def findings() -> list[Finding]:
    """Every check, the healthy ones too."""
    return [_channels(), _polling(), _translation(), _parked(), _outbox(), _troubled(), _webhooks(), _measures()]


def _channels() -> Finding:
    paused = Channel.objects.filter(state=Channel.State.PAUSED).exclude(pause_code="by_hand")
    if not paused:
        return Finding("channels", "ok", f"{Channel.objects.count()} channels, none needs you.")
    texts = "; ".join(f"{channel.name}: {channel.pause_text}" for channel in paused)
    return Finding("channels", "error", texts, "Open the channels page, mend the cause, and resume the channel.")


def _polling() -> Finding:
    late = timezone.now() - SLOW
    feeds = Feed.objects.filter(next_poll_at__lt=late, channel__state=Channel.State.ACTIVE).select_related("channel")
    if not feeds:
        return Finding("polling", "ok", "Every feed is read in time.")
    names = ", ".join(f"{feed.channel.name} ({feed.name})" for feed in feeds[:5])
    return Finding("polling", "error", f"Not read for too long: {names}.", "Is a worker running, and beat?")


def _translation() -> Finding:
    waiting = InboundItem.objects.filter(state=InboundItem.State.RECEIVED)
    oldest = waiting.aggregate(oldest=Min("received_at"))["oldest"]
    if oldest is None or timezone.now() - oldest < SLOW:
        return Finding("translation", "ok", f"{waiting.count()} items wait to be translated.")
    text = f"{waiting.count()} items wait, the oldest since {oldest:%d %b %H:%M}."
    return Finding("translation", "error", text, "Is a worker running?")


def _parked() -> Finding:
    count = InboundItem.objects.filter(state=InboundItem.State.PARKED).count()
    if not count:
        return Finding("parked", "ok", "No item is parked.")
    return Finding("parked", "warning", f"{count} items could not be understood.", "Read and replay them: Channels.")


def _outbox() -> Finding:
    late = Delivery.objects.filter(
        state=Delivery.State.PENDING, due_at__lt=timezone.now() - SLOW, channel__state=Channel.State.ACTIVE
    ).count()
    if not late:
        return Finding("outbox", "ok", "Every answer leaves in time.")
    return Finding("outbox", "error", f"{late} answers should have left.", "Is a worker running?")


def _troubled() -> Finding:
    troubled = Delivery.objects.filter(state__in=[Delivery.State.FAILED, Delivery.State.UNKNOWN])
    recent = troubled.filter(settled_at__gte=timezone.now() - timedelta(days=7)).count()
    if not recent:
        return Finding("deliveries", "ok", "No answer failed in the last seven days.")
    text = f"{recent} answers of the last seven days failed or may have failed."
    return Finding("deliveries", "warning", text, "Look at them on the channels page.")


def _webhooks() -> Finding:
    paused = Webhook.objects.filter(state=Webhook.State.PAUSED).exclude(pause_text="")
    if not paused:
        return Finding("webhooks", "ok", "No webhook needs you.")
    texts = "; ".join(f"{webhook.name}: {webhook.pause_text}" for webhook in paused)
    return Finding("webhooks", "error", texts, "Mend its receiver, then resume it on the webhooks page.")


def _measures() -> Finding:
    waiting = Ticket.objects.filter(needs_fold=True, updated_at__lt=timezone.now() - SLOW).count()
    if not waiting:
        return Finding("measures", "ok", "The measures are up to date.")
    return Finding("measures", "warning", f"{waiting} tickets wait to be measured.", "Is a worker running?")
