"""The process that holds the open connections: `uvicorn live.server:app`.

One task listens to the bus, one forgets silent browsers, and every connection waits in its own queue. Behind a reverse
proxy it is mounted at /live/ of the same origin; `bin/run` gives it a port of its own.
"""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django.setup(set_prefix=False)

import redis.asyncio  # noqa: E402
from django.conf import settings  # noqa: E402
from django.http.request import validate_host  # noqa: E402
from redis.exceptions import RedisError  # noqa: E402
from sse_starlette import EventSourceResponse, ServerSentEvent  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.requests import Request  # noqa: E402
from starlette.responses import PlainTextResponse, Response  # noqa: E402
from starlette.routing import Route  # noqa: E402

from live.hub import Hub, Listener  # noqa: E402
from live.messages import BUS  # noqa: E402
from live.sessions import Listening, person_of  # noqa: E402

logger = logging.getLogger("live")

HEARTBEAT_S = 10
LOOK_AGAIN_S = 60
RECONNECT_S = 1
hub = Hub()


async def listen_to_bus() -> None:
    """For ever; a broker that is gone is asked again every second."""
    while True:
        try:
            async with redis.asyncio.from_url(settings.REDIS_URL) as client, client.pubsub() as bus:
                await bus.subscribe(BUS)
                async for message in bus.listen():
                    if message["type"] == "message":
                        hub.receive(json.loads(message["data"]))
        except (RedisError, OSError) as error:
            logger.warning("the bus is gone: %s", error)
            await asyncio.sleep(RECONNECT_S)


async def forget_silent() -> None:
    while True:
        await asyncio.sleep(1)
        hub.forget_silent()


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(listen_to_bus()), asyncio.create_task(forget_silent())]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def events(request: Request) -> Response:
    origin = request.headers.get("origin", "")
    allowed = _cors(origin) if origin else {}
    if origin and not allowed:
        return PlainTextResponse("This page may not listen.", status_code=403)
    key = request.cookies.get(settings.SESSION_COOKIE_NAME, "")
    person = await asyncio.to_thread(person_of, key) if key else None
    if person is None:
        # 204 tells an EventSource to stop asking.
        return Response(status_code=204, headers=allowed)
    return EventSourceResponse(_hints(key, person), ping=HEARTBEAT_S, headers=allowed)


def _cors(origin: str) -> dict[str, str]:
    """Pages of this installation listen, on whichever of its names; nobody else's do."""
    host = urlsplit(origin).hostname or ""
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return {}
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}


async def _hints(key: str, person: Listening) -> AsyncIterator[ServerSentEvent]:
    with hub.listening(Listener(person.user_id, person.sees)) as listener:
        yield ServerSentEvent(event="hello", data="{}")
        loop = asyncio.get_running_loop()
        look_again = loop.time() + LOOK_AGAIN_S
        while True:
            try:
                hint = await asyncio.wait_for(listener.waiting.get(), max(0.01, look_again - loop.time()))
                yield ServerSentEvent(event=hint.event, data=hint.data)
            except TimeoutError:
                fresh = await asyncio.to_thread(person_of, key)
                if fresh is None:
                    return
                listener.sees = fresh.sees
                look_again = loop.time() + LOOK_AGAIN_S


async def health(request: Request) -> Response:
    return PlainTextResponse(f"{len(hub.listeners)} listening")


app = Starlette(routes=[Route("/live/", events), Route("/live/health", health)], lifespan=lifespan)
