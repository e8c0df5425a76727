"""Opening hours as people type them, to and from the data of a calendar (`metrics.opening_hours`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from metrics.opening_hours import DAYS

_SHIFT = re.compile(r"(\d{1,2}):(\d\d)\s*(?:-|–|to)\s*(\d{1,2}):(\d\d)")
_WINDOW = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)\s*(?:-|–|to)\s*(\d{4}-\d\d-\d\d) (\d\d:\d\d)")


class Unreadable(ValueError):
    """What could not be read, and how it is written."""


def shifts(text: str) -> list[list[str]]:
    """`9:00-12:30, 13:00-18:00`; `22:00-06:00` ends on the next day. Empty: closed."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _SHIFT.fullmatch(part)
        if not match:
            raise Unreadable(f"“{part}” is no shift. Write it as 9:00-12:30, several with a comma between.")
        opens_h, opens_m, closes_h, closes_m = match.groups()
        found.append([f"{opens_h:0>2}:{opens_m}", f"{closes_h:0>2}:{closes_m}"])
    return found


def windows(text: str) -> list[dict[str, str]]:
    """One a line: `2026-12-24 12:00 to 2026-12-25 00:00`."""
    found = []
    for line in _lines(text):
        match = _WINDOW.fullmatch(line)
        if not match:
            raise Unreadable(f"“{line}” is no time. Write it as 2026-12-24 12:00 to 2026-12-25 00:00.")
        from_day, from_time, to_day, to_time = match.groups()
        found.append({"from": f"{from_day}T{from_time}", "to": f"{to_day}T{to_time}"})
    return found


def dates(text: str) -> list[str]:
    """One a line: `2026-12-25`, with a name behind it if you like."""
    return sorted({line.split()[0] for line in _lines(text)})


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def as_text(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the calendar's form from its data."""
    weekly = data.get("weekly") or {}
    return {
        "tz": data["tz"],
        **{day: ", ".join(f"{opens}-{closes}" for opens, closes in weekly.get(day) or []) for day in DAYS},
        "holidays": "\n".join(data.get("holidays") or []),
        "closures": _windows_text(data.get("closures") or []),
        "extra": _windows_text(data.get("extra") or []),
    }


def _windows_text(found: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(f"{each['from'].replace('T', ' ')} to {each['to'].replace('T', ' ')}" for each in found)
