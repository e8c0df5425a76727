"""Installations of their own, started and stopped for real, in directories that make it hard."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from runtime.bootstrap import ROOT
from runtime.instance import SERVER_NAMES, Instance

GIVEN = ("SECRET_KEY", "CREDENTIALS_KEYS", "DEMO", "PUBLIC_URL", "ALLOWED_HOSTS", "VAR_DIR", "HOST", "PORT")


@pytest.fixture(autouse=True, scope="module")
def nothing_given():
    """As on a machine whose environment says nothing about Parley."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*SERVER_NAMES, *GIVEN):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def directory(tmp_path) -> Path:
    return awkward(tmp_path)


@pytest.fixture
def installation(directory) -> Iterator[Callable[..., Instance]]:
    """Makes installations with quick servers, and closes them."""
    made: list[Instance] = []

    def make(name: str = "one") -> Instance:
        made.append(Instance(directory / name, throwaway=True))
        return made[-1]

    yield make
    for instance in made:
        instance.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Instance]:
    """One installation whose servers are up, for tests that leave it as it is."""
    instance = Instance(awkward(tmp_path_factory.mktemp("running")), throwaway=True)
    instance.open()
    yield instance
    instance.close()


def awkward(parent: Path) -> Path:
    """With spaces, longer than a socket's path may be, below a directory that only its owner may enter."""
    return parent / "a clone" / ("deep " * 20).strip()


def sql(url: str, statement: str) -> object:
    """The first value of the first row."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def is_up(environment: dict[str, str]) -> bool:
    """Whether both servers answer."""
    try:
        return sql(environment["DATABASE_URL"], "select 1") == 1 and redis.from_url(environment["REDIS_URL"]).ping()
    except (psycopg2.Error, redis.ConnectionError):
        return False


def eventually(condition: Callable[[], bool], patience_s: float = 60) -> bool:
    """Whether it comes true at all; the patience is for a broken machine, not a measure."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def command(name: str, *arguments: str) -> list[str]:
    return [str(ROOT / "bin" / name), *arguments]


def surroundings(directory: Path, **more: str) -> dict[str, str]:
    return os.environ | {"VAR_DIR": str(directory)} | more
