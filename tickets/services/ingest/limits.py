"""What a network may claim: times that a calendar can show, numbers that a column can hold."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tickets.channels.contract import CallEvent, Ignored, Inbound, Person
from tickets.channels.errors import BadPayload

# A clock that was never set says this, and what it dates is still read.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 2**31 - 1


def within(told: Inbound | Ignored | CallEvent, now: datetime) -> Inbound | Ignored | CallEvent:
    """The same within limits: nothing happens in the future, counts lie between 0 and `MOST`. Raises BadPayload."""
    if isinstance(told, Ignored):
        return replace(told, reach=told.reach and replace(told.reach, reach=_counts(told.reach.reach)))
    if isinstance(told, CallEvent):
        return replace(told, at=_time(told.at, now))
    return replace(
        told,
        author=_person(told.author),
        party=told.party and _person(told.party),
        cc=tuple(map(_person, told.cc)),
        occurred_at=_time(told.occurred_at, now),
        reach=_counts(told.reach),
    )


def _time(at: datetime, now: datetime) -> datetime:
    if at.utcoffset() is None:
        raise BadPayload(f"Its time, {at.isoformat()}, says no time zone.")
    if at < EARLIEST:
        raise BadPayload(f"Its time, {at.isoformat()}, is before {EARLIEST.year}.")
    return min(at, now)


def _person(person: Person) -> Person:
    return person if person.followers is None else replace(person, followers=_count(person.followers))


def _counts(numbers: Mapping[str, int | None]) -> dict[str, int]:
    # What was no number in the payload is stored as null.
    return {name: _count(number) for name, number in numbers.items() if number is not None}


def _count(number: int) -> int:
    return min(max(number, 0), MOST)
