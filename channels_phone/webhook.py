"""The address at which a telephone system tells what happens to its calls."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from channels_phone import events
from channels_phone.signing import is_signed
from tickets.channels.errors import BadPayload
from tickets.models import Channel
from tickets.services.ingest import store
from tickets.tasks import ring_for

LARGEST = 64 * 1024


@csrf_exempt
@login_not_required
@require_POST
def call_event(request: HttpRequest, pk: int) -> JsonResponse:
    """202 once stored, and for what is known already; 401 forged or old, 413 too large, 422 not understood."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return _problem(413, f"An event is at most {LARGEST} bytes.")
    channel = Channel.objects.filter(pk=pk, kind="phone").first()
    timestamp = request.headers.get("X-Parley-Timestamp", "")
    signature = request.headers.get("X-Parley-Signature", "")
    # A line that does not exist is answered like a wrong signature.
    credentials = channel.credentials if channel else {}
    if not is_signed(credentials, timestamp, signature, request.body, timezone.now()) or channel is None:
        return _problem(
            401, "The signature does not fit, or its time is more than 5 minutes off. docs/channels/phone.md shows how."
        )
    try:
        payload = _object(request.body)
        events.read(payload)
    except BadPayload as error:
        return _problem(422, error.text)
    new = store(channel, [events.item(payload)])
    ring_for(channel.pk)
    return JsonResponse({"stored": new}, status=202)


def _object(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise BadPayload("The body is not JSON.") from None
    if not isinstance(payload, dict):
        raise BadPayload("The body must be one JSON object.")
    return payload


def _problem(status: int, detail: str) -> JsonResponse:
    return JsonResponse(
        {"type": "about:blank", "status": status, "detail": detail},
        status=status,
        content_type="application/problem+json",
    )
