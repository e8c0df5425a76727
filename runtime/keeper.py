"""Keeps one embedded server up for as long as anybody uses it.

    python -m runtime.keeper ENGINE DIRECTORY [--throwaway]

Everything rests on two file locks, which the system itself lets go when a process dies, however it dies:

* `users.lock`: shared by all who use the server; when the keeper gets it alone, the last one is gone and it stops;
* `keeper.lock`: held by the keeper while it lives, taken by whoever starts it and inherited.
"""

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from runtime.engines import ENGINES, Engine, free_port

START_PATIENCE_S = 60
STOP_PATIENCE_S = 60
LOG_LIMIT_BYTES = 5_000_000
POLL_S = 0.2


class ServerError(Exception):
    """A server that does not come up; the text says what it logged."""


class Kept:
    """One embedded server as its users see it."""

    def __init__(self, engine: str, instance: Path, *, throwaway: bool = False) -> None:
        self.engine = ENGINES[engine](instance / engine, throwaway=throwaway)
        self.files = instance / "servers"
        self.log = instance / "log" / f"{engine}.log"
        self.address = self.files / f"{engine}.json"
        self.users: int | None = None
        self.keeper: subprocess.Popen[bytes] | None = None

    def use(self) -> str:
        """The server's URL, up until this process ends (or `release`); started when it is not up."""
        self.files.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.users is not None:
            return self.ensure()
        # A bare descriptor, so that it stays open as long as this process and whatever replaces it (bin/test).
        self.users = os.open(self._lock_file("users"), os.O_RDWR | os.O_CREAT, mode=0o600)
        os.set_inheritable(self.users, True)
        fcntl.flock(self.users, fcntl.LOCK_SH)  # waits while a keeper is stopping
        return self.ensure()

    def ensure(self) -> str:
        """The URL, after starting a keeper when there is none."""
        deadline = time.monotonic() + START_PATIENCE_S
        started = None
        while not (started and started.poll()) and time.monotonic() < deadline:
            started = self._start_keeper() or started
            self.keeper = started or self.keeper
            with suppress(FileNotFoundError):
                return self.engine.url(json.loads(self.address.read_text())["port"])
            time.sleep(0.03)
        raise ServerError(f"{self.engine.name} did not start. {self.log} ends with:\n{tail(self.log)}")

    def release(self) -> None:
        """Stop using it, and wait until it is down unless others go on."""
        if self.users is None:
            return
        # Opened before: a throwaway server takes its directory along.
        with self.open_lock("keeper") as keeper, self.open_lock("users") as users:
            os.close(self.users)
            self.users = None
            asked = time.monotonic()
            while not try_lock(keeper) and time.monotonic() < asked + STOP_PATIENCE_S:
                # A keeper without users would hold this lock alone after a while.
                if time.monotonic() > asked + 5 * POLL_S and try_lock(users, fcntl.LOCK_SH):
                    return
                time.sleep(0.03)
            if self.keeper:
                self.keeper.wait()

    def open_lock(self, name: str) -> IO[str]:
        return self._lock_file(name).open("w")

    def _lock_file(self, name: str) -> Path:
        return self.files / f"{self.engine.name}.{name}.lock"

    def _start_keeper(self) -> subprocess.Popen[bytes] | None:
        with self.open_lock("keeper") as lock:
            if not try_lock(lock):
                return None
            self.address.unlink(missing_ok=True)
            if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
                self.log.unlink()
            command = [sys.executable, "-m", "runtime.keeper", self.engine.name, str(self.files.parent)]
            with self.log.open("a") as log:
                return subprocess.Popen(
                    [*command, *(["--throwaway"] if self.engine.throwaway else [])],
                    cwd=Path(__file__).parent.parent,
                    pass_fds=[lock.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )


def keep(kept: Kept) -> None:
    """Start the server, then restart it when it dies and stop it when nobody uses it."""
    engine = kept.engine
    engine.prepare()
    port_file = kept.files / f"{engine.name}.port"
    port = free_port(int(port_file.read_text()) if port_file.exists() else 0)
    port_file.write_text(str(port))
    with kept.open_lock("users") as users:
        start(engine, port)
        write_privately(kept.address, json.dumps({"port": port, "keeper": os.getpid()}))
        while not try_lock(users):
            if not engine.is_running():
                print(f"{engine.name} ended with {engine.process.returncode}, starting again", flush=True)
                engine.prepare()
                start(engine, port)
            time.sleep(POLL_S)
        kept.address.unlink()
        engine.stop()
    if engine.throwaway:
        remove(engine.home)


def remove(home: Path) -> None:
    """Clear a throwaway server away; the last one takes the instance's directory along."""
    shutil.rmtree(home)
    if not any((home.parent / name).exists() for name in ENGINES):
        shutil.rmtree(home.parent)


def start(engine: Engine, port: int) -> None:
    engine.start(port)
    deadline = time.monotonic() + START_PATIENCE_S
    while not engine.answers():
        if time.monotonic() > deadline or not engine.is_running():
            engine.stop()
            raise ServerError(f"{engine.name} does not answer")
        time.sleep(0.03)


def try_lock(lock: IO[str], kind: int = fcntl.LOCK_EX) -> bool:
    """Whether nobody holds `lock` against us; taken when so."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_privately(path: Path, text: str) -> None:
    """Replace `path` at once, readable by its owner alone."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(text)
    new.rename(path)


def tail(path: Path, lines: int = 12) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--throwaway", action="store_true")
    arguments = parser.parse_args()
    try:
        keep(Kept(arguments.engine, arguments.instance, throwaway=arguments.throwaway))
    except (ServerError, RuntimeError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
