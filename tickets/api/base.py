"""What every address of the API shares."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import api_permission
from tickets.api.errors import BadParameters
from tickets.api.filters import Filters, parameters_of
from tickets.api.pagination import PARAMETERS


class Endpoint(GenericAPIView):
    """Its `ability` says who may use it. A name in the query string that it does not know is refused."""

    ability: ClassVar[str]

    def get_permissions(self) -> list[BasePermission]:
        return [api_permission(self.ability)()]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = self.parameters()
        text = f"There is no such parameter here. Known: {', '.join(known) or 'none'}."
        if unknown := {name: [text] for name in request.query_params if name not in known}:
            raise BadParameters(unknown)

    def parameters(self) -> tuple[str, ...]:
        return ()


class ListEndpoint(ListModelMixin, Endpoint):
    """Pages of `get_queryset()`, narrowed by `filterset_class`, in one of `orderings`, of `serializer_class`."""

    filter_backends = (Filters,)
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {}

    def parameters(self) -> tuple[str, ...]:
        if self.request.method not in ("GET", "HEAD"):
            return ()
        paging = PARAMETERS if self.orderings else PARAMETERS[:2]
        return (*parameters_of(self), *paging)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
