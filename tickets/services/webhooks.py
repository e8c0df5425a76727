"""Subscriptions to events: making, changing, pausing and trying them, and what goes out again."""

import base64
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from tickets.event_words import KINDS
from tickets.models import Webhook, WebhookDelivery
from tickets.models.fields import Secrets
from tickets.services.errors import Refused

# Both secrets sign that long after a change.
OVERLAP = timedelta(hours=24)
# Filters of the queue that mean the same for everybody.
FILTERS = ("status", "channel", "visibility", "priority", "team", "tag")
MOST = 50


def add(name: str, url: str, kinds: list[str], filters: dict[str, list[str]]) -> tuple[Webhook, str]:
    """A new subscription and its secret, which is shown now and never again. Raises Refused."""
    _check(url, kinds)
    if Webhook.objects.count() >= MOST:
        raise Refused(f"There are {MOST} webhooks. Remove one first.")
    secret = _new_secret()
    made = Webhook.objects.create(name=name, url=url, kinds=kinds, filters=filters, secrets=Secrets(current=secret))
    return made, secret


def update(webhook: Webhook, **values: Any) -> None:
    """Change `name`, `url`, `kinds` or `filters`. Raises Refused."""
    _check(values.get("url", webhook.url), values.get("kinds", webhook.kinds))
    Webhook.objects.filter(pk=webhook.pk).update(**values)
    webhook.refresh_from_db()


def _check(url: str, kinds: list[str]) -> None:
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise Refused("Leave user and password out of the address: requests are signed instead.")
    if parts.scheme != "https" and not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES:
        raise Refused("The address must begin with https://.")
    if unknown := sorted(set(kinds) - set(KINDS)):
        raise Refused(f"There is no event {', '.join(unknown)}. docs/events.md lists them.")


def rotate(webhook: Webhook) -> str:
    """A new secret, shown now and never again; the one before signs beside it for a day."""
    secret = _new_secret()
    webhook.secrets = Secrets(current=secret, previous=webhook.secrets["current"])
    webhook.previous_until = timezone.now() + OVERLAP
    webhook.save(update_fields=["secrets", "previous_until"])
    return secret


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def pause(webhook: Webhook, text: str = "") -> bool:
    """Send nothing more; events are kept for three days. False when it was paused already."""
    active = Webhook.objects.filter(pk=webhook.pk, state=Webhook.State.ACTIVE)
    return bool(active.update(state=Webhook.State.PAUSED, pause_text=text))


def resume(webhook: Webhook) -> None:
    """Go on, with what happened meanwhile first."""
    now = timezone.now()
    Webhook.objects.filter(pk=webhook.pk).update(state=Webhook.State.ACTIVE, pause_text="", leased_until=None)
    _pending(webhook).update(next_try_at=now, since=now)


def ping(webhook: Webhook) -> WebhookDelivery:
    """A message that says nothing, to see whether it arrives. Raises Refused while the webhook is paused."""
    if not webhook.is_active:
        raise Refused("Resume the webhook first: nothing is sent while it is paused.")
    Webhook.objects.filter(pk=webhook.pk).update(leased_until=None)
    return WebhookDelivery.objects.create(webhook=webhook)


def replay(deliveries: QuerySet[WebhookDelivery]) -> int:
    """Send settled ones again, under their own ids; returns how many."""
    now = timezone.now()
    settled = deliveries.exclude(state=WebhookDelivery.State.PENDING)
    return settled.update(state=WebhookDelivery.State.PENDING, tries=0, since=now, next_try_at=now, settled_at=None)


def _pending(webhook: Webhook) -> QuerySet[WebhookDelivery]:
    return webhook.deliveries.filter(state=WebhookDelivery.State.PENDING)
