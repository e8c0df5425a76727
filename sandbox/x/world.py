"""The simulated network. Its verbs are in `accounts`, `posting`, `messaging`; wire, pages and tests call the same."""

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.x.faults import Faults
from sandbox.x.ledger import Ledger
from sandbox.x.limits import Limits
from sandbox.x.messaging import Messaging


@dataclass(frozen=True)
class Seen:
    """One request that reached the network. `status` is 0 where no answer was sent."""

    method: str
    path: str
    route: str
    status: int
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    auth: str = ""
    user_id: int | None = None
    fault: str = ""


class World(Messaging):
    """People and what they say, plus how the network treats its callers: faults, limits, prices."""

    def __init__(self, state: Path | None = None, seed: int = 1) -> None:
        super().__init__(state, seed)
        self.faults = Faults()
        self.limits = Limits()
        self.ledger = Ledger()
        # The newest 2,000.
        self.requests: deque[Seen] = deque(maxlen=2000)
        # Where the server listens; set by it.
        self.base_url = ""

    def log(self, request: Seen) -> None:
        with self.lock:
            self.requests.append(request)

    def seen(self, route: str = "", method: str = "") -> list[Seen]:
        """Requests so far, oldest first, of one route (see `wire.operations`) or method."""
        with self.lock:
            return [
                one
                for one in self.requests
                if (not route or one.route == route) and (not method or one.method == method)
            ]
