"""The processes that make up a running Parley, and how each is asked whether it answers."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from runtime.address import bracketed
from runtime.bootstrap import ROOT
from runtime.engines import free_port
from runtime.instance import Instance
from runtime.supervisor import Service
from runtime.tether import tethered

MANAGE = [sys.executable, str(ROOT / "manage.py")]
CELERY = ["-m", "celery", "--app=helpdesk", "--quiet"]


@dataclass
class Part:
    """One process and its proof of life (None: being alive is all there is to ask)."""

    service: Service
    answers: Callable[[], bool] | None = None


class Parts:
    """Makes the parts of one installation, all in the same environment."""

    def __init__(self, instance: Instance, environment: dict[str, str]) -> None:
        self.instance = instance
        self.environment = environment

    def web(self, host: str, port: int, url: str) -> Part:
        gunicorn = ["gunicorn", "helpdesk.wsgi", f"--bind={bracketed(host)}:{port}", "--worker-class=gthread"]
        size = ["--workers=2", "--threads=4", "--preload", "--graceful-timeout=5", "--log-level=warning"]
        return Part(self._service("web", "-m", *gunicorn, *size), lambda: _http_answers(url))

    def worker(self) -> Part:
        options = ["--pool=threads", "--concurrency=4", "--without-gossip", "--without-mingle", "--loglevel=WARNING"]
        return Part(self._service("worker", *CELERY, "worker", *options), self._worker_answers)

    def beat(self) -> Part:
        schedule = self.instance.directory / "beat-schedule"
        return Part(self._service("beat", *CELERY, "beat", f"--schedule={schedule}", "--loglevel=WARNING"))

    def sandbox(self, port: int) -> Part:
        state = self.instance.directory / "sandbox"
        service = self._service("sandbox", "-m", "sandbox", f"--port={port}", f"--state={state}")
        return Part(service, lambda: _http_answers(f"http://127.0.0.1:{port}/"))

    def live(self, host: str, port: int) -> Part:
        uvicorn = ["uvicorn", "live.server:app", f"--host={host}", f"--port={port}", "--log-level=warning"]
        service = self._service("live", "-m", *uvicorn, "--timeout-graceful-shutdown=2")
        return Part(service, lambda: _http_answers(f"http://{bracketed(_reachable(host))}:{port}/live/health"))

    def port_of(self, part: str) -> int:
        """The same at every start, as long as it is free: channels of the demo and open pages point at it."""
        remembered = self.instance.directory / f"{part}.port"
        port = free_port(int(remembered.read_text()) if remembered.exists() else 0)
        remembered.write_text(str(port))
        return port

    def _service(self, name: str, *arguments: str) -> Service:
        log = self.instance.log / f"{name}.log"
        return Service(name, [sys.executable, *arguments], log, self.environment, ROOT)

    def _worker_answers(self) -> bool:
        """Asked over the broker, the way it gets its work."""
        ping = tethered(sys.executable, "-m", "runtime.ping")
        return subprocess.run(ping, env=self.environment, cwd=ROOT, capture_output=True, check=False).returncode == 0


def _reachable(host: str) -> str:
    """Where a process that listens on `host` is asked from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


def _http_answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
