"""What every address of the API shares."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Team
from accounts.permissions import api_permission
from tickets.api.errors import BadParameters, not_found, refused
from tickets.api.fields import Strict
from tickets.api.filters import Filters, parameters_of
from tickets.api.pagination import PARAMETERS
from tickets.api.shape import PARAMETERS as SHAPING
from tickets.api.shape import Shaped

Found = TypeVar("Found", bound=Model)


def find(things: QuerySet[Found], pk: int, what: str, by: str = "pk") -> Found:
    """404 for what the reader does not see, as for what is not there."""
    thing = things.filter(**{by: pk}).first()
    if thing is None:
        raise not_found(f"{what} {pk}")
    return thing


def team_of(pk: int | None) -> Team | None:
    """The team that a body names."""
    team = Team.objects.filter(pk=pk).first() if pk else None
    if pk and team is None:
        raise refused(f"There is no team {pk}.", "/team")
    return team


class Endpoint(GenericAPIView):
    """`ability` says who may read, `change_ability` who may do more where that is less people.

    A name in the query string that it does not know is refused.
    """

    ability: ClassVar[str]
    change_ability: ClassVar[str] = ""

    def get_permissions(self) -> list[BasePermission]:
        changes = self.request.method not in SAFE_METHODS
        return [api_permission(self.change_ability if changes and self.change_ability else self.ability)()]

    def body(self, serializer: type[Strict], partial: bool = False) -> dict[str, Any]:
        """The checked body of the request; with `partial` any field may be left out."""
        given = serializer(data=self.request.data, partial=partial)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = self.parameters()
        text = f"There is no such parameter here. Known: {', '.join(known) or 'none'}."
        if unknown := {name: [text] for name in request.query_params if name not in known}:
            raise BadParameters(unknown)

    def parameters(self) -> tuple[str, ...]:
        """Names that the query string of this request may have."""
        return SHAPING if isinstance(self, Shaped) and self.request.method in SAFE_METHODS else ()


class ListEndpoint(ListModelMixin, Endpoint):
    """Pages of `get_queryset()`, narrowed by `filterset_class`, in one of `orderings`, of `serializer_class`."""

    filter_backends = (Filters,)
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {}

    def parameters(self) -> tuple[str, ...]:
        if self.request.method not in SAFE_METHODS:
            return ()
        paging = PARAMETERS if self.orderings else PARAMETERS[:2]
        return (*super().parameters(), *parameters_of(self), *paging)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = self.get_serializer(page, many=True).data
        return self.get_paginated_response(self.shaped(rows) if isinstance(self, Shaped) else rows)
