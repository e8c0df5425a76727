"""`parse` in a process of its own, so that no mail can take its reader down: a message that kills it is parked."""

import json
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from channels_email.parsing import limits, parse_head
from channels_email.parsing.__main__ import LENGTH
from channels_email.parsing.mail import ParsedMail, from_wire

_ROOT = Path(__file__).resolve().parent.parent.parent
# A process that has read something this large gives its memory back by ending.
_FRESH_AFTER = 5 * 1024 * 1024


def parse(raw: bytes) -> ParsedMail:
    """What `parsing.parse` says. Never raises, whatever becomes of the process."""
    if len(raw) > limits.MAX_BYTES:
        return parse_head(raw, f"The message is larger than {limits.MAX_BYTES // 2**20} MB.")
    return _reader.parse(raw)


class _Died(Exception):
    """The process ended, or said nothing in time."""


class _Reader:
    """One process, made when first needed. A forked worker makes its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def parse(self, raw: bytes) -> ParsedMail:
        with self._lock:
            try:
                answer = self._ask(raw)
            except _Died:
                self._stop()
                return parse_head(raw, "Reading the message took more time or memory than one message may cost.")
            if len(raw) > _FRESH_AFTER:
                self._stop()
        return from_wire(json.loads(answer))

    def _ask(self, raw: bytes) -> bytes:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(LENGTH.pack(len(raw)))
            process.stdin.write(raw)
            process.stdin.flush()
        except OSError as error:
            raise _Died from error
        until = time.monotonic() + limits.MAX_SECONDS
        length = LENGTH.unpack(_read(process.stdout, LENGTH.size, until))[0]
        return _read(process.stdout, length, until)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "channels_email.parsing"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd=_ROOT,
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"},
            )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()


def _read(source: IO[bytes], length: int, until: float) -> bytes:
    parts = []
    while length:
        ready, _, _ = select.select([source], [], [], max(until - time.monotonic(), 0))
        part = source.read(min(length, 1024 * 1024)) if ready else b""
        if not part:
            raise _Died
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


_reader = _Reader()
