"""What the API raises besides REST framework's own errors; `problems` makes the answers.

docs/api.md lists the types. A plain HTTP error (404, 405, 415, …) has the type `about:blank`.
"""

from typing import Any

from rest_framework.exceptions import APIException, ValidationError

MEDIA_TYPE = "application/problem+json"
INVALID = "invalid"


class Problem(APIException):
    """An error of a type of its own; `more` are further members of the answer."""

    def __init__(self, status: int, kind: str, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status_code, self.kind, self.title, self.more = status, kind, title, more


class BadParameters(ValidationError):
    """Something in the query string cannot be accepted: {name: [what is wrong]}."""


def refused(detail: str, pointer: str = "") -> Problem:
    """Well formed and understood, and still not possible. `pointer` names the field, such as "/assignee"."""
    more = {"errors": [{"pointer": f"#{pointer}", "detail": detail}]} if pointer else {}
    return Problem(422, "refused", "This is not possible", detail, **more)


def not_found(what: str) -> Problem:
    return Problem(404, "", "Not Found", f"There is no {what}, or you may not see it.")


def type_of(kind: str) -> str:
    return f"urn:parley:problem:{kind}" if kind else "about:blank"
