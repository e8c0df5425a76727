"""Fields that take what their schema says and nothing that merely looks like it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

# The database counts in 64 bits.
LARGEST = 2**63 - 1


def utc(value: datetime | None) -> str | None:
    """ISO 8601 in UTC, which is what the database hands out."""
    return f"{value.isoformat().removesuffix('+00:00')}Z" if value else None


class Strict(serializers.Serializer):
    """Refuses what it does not know: a misspelt name must not be lost in silence."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            known = [name for name, field in self.fields.items() if not field.read_only]
            text = _("There is no such field here. Known: %(known)s.") % {"known": ", ".join(known)}
            unknown = {str(name): [text] for name in data if name not in known}
            if unknown:
                raise serializers.ValidationError(unknown)
        values: dict[str, Any] = super().to_internal_value(data)
        return values


class Text(serializers.CharField):
    """A string; other types are refused, not turned into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        # PostgreSQL cannot store it, and no keyboard types it.
        return str(super().to_internal_value(data.replace("\x00", "")))


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A whole number from 1; neither text nor true."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST} | options)

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Id(Whole):
    """The id of something; whether it is there is another question."""


class Instant(serializers.DateTimeField):
    """ISO 8601 in UTC, whatever the reader's own time zone is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ssZ")
        return super().to_internal_value(value)


class Nothing(Strict):
    """A body without any field."""


@extend_schema_field({"type": ["string", "null"]})
class OrNone(serializers.ReadOnlyField):
    """A text column in which empty means that there is none."""

    def to_representation(self, value: str) -> str | None:
        return value or None


class Named(serializers.Serializer):
    """Something that has a resource of its own, by id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()
