"""Shells around the verbs. A lost or doubled message of the broker changes nothing: `tick` finds what is due."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from tickets.models import Channel, Feed, InboundItem
from tickets.services import (
    assignment,
    calls,
    deletions,
    deliver,
    idempotency,
    media,
    notifications,
    poll,
    properties,
    rules,
    spending,
    undo,
    webhook_sending,
)
from tickets.services.ingest import translate
from tickets.services.ingest.store import forget_ignored
from tickets.services.ingest.tickets import REOPEN_WINDOW

logger = logging.getLogger(__name__)


@shared_task
def tick() -> None:
    """Once a second: ring for every feed, item, delivery and file whose time has come; wake tickets, give them out."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    due_feeds = Feed.objects.filter(free, next_poll_at__lte=now, channel__state=Channel.State.ACTIVE)
    for feed_id in due_feeds.values_list("pk", flat=True):
        poll_feed.apply_async([feed_id], expires=30)
    ready = Q(not_before=None) | Q(not_before__lte=now)
    waiting = InboundItem.objects.filter(ready, state=InboundItem.State.RECEIVED)
    for channel_id in waiting.order_by("channel").values_list("channel", flat=True).distinct():
        translate_channel.apply_async([channel_id], expires=30)
    for delivery_id in deliver.due():
        deliver_one.apply_async([delivery_id], expires=30)
    properties.wake_due()
    rules.run_called()
    assignment.distribute()
    for webhook_id in webhook_sending.due():
        send_to_webhook.apply_async([webhook_id], expires=30)
    for attachment_id in media.waiting():
        fetch_attachment.apply_async([attachment_id], expires=60)
    for notification_id in notifications.mails_due():
        mail_notification.apply_async([notification_id], expires=60)


@shared_task
def poll_feed(feed_id: int) -> None:
    feed = Feed.objects.filter(pk=feed_id, next_poll_at__lte=timezone.now()).first()
    if feed:
        result = poll.poll(feed_id)
        if result and result.new:
            translate(feed.channel_id)


def ring_for(channel_id: int) -> None:
    """Something was stored for a channel. A broker that is away costs a second: `tick` finds it."""
    try:
        translate_channel.apply_async([channel_id], expires=30, retry=False)
    except OperationalError:
        logger.warning("nobody is rung for channel %s: the broker is away", channel_id)


@shared_task
def translate_channel(channel_id: int) -> None:
    translate(channel_id)


@shared_task
def deliver_one(delivery_id: int) -> None:
    deliver.deliver(delivery_id)


@shared_task
def fetch_attachment(attachment_id: int) -> None:
    media.fetch(attachment_id)


@shared_task
def mail_notification(notification_id: int) -> None:
    notifications.mail(notification_id)


@shared_task
def send_to_webhook(webhook_id: int) -> None:
    webhook_sending.send(webhook_id)


@shared_task
def sweep() -> None:
    """Every half minute: what a dead worker left, and what has become old."""
    deliver.sweep_dead()
    deliver.offer_again()
    rules.run_timed()
    calls.place_overdue()
    properties.close_solved(timezone.now() - REOPEN_WINDOW)
    for channel_id in deletions.due():
        look_up_deleted.delay(channel_id)


@shared_task
def look_up_deleted(channel_id: int) -> None:
    deletions.look_up(channel_id)


@shared_task
def forget() -> None:
    """Once a day."""
    spending.forget_old()
    notifications.forget_old()
    webhook_sending.forget()
    idempotency.forget(timezone.now() - timedelta(days=1))
    undo.forget(timezone.now() - timedelta(days=1))
    forget_ignored(timezone.now() - timedelta(days=settings.KEEP_IGNORED_DAYS))
