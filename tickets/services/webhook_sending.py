"""Telling webhooks of events: at least once, a ticket's events in their order, tried again for three days.

A message holds ids and values only, as the event itself does; who wants more reads the ticket.
"""

from __future__ import annotations

import json
import logging
import random
import time
from datetime import timedelta
from typing import Any

import requests
from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from standardwebhooks import Webhook as Signer
from urllib3.exceptions import HTTPError

from accounts.models import User
from accounts.permissions import ADMINS
from tickets.channels.outgoing import PrivateAddress, PublicOnly
from tickets.models import Event, Ticket, Webhook, WebhookAttempt, WebhookDelivery
from tickets.queries import FILTERS
from tickets.services import webhooks

logger = logging.getLogger(__name__)

GIVE_UP = timedelta(days=3)
FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 6 * 3600
TIMEOUT = (3.05, 10)
# How long one run goes on, and how long its lease holds when its worker dies.
RUN_S = 30
LEASE = timedelta(minutes=2)
# After no answer at all nothing else is tried there for a moment: a receiver that stalls must not hold a worker.
REST = timedelta(seconds=10)
KEPT_ANSWER = 4096
KEPT_HEADERS = 50
KEEP = timedelta(days=30)

Pending = Q(state=WebhookDelivery.State.PENDING)


