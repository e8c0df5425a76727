"""500 open connections on the live process: its memory, and what the pages' p95 does meanwhile.

Not a ratio to a bare machine but to the same pages without listeners, in one run on real processes.
"""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from bench.measure import Row, p95_ms
from bench.pages import signed_in
from runtime.engines import free_port

LISTENERS = 500
TICKETS = 1000


def main() -> Iterator[Row]:
    call_command("seed_bench", tickets=TICKETS, stdout=StringIO())
    client = signed_in()
    port = free_port(0)
    process = _start(port)
    try:
        without = _page(client)
        yield from asyncio.run(_with_listeners(client, port, process.pid, without))
    finally:
        process.terminate()
        process.wait(10)


def _start(port: int) -> subprocess.Popen[bytes]:
    info = connection.settings_dict
    database = f"postgres://{info['USER']}:{info['PASSWORD']}@{info['HOST']}:{info['PORT']}/{info['NAME']}"
    command = [sys.executable, "-m", "uvicorn", "live.server:app", f"--port={port}", "--log-level=warning"]
    return subprocess.Popen(command, env=os.environ | {"DATABASE_URL": database}, cwd=settings.BASE_DIR)


def _page(client: Client) -> float:
    return p95_ms(lambda: client.get("/"))[0]


async def _with_listeners(client: Client, port: int, pid: int, without: float) -> list[Row]:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    await _until_open(port)
    streams = [await _listen(port, cookie) for _ in range(LISTENERS)]
    memory = _pss_mb(pid)
    during = await asyncio.to_thread(_page, client)
    for writer in streams:
        writer.close()
    return [
        Row(f"queue page while {LISTENERS} listen", during, without, "ms p95", "while nobody listens"),
        Row(f"live process with {LISTENERS} listening", memory, 300, "MB", "allowed"),
    ]


async def _until_open(port: int) -> None:
    for _ in range(200):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError("the live process does not come up")


async def _listen(port: int, cookie: str) -> asyncio.StreamWriter:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    name = settings.SESSION_COOKIE_NAME
    writer.write(f"GET /live/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {name}={cookie}\r\n\r\n".encode())
    await reader.readuntil(b"event: hello")
    return writer


def _pss_mb(pid: int) -> float:
    found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found.group(1)) / 1024 if found else 0
