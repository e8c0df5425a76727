"""The data of a calendar, checked: zone, weekly shifts, holidays, closures, extra openings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIELDS = ("tz", "weekly", "holidays", "closures", "extra")
MAX_DATES = 2000

Shift = tuple[int, int]
Window = tuple[datetime, datetime]


class BadHours(ValueError):
    """`field` names what is wrong, the text says how to mend it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field, self.text = field, text


@dataclass(frozen=True)
class OpeningHours:
    """Wall-clock readings in one zone. `weekly`: Monday to Sunday, shifts in minutes after midnight (24:00 is 1440)."""

    zone: str
    weekly: tuple[tuple[Shift, ...], ...]
    holidays: frozenset[date] = frozenset()
    closures: tuple[Window, ...] = ()
    extra: tuple[Window, ...] = ()

    @property
    def never_open(self) -> bool:
        return not any(self.weekly) and not self.extra


def parse(data: Mapping[str, Any]) -> OpeningHours:
    """From JSON, raising BadHours:

    `{"tz": …, "weekly": {"mon": [["09:00", "18:00"]]}, "holidays": ["2026-10-26"]}`, with windows of local
    time in "closures" and "extra": `[{"from": "2026-12-24T12:00", "to": "2026-12-25T00:00"}]`.
    """
    if not isinstance(data, Mapping):
        raise BadHours("calendar", "must be an object")
    if unknown := sorted(set(data) - set(FIELDS)):
        raise BadHours(unknown[0], f"unknown; known are {', '.join(FIELDS)}")
    if data.get("tz") not in available_timezones():
        raise BadHours("tz", "must be a zone such as Europe/Vienna")
    weekly = data.get("weekly") or {}
    if not isinstance(weekly, Mapping) or set(weekly) - set(DAYS):
        raise BadHours("weekly", f"must name days among {', '.join(DAYS)}")
    return OpeningHours(
        zone=data["tz"],
        weekly=tuple(_shifts(day, weekly.get(day) or []) for day in DAYS),
        holidays=frozenset(_date(value) for value in _list(data, "holidays")),
        closures=tuple(_window("closures", value) for value in _list(data, "closures")),
        extra=tuple(_window("extra", value) for value in _list(data, "extra")),
    )


def _list(data: Mapping[str, Any], field: str) -> list[Any]:
    values = data.get(field) or []
    if not isinstance(values, list) or len(values) > MAX_DATES:
        raise BadHours(field, f"must be a list of at most {MAX_DATES}")
    return values


def _shifts(day: str, shifts: Iterable[Any]) -> tuple[Shift, ...]:
    try:
        return tuple((_minutes(opens), _minutes(closes)) for opens, closes in shifts)
    except (ValueError, TypeError, AttributeError):
        raise BadHours(f"weekly.{day}", 'must be shifts such as [["09:00", "18:00"]]') from None


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    total = int(hours) * 60 + int(minutes)
    if len(text) != 5 or not 0 <= int(minutes) < 60 or not 0 <= total <= 24 * 60:
        raise ValueError(text)
    return total


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        raise BadHours("holidays", "must be dates such as 2026-10-26") from None


def _window(field: str, value: Any) -> Window:
    try:
        opens, closes = datetime.fromisoformat(value["from"]), datetime.fromisoformat(value["to"])
    except (ValueError, TypeError, KeyError):
        raise BadHours(
            field, 'must be windows such as {"from": "2025-12-24T12:00", "to": "2025-12-25T00:00"}'
        ) from None
    if opens.tzinfo or closes.tzinfo or opens >= closes:
        raise BadHours(field, "must be local times without a zone, “from” before “to”")
    return opens, closes
