"""Rate-limit windows: 15 minutes and 24 hours, per user and per app."""

from dataclasses import dataclass

QUARTER_S, DAY_S = 900, 86_400


@dataclass(frozen=True)
class Window:
    """State of one window. `reset` is unix seconds."""

    limit: int
    remaining: int
    reset: int


class Limits:
    """Counts calls. Callers hold the world's lock."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, str, int], list[int]] = {}

    def read(self, owner: str, route: str, span_s: int, limit: int, now_s: int) -> Window:
        started, used = self._used.get((owner, route, span_s), (now_s, 0))
        if now_s >= started + span_s:
            started, used = now_s, 0
        return Window(limit, max(limit - used, 0), started + span_s)

    def take(self, owner: str, route: str, span_s: int, limit: int, now_s: int) -> tuple[bool, Window]:
        """Count one call if the window has room: (allowed, window after it)."""
        window = self.read(owner, route, span_s, limit, now_s)
        if window.remaining <= 0:
            return False, window
        used = limit - window.remaining + 1
        self._used[owner, route, span_s] = [window.reset - span_s, used]
        return True, Window(limit, limit - used, window.reset)

    def clear(self) -> None:
        """Start all windows anew."""
        self._used.clear()
