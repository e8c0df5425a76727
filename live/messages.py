"""What travels on the bus: small JSON objects on one Redis channel. Losing one costs a moment, never a fact."""

import json
import logging
from collections.abc import Iterable
from functools import cache
from typing import Any

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

BUS = "parley:live"
VIEWING, REPLYING, LEFT = "viewing", "replying", "left"


@cache
def _bus() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def publish(message: dict[str, Any]) -> None:
    try:
        _bus().publish(BUS, json.dumps(message))
    except redis.RedisError as error:
        logger.warning("live updates are not told: %s", error)


def tickets_changed(teams: Iterable[tuple[int, int | None]]) -> None:
    """(number, team) of tickets that changed; the team decides who hears of it."""
    publish({"kind": "tickets", "tickets": list(teams)})


def presence(number: int, team: int | None, person: dict[str, Any], state: str) -> None:
    """`person` is {id, name, initials, hue}; `state` one of VIEWING, REPLYING, LEFT."""
    publish({"kind": "presence", "number": number, "team": team, "person": person, "state": state})


def notified(users: Iterable[int]) -> None:
    """People for whom there is something new; only they hear of it."""
    publish({"kind": "notified", "users": list(users)})


def called(users: Iterable[int]) -> None:
    """People at whose telephone something moved; only they hear of it."""
    publish({"kind": "calls", "users": list(users)})
