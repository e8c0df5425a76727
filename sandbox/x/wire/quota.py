"""Rate limits of the routes, and the headers that tell of them."""

from sandbox.x.limits import DAY_S, QUARTER_S, Window
from sandbox.x.wire.access import Caller
from sandbox.x.wire.operations import APP, Operation
from sandbox.x.wire.problems import too_many
from sandbox.x.world import World

API_VERSION = {"tweet": "2.166", "post": "2.167"}


class Quota:
    def __init__(self, world: World) -> None:
        self._world = world

    def _limits(self, operation: Operation, caller: Caller | None) -> list[tuple[str, int, int]]:
        """(scope, span in seconds, calls) of the windows in which this call counts; the 15 minutes come first."""
        own = self._world.settings.limits.get(operation.name, {})
        app_only = caller.kind == APP if caller else operation.kinds == {APP}
        quarter = ("app", own.get("app", operation.app)) if app_only else ("user", own.get("user", operation.user))
        found = [(quarter[0], QUARTER_S, quarter[1])]
        for scope, limit in (("user", operation.user_day), ("app", operation.app_day)):
            limit = own.get(f"{scope}_day", limit)
            if limit is not None:
                found.append((scope, DAY_S, limit))
        return found

    def take(self, operation: Operation, caller: Caller) -> None:
        """Count the call, or refuse it with 429."""
        now_s = self._world.clock.now_ms() // 1000
        for scope, span, limit in self._limits(operation, caller):
            allowed, window = self._world.limits.take(caller.limit_key(scope), operation.name, span, limit, now_s)
            if not allowed:
                refusal = too_many()
                refusal.headers = window_headers("x-rate-limit", window)
                raise refusal

    def headers(self, operation: Operation, caller: Caller | None) -> dict[str, str]:
        """On every answer, refusals included."""
        now_s = self._world.clock.now_ms() // 1000
        level = caller.access_level if caller else "read"
        headers = {"x-access-level": level, "api-version": API_VERSION[self._world.settings.vocabulary]}
        with self._world.lock:
            for scope, span, limit in self._limits(operation, caller):
                owner = caller.limit_key(scope) if caller else "nobody"
                window = self._world.limits.read(owner, operation.name, span, limit, now_s)
                headers |= window_headers(f"x-{scope}-limit-24hour" if span == DAY_S else "x-rate-limit", window)
        return headers


def window_headers(prefix: str, window: Window) -> dict[str, str]:
    return {
        f"{prefix}-limit": str(window.limit),
        f"{prefix}-remaining": str(window.remaining),
        f"{prefix}-reset": str(window.reset),
    }
