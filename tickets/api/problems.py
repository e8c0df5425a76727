"""How errors are answered: RFC 9457 problem details that say what is wrong, where, and how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tickets.api.errors import INVALID, MEDIA_TYPE, BadParameters, Problem, refused, type_of
from tickets.services.errors import Refused

# No connection, one that broke, or a server that is just starting or stopping.
DATABASE_AWAY = (OperationalError, InterfaceError)
RETRY_AFTER_S = 5


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Named in settings; None lets Django answer 500."""
    if isinstance(error, Refused):
        error = refused(error.text)
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = _problem(error, response)
    if request_id := getattr(context["request"], "request_id", ""):
        response.data["request_id"] = request_id
    response.content_type = MEDIA_TYPE
    return response


def _problem(error: Exception, response: Response) -> dict[str, Any]:
    kind, title, detail, more = "", response.status_text, str(getattr(error, "detail", error)), {}
    if isinstance(error, ValidationError):
        kind, title, more = INVALID, "Something in the request cannot be accepted", {"errors": list(_errors(error))}
        detail = " ".join(
            f"{item.get('pointer') or item.get('parameter')}: {item['detail']}" for item in more["errors"]
        )
    elif isinstance(error, Problem):
        kind, title, more = error.kind, error.title, error.more
    return {"type": type_of(kind), "title": title, "status": response.status_code, "detail": detail, **more}


def _errors(error: ValidationError) -> Iterator[dict[str, str]]:
    if isinstance(error, BadParameters):
        for name, details in error.detail.items():
            for item in _pointed(details):
                yield {"parameter": name, "detail": item["detail"]}
    else:
        yield from _pointed(error.detail)


def _pointed(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """Nested validation messages as a flat list of {pointer, detail}."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            # What concerns the whole object stays at the object.
            step = "" if key == "non_field_errors" else f"/{str(key).replace('~', '~0').replace('/', '~1')}"
            yield from _pointed(value, pointer + step)
    elif isinstance(detail, list):
        for value in detail:
            yield from _pointed(value, pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail)}


def server_error(request: HttpRequest) -> HttpResponse:
    """Named in the address list of the project: what an error that nobody caught is answered with.

    500 for a mistake of ours, 503 while the database is away; an API client reads JSON either way.
    """
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        status, title, detail = 503, "Service Unavailable", "The database does not answer. Try again in a few seconds."
    else:
        status, title = 500, "Internal Server Error"
        detail = "We made a mistake. It is in the log under this request id."
    if request.path.startswith("/api/"):
        problem = {"type": type_of(""), "title": title, "status": status, "detail": detail}
        problem["request_id"] = getattr(request, "request_id", "")
        response: HttpResponse = JsonResponse(problem, status=status, content_type=MEDIA_TYPE)
    else:
        # Without the request: whoever is signed in stands in the database.
        response = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_S)
    return response
