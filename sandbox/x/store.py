"""Where the network keeps what it knows: tables in memory, each row also in SQLite so that a restart keeps everything.

A demo that forgot its posts would look to the product as if every customer had deleted theirs.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.x.model import Account, App, Conversation, DmEvent, Media, Post, Token, link_from

KINDS: dict[str, type] = {
    "account": Account,
    "post": Post,
    "dm": DmEvent,
    "conversation": Conversation,
    "media": Media,
    "app": App,
    "token": Token,
}
# Posts and messages above this number are refused: memory and the file stay small.
CAPACITY = 12_000
# Uploaded pictures, all together.
UPLOADS_BYTES = 64_000_000

# Exclusive: a second sandbox on the same state is refused. Without synchronous writes a kill loses nothing, only a
# power cut may.
PRAGMAS = """
pragma locking_mode = exclusive;
pragma journal_mode = wal;
pragma synchronous = off;
pragma cache_size = -500;
"""
SCHEMA = """
create table if not exists row (kind text, id text, body text, primary key (kind, id)) without rowid;
create table if not exists upload (key text primary key, body blob);
"""


class StateError(Exception):
    """The state directory cannot be used; the text says why and what to do."""


class Store:
    """Rows by kind and id. Callers hold the world's lock."""

    def __init__(self, directory: Path | None = None) -> None:
        try:
            self._db = sqlite3.connect(self._file(directory), timeout=1, check_same_thread=False, isolation_level=None)
            self._db.executescript(PRAGMAS + SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise StateError(
                f"The sandbox state in {directory} cannot be used ({error}). Move it away or give another --state."
            ) from error

    @staticmethod
    def _file(directory: Path | None) -> str:
        if directory is None:
            return ":memory:"
        directory.mkdir(parents=True, exist_ok=True)
        return str(directory / "x.sqlite3")

    def rows(self) -> Iterator[tuple[str, Any]]:
        """(kind, object) of everything kept, in order of kind and id."""
        for kind, body in self._db.execute("select kind, body from row order by kind, length(id), id"):
            fields = json.loads(body)
            if "links" in fields:
                fields["links"] = [link_from(link) for link in fields["links"]]
            yield kind, KINDS[kind](**fields)

    def put(self, kind: str, key: object, item: Any) -> None:
        body = json.dumps(asdict(item), ensure_ascii=False, separators=(",", ":"))
        self._db.execute("insert or replace into row values (?, ?, ?)", (kind, str(key), body))

    def upload(self, key: str, body: bytes) -> None:
        self._db.execute("insert or replace into upload values (?, ?)", (key, body))

    def uploaded(self, key: str) -> bytes | None:
        found = self._db.execute("select body from upload where key = ?", (key,)).fetchone()
        return found[0] if found else None

    def uploaded_bytes(self) -> int:
        return self._db.execute("select coalesce(sum(length(body)), 0) from upload").fetchone()[0]

    def close(self) -> None:
        self._db.close()
