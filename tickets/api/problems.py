"""Errors as RFC 9457 problem details: what is wrong, where, and how to mend it."""

from typing import Any

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tickets.services.errors import Refused

MEDIA_TYPE = "application/problem+json"


class RefusedProblem(APIException):
    """A verb said no: the request was understood, and cannot be done."""

    status_code = 422


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Named in settings; None lets Django answer 500."""
    if isinstance(error, Refused):
        error = RefusedProblem(error.text)
    response = exception_handler(error, context)
    if response is None:
        return None
    problem: dict[str, Any] = {"type": "about:blank", "title": response.status_text, "status": response.status_code}
    if isinstance(error, ValidationError):
        problem |= {"title": "Some fields cannot be accepted", "errors": _pointers(response.data)}
        problem["detail"] = "; ".join(f"{item['pointer']}: {item['detail']}" for item in problem["errors"])
    else:
        problem["detail"] = str(getattr(error, "detail", error))
    response.data = problem
    response.content_type = MEDIA_TYPE
    return response


def _pointers(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """Nested validation messages as a flat list of {pointer, detail}."""
    if isinstance(detail, dict):
        return [item for key, value in detail.items() for item in _pointers(value, f"{pointer}/{key}")]
    if isinstance(detail, list):
        return [item for value in detail for item in _pointers(value, pointer)]
    return [{"pointer": pointer.removesuffix("/non_field_errors") or "/", "detail": str(detail)}]
