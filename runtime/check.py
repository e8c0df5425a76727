"""`bin/check`: everything that can be said about the code without running it."""

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass

from runtime.bootstrap import ROOT
from runtime.services import MANAGE

# Settings that let the code be read; nothing connects anywhere. An https address, as in production.
ENVIRONMENT = {
    "SECRET_KEY": "only-for-reading-the-code-" + "0123456789abcdef" * 3,
    "CREDENTIALS_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "PUBLIC_URL": "https://helpdesk.example",
    "DEMO": "0",
}
VULNERABILITIES = "https://pypi.org/pypi/Django/json"


@dataclass
class Check:
    name: str
    command: list[str]
    skip_because: str = ""

    def passes(self) -> bool:
        if self.skip_because:
            print(f"skipped  {self.name}: {self.skip_because}", flush=True)
            return True
        environment = os.environ | ENVIRONMENT
        done = subprocess.run(self.command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        print(f"{'FAILED' if done.returncode else 'ok':<8} {self.name}", flush=True)
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
        return done.returncode == 0


def checks() -> list[Check]:
    python = sys.executable
    ruff = [python, "-m", "ruff"]
    # The check of the history wants the database, and only warns without one.
    makemigrations = [python, "-W", "ignore::RuntimeWarning", *MANAGE[1:], "makemigrations", "--check", "--dry-run"]
    audit = [python, "-m", "pip_audit", "--local", "--progress-spinner=off"]
    return [
        Check("format", [*ruff, "format", "--check", "."]),
        Check("lint", [*ruff, "check", "."]),
        Check("types", [python, "-m", "mypy", "."]),
        Check("import contracts", [python, "-c", "from importlinter.cli import lint_imports_command as run; run()"]),
        Check("migrations complete", makemigrations),
        Check("settings", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]),
        Check(
            "docker-compose.yml",
            ["docker", "compose", "config", "--quiet", "--no-interpolate"],
            _why_no_compose(),
        ),
        Check("dependency audit", audit, _why_no_audit()),
    ]


def main(_arguments: list[str]) -> int:
    failed = [check for check in checks() if not check.passes()]
    return int(bool(failed))


def _why_no_compose() -> str:
    asked = shutil.which("docker") and subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    )
    return "" if asked and asked.returncode == 0 else "no docker compose here; the tests check what it says"


def _why_no_audit() -> str:
    try:
        with urllib.request.urlopen(VULNERABILITIES, timeout=5):
            return ""
    except OSError as error:
        return f"the service that knows vulnerabilities is not reachable ({error})"
