"""Keeps processes running: starts them, starts them again when they die, stops them all."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runtime.keeper import tail
from runtime.tether import tethered

LOG_LIMIT_BYTES = 10_000_000
LONGEST_PAUSE_S = 30
# A process that lived this long did start; its next death is a new story.
SETTLED_S = 60
STOP_PATIENCE_S = 10


@dataclass
class Service:
    """One process that shall run; its output goes to `log`."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str]
    directory: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    deaths: int = 0
    due: float = 0

    @property
    def pause_s(self) -> int:
        return min(2 ** max(self.deaths - 1, 0), LONGEST_PAUSE_S)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                tethered(*self.command),
                cwd=self.directory,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A group of its own: the terminal's Ctrl-C reaches the supervisor alone, which stops all in order.
                start_new_session=True,
            )
        self.started = time.monotonic()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def watch(self) -> None:
        """Say that it died, and start it again after a pause that doubles."""
        now = time.monotonic()
        self._limit_log()
        if self.process is None:
            if now >= self.due:
                self.start()
        elif self.process.poll() is not None:
            kill_group(self.process)
            self.deaths = 1 if now - self.started > SETTLED_S else self.deaths + 1
            print(f"{self.name} stopped ({_how(self.process.returncode)}), starting again in {self.pause_s} s.")
            print(f"{self.log} ends with:\n{tail(self.log, 5)}", flush=True)
            self.process, self.due = None, now + self.pause_s

    def _limit_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)


def stop(services: Iterable[Service], patience_s: float = STOP_PATIENCE_S) -> None:
    """Ask all to end, wait for them together, kill what is left with its children."""
    processes = [service.process for service in services if service.process]
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + patience_s
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
        kill_group(process)
        process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """The process and its children, which share its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _how(returncode: int) -> str:
    return f"signal {signal.Signals(-returncode).name}" if returncode < 0 else f"exit code {returncode}"
