"""Holidays from elsewhere: what a country keeps (package `holidays`), and what an iCal file says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import holidays
from dateutil.rrule import rrulestr
from icalendar import Calendar

from metrics.opening_hours import MAX_DATES

YEARS_AHEAD = 5
LARGEST_FILE = 1_000_000
LONGEST_EVENT = timedelta(days=62)
# Rules of repetition that give days; anything finer would be asked for every second of the year.
_PARTS = ("FREQ", "INTERVAL", "COUNT", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS")
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")


class NoHolidays(ValueError):
    """What is wrong with the country or the file."""


def countries() -> list[tuple[str, str]]:
    """(code, name), by name."""
    known = holidays.list_supported_countries(include_aliases=False)
    names = {entry[1]: entry[0] for entry in holidays.registry.COUNTRIES.values()}
    return sorted(((code, _spaced(names.get(code, code))) for code in known), key=lambda pair: pair[1])


def _spaced(name: str) -> str:
    return "".join(f" {letter}" if letter.isupper() and n else letter for n, letter in enumerate(name))


def of_country(country: str, subdivision: str, first_year: int) -> set[date]:
    """Public holidays of this year and the next ones. Raises NoHolidays."""
    known = holidays.list_supported_countries().get(country)
    if known is None:
        raise NoHolidays(f"No holidays are known for “{country}”.")
    if subdivision and subdivision not in known:
        raise NoHolidays(f"“{subdivision}” is unknown there. Known are {', '.join(known) or 'none'}.")
    years = range(first_year, first_year + YEARS_AHEAD)
    return set(holidays.country_holidays(country, subdiv=subdivision or None, years=years))


def of_file(content: bytes, first_year: int) -> set[date]:
    """The days of every event in an iCal file, repeated ones for this year and the next ones. Raises NoHolidays."""
    if len(content) > LARGEST_FILE:
        raise NoHolidays("The file is larger than 1 MB. Export only the calendar with the holidays.")
    try:
        events = [event for each in Calendar.from_ical(content, multiple=True) for event in each.walk("VEVENT")]
    except (ValueError, KeyError, IndexError, UnicodeDecodeError):
        raise NoHolidays("The file is no iCal calendar. Choose a file that ends in .ics.") from None
    window = date(first_year, 1, 1), date(first_year + YEARS_AHEAD - 1, 12, 31)
    found: set[date] = set()
    for event in events:
        found.update(day for day in _days(event, *window) if window[0] <= day <= window[1])
        if len(found) > MAX_DATES:
            raise NoHolidays(f"The file has more than {MAX_DATES} days. Export only the calendar with the holidays.")
    if not found:
        raise NoHolidays(f"The file has no day from {window[0]} to {window[1]}.")
    return found


def _days(event: Any, first: date, last: date) -> Iterator[date]:
    try:
        start = _day(event["DTSTART"].dt)
        # The end of an all-day event is the day after it.
        end = _day(event["DTEND"].dt) if "DTEND" in event else start + timedelta(days=1)
        length = min(max(end - start, timedelta(days=1)), LONGEST_EVENT)
        for begins in _beginnings(event, start, first - LONGEST_EVENT, last):
            yield from (begins + timedelta(days=n) for n in range(length.days))
    except NoHolidays:
        raise
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        raise NoHolidays("An event in the file has no date that can be read.") from None


def _beginnings(event: Any, start: date, first: date, last: date) -> list[date]:
    rule = event.get("RRULE")
    if rule is None:
        return [start]
    if rule.get("FREQ", [""])[0] not in _FREQUENCIES:
        raise NoHolidays("An event in the file repeats within a day. Holidays repeat by day, week, month or year.")
    kept = {name: rule[name] for name in _PARTS if name in rule}
    until = min([last, *(_day(value) for value in rule.get("UNTIL", []))])
    text = ";".join(f"{name}={','.join(str(value) for value in values)}" for name, values in kept.items())
    found = rrulestr(text, dtstart=datetime.combine(max(start, date(1900, 1, 1)), datetime.min.time()))
    return [when.date() for when in found.between(_midnight(first), _midnight(until), inc=True)]


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())
