"""`bin/run`: the whole helpdesk on this machine, until Ctrl-C."""

import argparse
import hashlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from runtime.address import Refused, allowed_hosts, listening_address, public_url
from runtime.bootstrap import ROOT
from runtime.instance import Instance, RunFile, chosen
from runtime.keeper import ServerError, tail
from runtime.services import MANAGE, Part, Parts
from runtime.supervisor import stop
from runtime.tether import tethered

TICK_S = 0.3
READY_PATIENCE_S = 120
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bin/run",
        description="Start Parley: web, worker, beat and, with the demo brand, the sandbox networks.",
        epilog="HOST (127.0.0.1) and PORT (8000) say where it listens; docs/settings.md names the rest.",
    )
    parser.add_argument("--no-demo", action="store_true", help="start empty, with a page that makes the first admin")
    demo = not parser.parse_args(arguments).no_demo
    for sign in SIGNALS:
        signal.signal(sign, _interrupt)
    run_file = RunFile()
    try:
        lock = run_file.claim()
        if lock is None:
            raise Refused(_who_runs(run_file))
        host, port = listening_address()
        run_file.write(demo=demo, url=public_url(host, port))
        Run(chosen(demo=demo), host, port, demo=demo).until_interrupted()
    except (Refused, ServerError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.")
    return 0


class Step:
    """A command that is done once, beside others."""

    def __init__(self, what: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.what, self.log = what, log
        self.process = subprocess.Popen(
            tethered(*command), env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def result(self) -> str:
        """What it printed; its failure ends the start with its last words."""
        printed, complaint = self.process.communicate()
        if self.process.returncode:
            self.log.write_text(complaint)
            raise Refused(f"{self.what} failed. {self.log} ends with:\n{tail(self.log, 6)}")
        return printed


class Run:
    """One start of one installation, from its servers to the last of its processes."""

    def __init__(self, instance: Instance, host: str, port: int, *, demo: bool) -> None:
        self.instance, self.host, self.port, self.demo = instance, host, port, demo
        self.url = public_url(host, port)
        self.environment: dict[str, str] = {}
        self.parts: list[Part] = []

    def until_interrupted(self) -> None:
        try:
            self._announce(self._start())
            while True:
                time.sleep(TICK_S)
                self.instance.ensure_servers()
                for part in self.parts:
                    part.service.watch()
        finally:
            for sign in SIGNALS:
                signal.signal(sign, signal.SIG_IGN)
            stop(part.service for part in self.parts)
            self.instance.close()

    def _start(self) -> dict[str, Any]:
        """Start everything and wait until it answers; what the ready line says."""
        print("Starting the database …", flush=True)
        self.environment = self.instance.open() | {"DEMO": str(int(self.demo))}
        self.environment.setdefault("PUBLIC_URL", self.url.rstrip("/"))
        self.environment.setdefault("ALLOWED_HOSTS", ",".join(allowed_hosts(self.host)))
        parts = Parts(self.instance, self.environment)
        ready: dict[str, Any] = {"url": self.url, "sandbox": {}, "logins": [], "api_token": None}
        ready |= self._prepare_demo(parts) if self.demo else self._prepare()
        if self.instance.is_new():
            self.instance.migrated.touch()
        live = parts.port_of("live")
        self.environment["LIVE_PORT"] = str(live)
        self._add(parts.web(self.host, self.port, self.url), parts.live(self.host, live), parts.worker(), parts.beat())
        return ready

    def _prepare(self) -> dict[str, Any]:
        tables = self._manage("Preparing the database", "migrate", "--noinput", "--verbosity=0")
        self._collect_static_files()
        tables.result()
        return {}

    def _prepare_demo(self, parts: Parts) -> dict[str, Any]:
        """One command makes the tables and the brand: two would load the product twice."""
        port = parts.port_of("sandbox")
        address = f"http://127.0.0.1:{port}"
        self._add(parts.sandbox(port))
        seeded = self._manage("Preparing the demo brand", "seed_demo", "--json", f"--sandbox={address}")
        self._collect_static_files()
        return json.loads(seeded.result()) | {"sandbox": {"x": address}}

    def _collect_static_files(self) -> None:
        """Only when they changed: compressing them is a third of a second start."""
        stamp, now = self.instance.directory / "static.stamp", static_fingerprint()
        if not stamp.exists() or stamp.read_text() != now:
            self._manage("Collecting static files", "collectstatic", "--noinput", "--verbosity=0").result()
            stamp.write_text(now)

    def _manage(self, what: str, *arguments: str) -> Step:
        print(f"{what} …", flush=True)
        return Step(what, [*MANAGE, *arguments], self.environment, self.instance.log / f"{arguments[0]}.log")

    def _add(self, *parts: Part) -> None:
        """Start processes together and wait until each answers."""
        for part in parts:
            print(f"Starting {part.service.name} …", flush=True)
            part.service.start()
            self.parts.append(part)
        deadline = time.monotonic() + READY_PATIENCE_S
        for part in parts:
            while part.answers and not part.answers():
                self._refuse_when_dead(late=time.monotonic() > deadline, waited_for=part)
                time.sleep(0.1)
        self._refuse_when_dead()

    def _refuse_when_dead(self, *, late: bool = False, waited_for: Part | None = None) -> None:
        for part in self.parts:
            if not part.service.is_running() or (late and part is waited_for):
                log = part.service.log
                raise Refused(f"{part.service.name} does not come up. {log} ends with:\n{tail(log)}")

    def _announce(self, ready: dict[str, Any]) -> None:
        print(f"\nParley is at {self.url}")
        for network, address in ready["sandbox"].items():
            print(f"The sandbox network {network} is at {address}/ – write there as any customer")
        for login in ready["logins"]:
            print(f"  {login['role']:<8} {login['username']:<28} {login['password']}")
        if not self.demo:
            print("Open it to make the first admin.")
        print(f"Logs are in {self.instance.log}. Ctrl-C stops everything.\n")
        print(f"ready {json.dumps(ready, ensure_ascii=False)}", flush=True)


def static_fingerprint() -> str:
    """Changes with any static file of ours, and with the packages that bring others."""
    files = [ROOT / "requirements.txt", *ROOT.glob("static/**/*"), *ROOT.glob("*/static/**/*")]
    seen = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(files)]
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def _who_runs(run_file: RunFile) -> str:
    other = run_file.read()
    if not other.get("url"):
        return "Another bin/run is just starting in this clone, or a bin/restore runs."
    return f"Parley already runs in this clone: {other['url']} (process {other['pid']}). Ctrl-C there stops it."


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
