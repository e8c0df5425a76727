"""Files of messages."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from tickets.api.base import Endpoint, find
from tickets.api.errors import not_found
from tickets.downloads import download, stored_attachments


class Whatever(BaseContentNegotiation):
    """The file is what it is, whatever the client would rather have."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class OneAttachment(Endpoint):
    ability = "tickets.work"
    content_negotiation_class = Whatever

    @extend_schema(operation_id="attachments_retrieve", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The file itself; 404 where it was not fetched or is redacted."""
        attachment = find(stored_attachments(request.user), pk, "stored file")
        try:
            return download(attachment)
        except FileNotFoundError:
            raise not_found(f"file {pk} on the disk any more") from None
