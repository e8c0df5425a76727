"""Bad days, ordered in advance: `world.faults.add("unavailable", "mentions", times=2)`."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

# Name -> what happens. Those of BEFORE answer instead of the route, so a write is not applied;
# those of AFTER spoil the answer of a route that has done its work.
BEFORE = {
    "rate_limited": "429 with the reset header (`reset_in` seconds, default 60)",
    "rate_limited_without_reset": "429 without any rate-limit header",
    "usage_cap": "429 UsageCapExceeded, although calls remain in the window",
    "credits_depleted": "402 CreditsDepleted",
    "spend_cap": "403 SpendCapReached",
    "unauthorized": "401",
    "client_forbidden": "403 client-not-enrolled",
    "server_error": "500 JSON",
    "unavailable": "503 JSON",
    "cloudflare": "503 with Cloudflare's HTML",
    "hang_before": "no answer for `seconds` (default 60), then the connection closes; nothing was applied",
    "reset_before": "connection closed without an answer; nothing was applied",
}
AFTER = {
    "empty_body": "the status of success with an empty body; a write was applied",
    "html": "200 with an HTML page; a write was applied",
    "truncated": "JSON that ends in the middle; a write was applied",
    "unavailable_after": "503, although the write was applied",
    "hang_after": "the write was applied, no answer for `seconds` (default 60), then the connection closes",
    "reset_after": "the write was applied, the connection closes without an answer",
    "empty_page": "a page without data but with a next token; the data follow behind it",
    "repeated_page": "the next token leads to the same page once more",
    "unknown_event": "a DM event of a type that nobody knows leads the page",
    "broken_item": "the newest item of the page has a broken shape",
    "missing_includes": "expansions were asked for, none are there",
}
NAMES = BEFORE | AFTER


class UnknownFault(ValueError):
    pass


@dataclass
class Fault:
    """`route` is an operation's name or "*"; `times` None stays until cleared."""

    name: str
    route: str = "*"
    times: int | None = 1
    options: dict[str, Any] = field(default_factory=dict)


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: list[Fault] = []
        self.happened: Counter[str] = Counter()

    def add(self, name: str, route: str = "*", *, times: int | None = 1, **options: Any) -> Fault:
        """Order a fault. Several for one route happen in the order of adding."""
        if name not in NAMES:
            raise UnknownFault(f"There is no fault {name!r}; known: {', '.join(sorted(NAMES))}.")
        fault = Fault(name, route, times, options)
        with self._lock:
            self._queue.append(fault)
        return fault

    def take(self, route: str) -> Fault | None:
        """The fault that hits this call, if any."""
        with self._lock:
            for fault in self._queue:
                if fault.route not in ("*", route):
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._queue.remove(fault)
                self.happened[fault.name] += 1
                return fault
            return None

    def clear(self) -> None:
        with self._lock:
            self._queue.clear()

    def waiting(self) -> list[Fault]:
        with self._lock:
            return list(self._queue)