def due() -> list[int]:
    """Webhooks that have something to send, and whom nobody serves."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    waiting = WebhookDelivery.objects.filter(Pending, webhook=OuterRef("pk"), next_try_at__lte=now)
    found = Webhook.objects.filter(free, Exists(waiting), state=Webhook.State.ACTIVE)
    return list(found.values_list("pk", flat=True))


def send(webhook_id: int) -> None:
    """Send what is due to one webhook, one after the other, for at most half a minute."""
    now = timezone.now()
    free = Webhook.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), pk=webhook_id)
    if not free.filter(state=Webhook.State.ACTIVE).update(leased_until=now + LEASE):
        return
    until = time.monotonic() + RUN_S
    answers = True
    with _session() as session:
        while answers and time.monotonic() < until and (delivery := _next(webhook_id)):
            answers = not _claim(delivery) or _attempt(session, delivery)
    Webhook.objects.filter(pk=webhook_id).update(leased_until=None if answers else timezone.now() + REST)


def _next(webhook_id: int) -> WebhookDelivery | None:
    """The one that is due the longest and for which no earlier event of its ticket waits."""
    waiting = WebhookDelivery.objects.filter(Pending, webhook=webhook_id, webhook__state=Webhook.State.ACTIVE)
    earlier = waiting.filter(ticket=OuterRef("ticket"), pk__lt=OuterRef("pk"))
    ready = waiting.filter(~Exists(earlier), next_try_at__lte=timezone.now()).select_related("webhook", "event__actor")
    return ready.order_by("next_try_at", "pk").first()


def _claim(delivery: WebhookDelivery) -> bool:
    """Ours for as long as a try lasts. What the filters leave out goes."""
    if delivery.ticket_id and not _wanted(delivery.webhook, delivery.ticket_id):
        delivery.delete()
        return False
    now = timezone.now()
    mine = WebhookDelivery.objects.filter(Pending, pk=delivery.pk, next_try_at=delivery.next_try_at)
    claimed = mine.update(tries=F("tries") + 1, next_try_at=now + LEASE)
    delivery.tries += 1
    return bool(claimed)


def _wanted(webhook: Webhook, number: int) -> bool:
    tickets = Ticket.objects.filter(pk=number)
    for name, values in webhook.filters.items():
        # Of the values that webhooks may have none asks who looks.
        tickets = tickets.filter(Q(status__in=values) if name == "status" else FILTERS[name](values, User()))
    return not webhook.filters or tickets.exists()


def _session() -> requests.Session:
    session = requests.Session()
    # A proxy would resolve the name itself, where nobody looks at the address.
    session.trust_env = False
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES:
        session.mount("https://", PublicOnly())
        session.mount("http://", PublicOnly())
    return session


# ---- one try ----


def _attempt(session: requests.Session, delivery: WebhookDelivery) -> bool:
    """Whether anything answered at all."""
    body = json.dumps(content(delivery), separators=(",", ":"))
    attempt = WebhookAttempt.objects.create(
        delivery=delivery, request_headers=_headers(delivery, body), request_body=body
    )
    began = time.monotonic()
    try:
        with session.post(
            delivery.webhook.url,
            data=body.encode(),
            headers=attempt.request_headers,
            timeout=TIMEOUT,
            stream=True,
            allow_redirects=False,
        ) as answer:
            attempt.status = answer.status_code
            attempt.response_headers = dict(list(answer.headers.items())[:KEPT_HEADERS])
            attempt.response_body = _read(answer)
    except (requests.RequestException, HTTPError, ValueError) as error:
        attempt.error = _reason(error)
    attempt.took_ms = int((time.monotonic() - began) * 1000)
    attempt.save()
    _settle(delivery, attempt)
    return attempt.status is not None


def content(delivery: WebhookDelivery) -> dict[str, Any]:
    """What is sent: `type`, `timestamp` and `data`, after Standard Webhooks; the same in every try."""
    event = delivery.event
    if event is None:
        return {"type": "ping", "timestamp": _time(delivery.webhook.created_at), "data": {}}
    return {"type": event.kind, "timestamp": _time(event.occurred_at), "data": _data(event)}


def _data(event: Event) -> dict[str, Any]:
    """The event as the API shows it, and where its ticket is."""
    return {
        "id": event.pk,
        "kind": event.kind,
        "ticket": {
            "number": event.ticket_id,
            "url": settings.PUBLIC_URL.rstrip("/") + reverse("api-ticket", args=[event.ticket_id]),
        },
        "actor": {"type": event.actor_kind, "id": event.actor_id},
        "message": event.message_id,
        "channel": event.channel_id,
        "visibility": event.visibility or None,
        "occurred_at": _time(event.occurred_at),
        "recorded_at": _time(event.recorded_at),
        "data": event.data,
    }


def _time(moment: Any) -> str:
    return f"{moment.isoformat().removesuffix('+00:00')}Z"


def _headers(delivery: WebhookDelivery, body: str) -> dict[str, str]:
    now = timezone.now()
    signed = [Signer(one).sign(delivery.message_id, now, body) for one in delivery.webhook.signing_secrets(now)]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Parley-Webhooks/1",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def _read(answer: requests.Response) -> str:
    """The beginning of it: enough to see what was wrong. A body that drips or does not end costs nothing more."""
    try:
        start = answer.raw.read1(KEPT_ANSWER)
    except HTTPError:
        return ""
    return str(start.decode("utf-8", "replace")).replace("\x00", "")


def _reason(error: Exception) -> str:
    if isinstance(getattr(error.args[0] if error.args else None, "reason", None), PrivateAddress):
        return _("The address is inside a private network.")
    if isinstance(error, requests.Timeout):
        return _("No answer within %(seconds)d seconds.") % {"seconds": TIMEOUT[1]}
    if isinstance(error, requests.exceptions.SSLError):
        return _("Its certificate is not good.")
    if isinstance(error, requests.ConnectionError):
        return _("It cannot be reached.")
    return _("The request broke off: %(kind)s.") % {"kind": type(error).__name__}


# ---- what comes of it ----


def _settle(delivery: WebhookDelivery, attempt: WebhookAttempt) -> None:
    now = timezone.now()
    mine = WebhookDelivery.objects.filter(pk=delivery.pk)
    if attempt.status is not None and 200 <= attempt.status < 300:
        mine.update(state=WebhookDelivery.State.DELIVERED, settled_at=now)
        Webhook.objects.filter(pk=delivery.webhook_id).update(last_ok_at=now, last_error="", last_error_at=None)
        return
    text = attempt.error or _("It answered with the status %(status)d.") % {"status": attempt.status or 0}
    Webhook.objects.filter(pk=delivery.webhook_id).update(last_error=text, last_error_at=now)
    next_try_at = now + timedelta(seconds=_pause_s(delivery.tries))
    if attempt.status == 410:
        mine.update(state=WebhookDelivery.State.FAILED, settled_at=now)
        _pause(delivery.webhook, _("Its receiver says that it is gone (status 410)."))
    elif next_try_at < delivery.since + GIVE_UP:
        mine.update(next_try_at=next_try_at)
    else:
        mine.update(state=WebhookDelivery.State.FAILED, settled_at=now)
        if not Webhook.objects.filter(pk=delivery.webhook_id, last_ok_at__gte=delivery.since).exists():
            _pause(delivery.webhook, _("Nothing arrived for three days. The last try: %(text)s") % {"text": text})


def _pause_s(tries: int) -> float:
    """Doubles with each try; uneven, so that what failed together does not come back together."""
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(tries - 1, 20))
    return longest * random.uniform(0.8, 1)  # noqa: S311 - nothing to guess


def _pause(webhook: Webhook, text: str) -> None:
    """Tells the admins once; the page and `doctor` say it until it is resumed."""
    if not webhooks.pause(webhook, text):
        return
    words = {"name": webhook.name, "text": text, "url": settings.PUBLIC_URL.rstrip("/") + webhook.get_absolute_url()}
    body = _("The webhook %(name)s is paused. %(text)s\n\nMend its receiver, then resume it: %(url)s\n") % words
    admins = User.objects.filter(role__in=ADMINS, is_active=True).values_list("email", flat=True)
    try:
        send_mail(_("The webhook %(name)s is paused") % words, body, None, list(admins))
    except OSError:
        logger.exception("The notice about webhook %s could not be mailed", webhook.pk)


def forget() -> None:
    """The log of what is long settled; and what waited at a paused webhook for as long as we would try."""
    now = timezone.now()
    WebhookDelivery.objects.filter(settled_at__lt=now - KEEP).delete()
    kept = WebhookDelivery.objects.filter(Pending, webhook__state=Webhook.State.PAUSED, since__lt=now - GIVE_UP)
    kept.update(state=WebhookDelivery.State.FAILED, settled_at=now)
