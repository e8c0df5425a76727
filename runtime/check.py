"""`bin/check`: everything that can be said about the code without running it."""

import os
import re
import shutil
import subprocess
import sys
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
# What an audit says that could not ask anybody.
UNREACHABLE = re.compile(
    r"ConnectionError|ConnectionRefused|NewConnectionError|Max retries|timed out|ProxyError|SSLError"
)


@dataclass
class Check:
    name: str
    command: list[str]
    skip_because: str = ""
    # A failure that says this is no failure of the code.
    needs: re.Pattern[str] | None = None

    def passes(self) -> bool:
        if self.skip_because:
            print(f"skipped  {self.name}: {self.skip_because}", flush=True)
            return True
        environment = os.environ | ENVIRONMENT
        done = subprocess.run(self.command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode and self.needs and self.needs.search(done.stdout + done.stderr):
            print(f"skipped  {self.name}: what it asks is not reachable", flush=True)
            return True
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
        Check("dependency audit", audit, needs=UNREACHABLE),
    ]


def main(_arguments: list[str]) -> int:
    failed = [check for check in checks() if not check.passes()]
    return int(bool(failed))


def _why_no_compose() -> str:
    asked = shutil.which("docker") and subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    )
    return "" if asked and asked.returncode == 0 else "no docker compose here; the tests check what it says"
