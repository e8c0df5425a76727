"""Newest first, a page at a time."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from sandbox.x.clock import id_at
from sandbox.x.wire.call import Call
from sandbox.x.wire.problems import invalid

BASE32HEX = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
TOKEN_HEAD, TOKEN_TAIL = "7", "ZZZZ"
TOKEN_LENGTH = 24


class HasId(Protocol):
    id: int


Item = TypeVar("Item", bound=HasId)


def token(before: int, direction: str = TOKEN_HEAD) -> str:
    """An opaque name for "what is older than this id"."""
    digits = ""
    while before:
        before, digit = divmod(before, 32)
        digits = BASE32HEX[digit] + digits
    return direction + digits.rjust(TOKEN_LENGTH - 5, "0") + TOKEN_TAIL


def position(call: Call, *names: str) -> int | None:
    """The id below which the asked page starts."""
    for name in names:
        value = call.query.get(name)
        if value is None:
            continue
        if len(value) != TOKEN_LENGTH or value[0] != TOKEN_HEAD or not value.endswith(TOKEN_TAIL):
            raise invalid(name, value, f"The `{name}` query parameter value [{value}] is not valid")
        try:
            return int(value[1:-4], 32)
        except ValueError:
            raise invalid(name, value, f"The `{name}` query parameter value [{value}] is not valid") from None
    return None


def within(call: Call, items: Sequence[Item]) -> list[Item]:
    """Items between since_id, until_id (both exclusive), start_time (inclusive) and end_time (exclusive)."""
    since, until = call.id_or_none("since_id"), call.id_or_none("until_id")
    start, end = call.time_ms("start_time"), call.time_ms("end_time")
    if start is not None and end is not None and start >= end:
        raise invalid("start_time", call.query["start_time"], "'start_time' must be before 'end_time'.")
    low = max(since + 1 if since is not None else 0, id_at(start) if start is not None else 0)
    high = min([bound for bound in (until, id_at(end) if end is not None else None) if bound is not None], default=None)
    return [item for item in items if item.id >= low and (high is None or item.id < high)]


def page(call: Call, items: Sequence[Item], size: int, names: tuple[str, ...]) -> tuple[list[Item], dict[str, Any]]:
    """One page of `items` (newest first) and its `meta`."""
    start = position(call, *names)
    rest = [item for item in items if start is None or item.id < start]
    shown = list(rest[:size])
    meta: dict[str, Any] = {"result_count": len(shown)}
    if shown:
        call.page_start = shown[0].id + 1
        if len(rest) > size:
            meta["next_token"] = token(shown[-1].id)
    if start is not None:
        meta["previous_token"] = token(start, "1")
    return shown, meta


def ends(meta: dict[str, Any], shown: Sequence[HasId]) -> dict[str, Any]:
    """`meta` with the newest and the oldest id, as post timelines have it."""
    if not shown:
        return meta
    return {**meta, "newest_id": str(shown[0].id), "oldest_id": str(shown[-1].id)}
