"""Positions in an ordered list: the next page starts behind the last row shown, whatever was written meanwhile.

An order is a tuple of fields as `order_by` takes them; its last field is unique.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q

Order = tuple[str, ...]


class BadCursor(ValueError):
    """A text that this order never gave out."""


def behind(order: Order, position: list[Any]) -> Q:
    """Rows that follow a position, where PostgreSQL puts nulls: last when ascending, first when descending."""
    rows, level = Q(pk__in=[]), Q()
    for term, value in zip(order, position, strict=True):
        rows |= level & _beyond(term, value)
        level &= Q(**{term.lstrip("-"): value})
    return rows


def _beyond(term: str, value: Any) -> Q:
    field, falling = term.lstrip("-"), term.startswith("-")
    if value is None:
        return Q(**{f"{field}__isnull": False}) if falling else Q(pk__in=[])
    return Q(**{f"{field}__lt": value}) if falling else Q(**{f"{field}__gt": value}) | Q(**{field: None})


def turned(order: Order) -> Order:
    """The same list from its end."""
    return tuple(term[1:] if term.startswith("-") else f"-{term}" for term in order)


def position_of(order: Order, row: Model) -> str:
    values = [getattr(row, term.lstrip("-")) for term in order]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read_position(order: Order, text: str, model: type[Model]) -> list[Any]:
    """What `position_of` wrote. Raises BadCursor."""
    try:
        values = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        fields = [model._meta.get_field(term.lstrip("-")) for term in order]
        return [field.to_python(value) for field, value in zip(fields, values, strict=True)]  # type: ignore[union-attr]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError) as error:
        raise BadCursor(text) from error
