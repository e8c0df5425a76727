"""Who listens, who may hear what, and who is looking at which ticket. All of it lives in the memory of one process."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from live.messages import LEFT

# A browser says every 15 seconds where its person is; one that fell silent is gone after this.
PRESENCE_S = 40
# A connection that does not keep up is told to start over instead of filling our memory.
MOST_WAITING = 100

Sight = Callable[[int | None], bool]


@dataclass(frozen=True)
class Hint:
    """One server-sent event."""

    event: str
    data: str


@dataclass(eq=False)
class Listener:
    """One open connection. `sees` answers for a team id whether its person may know of it."""

    user_id: int
    sees: Sight
    waiting: asyncio.Queue[Hint] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))

    def tell(self, hint: Hint) -> None:
        try:
            self.waiting.put_nowait(hint)
        except asyncio.QueueFull:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(Hint("resync", "{}"))


@dataclass
class Place:
    """One person at one ticket."""

    person: dict[str, Any]
    state: str
    team: int | None
    until: float


class Hub:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.listeners: set[Listener] = set()
        self.places: dict[int, dict[int, Place]] = {}

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[Listener]:
        """What is known about presence comes first."""
        self.listeners.add(listener)
        for number, places in self.places.items():
            seen = [place for place in places.values() if listener.sees(place.team)]
            if seen:
                listener.tell(_presence(number, seen))
        try:
            yield listener
        finally:
            self.listeners.discard(listener)

    def receive(self, message: dict[str, Any]) -> None:
        """Pass a message of the bus on to those who may hear it."""
        if message["kind"] == "tickets":
            self._tickets(message["tickets"])
        elif message["kind"] in ("notified", "calls"):
            self._tell_users(message["users"], Hint(message["kind"], "{}"))
        elif message["kind"] == "presence":
            self._place(message)

    def _tickets(self, tickets: list[tuple[int, int | None]]) -> None:
        for listener in self.listeners:
            numbers = [number for number, team in tickets if listener.sees(team)]
            if numbers:
                listener.tell(Hint("tickets", json.dumps({"numbers": numbers})))

    def _tell_users(self, users: list[int], hint: Hint) -> None:
        for listener in self.listeners:
            if listener.user_id in users:
                listener.tell(hint)

    def _place(self, message: dict[str, Any]) -> None:
        number, person, state = message["number"], message["person"], message["state"]
        places = self.places.setdefault(number, {})
        before = places.get(person["id"])
        if state == LEFT:
            places.pop(person["id"], None)
        else:
            places[person["id"]] = Place(person, state, message["team"], self.clock() + PRESENCE_S)
        if (before.state if before else LEFT) != state:
            self._tell_presence(number, message["team"])
        if not places:
            del self.places[number]

    def forget_silent(self) -> None:
        """Called every second: browsers that were lost are gone from their tickets."""
        now = self.clock()
        for number, places in list(self.places.items()):
            silent = [user for user, place in places.items() if place.until <= now]
            team = next(iter(places.values())).team
            for user in silent:
                del places[user]
            if silent:
                self._tell_presence(number, team)
            if not places:
                del self.places[number]

    def _tell_presence(self, number: int, team: int | None) -> None:
        hint = _presence(number, list(self.places.get(number, {}).values()))
        for listener in self.listeners:
            if listener.sees(team):
                listener.tell(hint)


def _presence(number: int, places: list[Place]) -> Hint:
    people = [{**place.person, "state": place.state} for place in places]
    return Hint("presence", json.dumps({"number": number, "people": people}))
