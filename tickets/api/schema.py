"""The OpenAPI description: what the code cannot tell drf-spectacular by itself."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter

from tickets.api.errors import MEDIA_TYPE
from tickets.api.fields import Strict
from tickets.api.idempotency import HEADER, KEY
from tickets.api.shape import Shaped, described

_POINTED = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer into the body, such as `#/status`."},
        "parameter": {"type": "string", "description": "Name in the query string."},
        "detail": {"type": "string"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details. docs/api.md lists the types.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and how to mend it."},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": _POINTED},
    },
}
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": f"^{KEY.pattern}$"},
    OpenApiParameter.HEADER,
    description="Sent again with the same key and body, the request is done once and answered as the first time.",
)


class Schema(AutoSchema):
    """Adds to every operation what all of them can answer, and to every POST its key."""

    def get_summary(self) -> str:
        """The first sentence of the view's own words."""
        summary: str = self.get_description().partition(". ")[0].removesuffix(".")
        return " ".join(summary.split())

    def get_request_serializer(self) -> Any:
        # A view of a verb says what the verb takes.
        return getattr(self.view, "takes", None) or super().get_request_serializer()

    def get_override_parameters(self) -> list[Any]:
        return [IDEMPOTENCY_KEY] if self.method == "POST" else []

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        shaping = described(self.view) if self.method == "GET" and isinstance(self.view, Shaped) else []
        return [*super()._get_filter_parameters(), *shaping]

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code, body in bodies.items():
            body["description"] = body["description"] or HTTPStatus(int(code)).phrase
        bodies["default"] = {
            "description": "A problem",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        return bodies

    def _postprocess_serializer_schema(self, schema: dict[str, Any], serializer: Any, direction: Direction) -> Any:
        if isinstance(serializer, Strict) and direction == "request":
            schema["additionalProperties"] = False
        if getattr(serializer, "sparse", False) and direction == "response":
            # With `fields` any of them may be missing.
            schema.pop("required", None)
        return super()._postprocess_serializer_schema(schema, serializer, direction)


def add_problem(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Named in settings; puts the one shape of all errors among the components."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    return result


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "tickets.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


@cache
def document() -> dict[str, Any]:
    """The whole description. It is the same for everybody and follows from the code, so it is made once."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema
