"""Keyset pages for every list: stable while rows are written, and as fast on the last page as on the first."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from tickets.api.errors import BadParameters
from tickets.keyset import BadCursor, Order, behind, position_of, read_position, turned

PAGE_SIZE = 50
MOST_ROWS = 200
# Direction, order and position, all from a page that we gave out.
CURSOR = re.compile(r"([fb])\.([a-z_-]+)\.([A-Za-z0-9_-]{1,200})")
PARAMETERS = ("cursor", "page_size", "ordering")


class Keyset(BasePagination):
    """The view says `orderings` ({name: order}) and which is the default; without them rows come by id.

    `cursor` is a direction, the name of the order, and the position of the row at the edge of a page.
    """

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: APIView | None = None) -> list[Any]:
        self.request = request
        self.name, order = _order(request, view)
        size = _size(request)
        position, backwards = self._position(order, queryset.model)
        way = turned(order) if backwards else order
        if position:
            queryset = queryset.filter(behind(way, position))
        rows = list(queryset.order_by(*way)[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        if backwards:
            rows.reverse()
        has_next = backwards or more
        has_previous = more if backwards else bool(position)
        self.next = self._link("f", order, rows[-1]) if rows and has_next else None
        self.previous = self._link("b", order, rows[0]) if rows and has_previous else None
        return rows

    def _position(self, order: Order, model: type[Model]) -> tuple[list[Any], bool]:
        cursor = self.request.query_params.get("cursor", "")
        if not cursor:
            return [], False
        parts = CURSOR.fullmatch(cursor)
        if not parts or parts[2] != self.name:
            raise _bad("cursor", "Take it from `next` or `previous` of a page with the same ordering, unchanged.")
        try:
            return read_position(order, parts[3], model), parts[1] == "b"
        except BadCursor:
            raise _bad("cursor", "No page has this position. Take it from `next` or `previous`, unchanged.") from None

    def _link(self, direction: str, order: Order, row: Model) -> str:
        cursor = f"{direction}.{self.name}.{position_of(order, row)}"
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        orderings = getattr(view, "orderings", {})
        described = {
            "cursor": ({"type": "string", "pattern": f"^{CURSOR.pattern}$"}, "From `next` or `previous` of a page."),
            "page_size": (
                {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": PAGE_SIZE},
                "Rows on a page.",
            ),
        }
        if orderings:
            names = [*orderings, *(f"-{name}" for name in orderings)]
            default = getattr(view, "default_ordering", "")
            described["ordering"] = ({"type": "string", "enum": names, "default": default}, "`-` turns it round.")
        return [
            {"name": name, "in": "query", "schema": schema, "description": text, "required": False}
            for name, (schema, text) in described.items()
        ]


def _bad(name: str, detail: str) -> BadParameters:
    return BadParameters({name: [detail]})


def _order(request: Request, view: Any) -> tuple[str, Order]:
    orderings = getattr(view, "orderings", None)
    if not orderings:
        return "id", getattr(view, "order", ("id",))
    name = request.query_params.get("ordering") or view.default_ordering
    order = orderings.get(name.removeprefix("-"))
    if order is None:
        raise _bad("ordering", f"Choose one of {', '.join(orderings)}, with or without - before it.")
    return name, turned(order) if name.startswith("-") else order


def _size(request: Request) -> int:
    text = request.query_params.get("page_size")
    if text is None:
        return PAGE_SIZE
    size = int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0
    if not 1 <= size <= MOST_ROWS:
        raise _bad("page_size", f"Write a whole number from 1 to {MOST_ROWS}.")
    return size
