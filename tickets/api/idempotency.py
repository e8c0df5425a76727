"""`Idempotency-Key`: a POST that is sent again under its key gets the answer of the first time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from accounts.models import User
from tickets.api.errors import MEDIA_TYPE, Problem
from tickets.models import GivenAnswer
from tickets.services import idempotency

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
REPLAYED = "Idempotency-Replayed"

Post = Callable[..., Response]


def idempotent(post: Post) -> Post:
    """Wraps the `post` of a view whose caller is known."""

    @wraps(post)
    def answer(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        return once(view, request, request.user, lambda: post(view, request, *args, **kwargs))

    return answer


def once(view: APIView, request: Request, user: User, act: Callable[[], Response]) -> Response:
    """Do it, or answer as the first time. Refusals are answers, too; what failed on our side is not remembered."""
    key = key_of(request)
    if key is None:
        return act()
    # One transaction from the claim to the answer: when it fails nothing was done and the key is free again.
    with transaction.atomic():
        try:
            given = idempotency.claim(user, key, _fingerprint(request))
        except idempotency.OtherRequest:
            raise _other() from None
        if given:
            return _again(given)
        try:
            with transaction.atomic():
                response = act()
        except Exception as error:
            response = view.handle_exception(error)
        idempotency.remember(user, key, response.status_code, _stored(response))
    return response


def key_of(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not KEY.fullmatch(key):
        raise Problem(
            400, "invalid", "Bad Request", f"{HEADER} has 1 to 255 printable ASCII characters; a UUID is a good key."
        )
    return key


def _other() -> Problem:
    detail = f"This {HEADER} was used with another body or address. Use a new key for a new request."
    return Problem(422, "idempotency-key-reused", "The key belongs to another request", detail)


def _fingerprint(request: Request) -> str:
    sent = [request.method, request.get_full_path(), request.data]
    # Keyed: a body may hold a password, which nobody should be able to try out against a plain digest.
    return salted_hmac(__name__, json.dumps(sent, sort_keys=True), algorithm="sha256").hexdigest()


def _stored(response: Response) -> dict[str, str]:
    return {
        "data": json.dumps(response.data, cls=JSONEncoder),
        "content_type": response.content_type or "",
        "location": response.get("Location", ""),
    }


def _again(given: GivenAnswer) -> Response:
    answer = given.answer
    response = Response(json.loads(answer["data"]), given.status, content_type=answer["content_type"] or None)
    response.exception = answer["content_type"] == MEDIA_TYPE
    response[REPLAYED] = "true"
    if answer["location"]:
        response["Location"] = answer["location"]
    return response
