"""`fields` leaves the rest of a representation out; `expand` puts a whole resource where its id and name stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.serializers import Serializer

from tickets.api.errors import BadParameters

Row = dict[str, Any]
# The wanted ids -> their representations. An id that the reader does not see is left out.
Expansion = Callable[[Request, Iterable[int]], dict[int, Row]]
PARAMETERS = ("fields", "expand")


class Shaped:
    """For a view whose `serializer_class` may be read in part; `expandable` names what can be put in whole."""

    expandable: ClassVar[Mapping[str, Expansion]] = {}
    serializer_class: type[Serializer]
    request: Request

    def shaped(self, rows: list[Row]) -> list[Row]:
        for name in self._names("expand", self.expandable):
            wanted = {row[name]["id"] for row in rows if row[name]}
            whole = self.expandable[name](self.request, wanted)
            for row in rows:
                row[name] = whole.get(row[name]["id"], row[name]) if row[name] else None
        if kept := self._names("fields", self.serializer_class().fields):
            return [{name: row[name] for name in row if name in kept} for row in rows]
        return rows

    def _names(self, parameter: str, known: Iterable[str]) -> list[str]:
        """Names between commas; refuses others than those known."""
        text = self.request.query_params.get(parameter, "")
        names = text.split(",") if text else []
        if unknown := set(names) - set(known):
            said = f"There is no “{min(unknown)}” to choose. Known: {', '.join(known)}."
            raise BadParameters({parameter: [said]})
        return names


def described(view: Shaped) -> list[dict[str, Any]]:
    """The two parameters for OpenAPI."""
    words = {"fields": "Only these fields, between commas.", "expand": "What to show whole, between commas."}
    choices = {"fields": list(view.serializer_class().fields), "expand": list(view.expandable)}
    return [
        {
            "name": name,
            "in": "query",
            "description": words[name],
            "required": False,
            "style": "form",
            "explode": False,
            "schema": {"type": "array", "items": {"type": "string", "enum": names}},
        }
        for name, names in choices.items()
        if names
    ]
