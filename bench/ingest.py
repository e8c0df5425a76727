"""A thousand mentions from the network to tickets, against raw inserts of the very same rows."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.test import override_settings
from psycopg2.extras import Json, execute_values

from bench.measure import Row, seconds
from tests import loopback
from tickets.channels import registry
from tickets.models import Channel
from tickets.services import channels
from tickets.services.ingest import translate
from tickets.services.poll import poll

POSTS, PAGE = 1000, 100
# In the order in which they may refer to each other.
TABLES = {
    "tickets_customer": "id",
    "tickets_identity": "id",
    "tickets_ticket": "number",
    "tickets_thread": "id",
    "tickets_message": "id",
    "tickets_messageref": "id",
    "tickets_participant": "id",
    "tickets_event": "id",
    "tickets_inbounditem": "id",
}


def main() -> Iterator[Row]:
    # The network lives in this process and costs next to nothing: what is measured is the core.
    with override_settings(CHANNEL_ADAPTERS=["tests.loopback.LoopbackAdapter"]):
        registry.adapters.cache_clear()
        channel = channels.add("loopback", "@bench-ingest", "Bench", {}, {})
        _ingest(channel, "warm", PAGE)
        _empty()
        ours = POSTS / seconds(lambda: _ingest(channel, "bag", POSTS))
        rows = _rows()
        _empty()
        floor = POSTS / seconds(lambda: _insert(rows))
    registry.adapters.cache_clear()
    yield Row("ingest: mentions to tickets", ours, floor, "posts/s", "raw inserts of the same rows")


def _ingest(channel: Channel, what: str, posts: int) -> None:
    loopback.network.page_size = PAGE
    for n in range(posts):
        loopback.network.say(f"@brand where is {what} {n}? It was on the flight of this morning.", author=f"{what}{n}")
    poll(channel.feeds.get().pk)
    translate(channel.pk)


def _rows() -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Table -> columns and rows."""
    found = {}
    with connection.cursor() as cursor:
        for table, key in TABLES.items():
            cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")
            columns = [f'"{column.name}"' for column in cursor.description]
            found[table] = columns, [tuple(map(_adapted, row)) for row in cursor.fetchall()]
    return found


def _adapted(value: Any) -> Any:
    return Json(value) if isinstance(value, dict | list) else value


def _insert(rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]]) -> None:
    """A page of posts a transaction, as the ingest does it."""
    pages = POSTS // PAGE
    for page in range(pages):
        with transaction.atomic(), connection.cursor() as cursor:
            for table, (columns, all_rows) in rows.items():
                size = -(-len(all_rows) // pages)
                part = all_rows[page * size : (page + 1) * size]
                statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES %s"
                if part:
                    execute_values(cursor.cursor, statement, part, page_size=len(part))


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
