"""Every request has an id, which the answer, its errors and the log name."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from logging import Filter, LogRecord

from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-ID"
ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{1,100}")

_current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Keeps the id that a client or a proxy gave, if it is harmless in a log, and makes one otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        request_id = given if ACCEPTED.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        token = _current.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response[HEADER] = request_id
        return response


class RequestIdFilter(Filter):
    """Gives log lines their `%(request_id)s`."""

    def filter(self, record: LogRecord) -> bool:
        record.request_id = _current.get()
        return True
