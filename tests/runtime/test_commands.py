"""`bin/run` and `bin/manage` as a stranger uses them, without the demo (journeys start that one)."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import awkward, command, eventually, surroundings

READY = re.compile(r"^ready (\{.*\})$\n", re.MULTILINE)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = awkward(tmp_path_factory.mktemp("commands"))
    home.mkdir(parents=True)
    return home


@pytest.fixture
def run(home) -> Iterator[Started]:
    started = Started(home)
    yield started
    started.stop(signal.SIGTERM)


class Started:
    """One `bin/run --no-demo`, and what it said when it was ready."""

    def __init__(self, home: Path) -> None:
        output = home.parent / "output"
        # Its own process group, as a terminal gives it.
        self.process = subprocess.Popen(
            command("run", "--no-demo"),
            env=surroundings(home, PORT="0"),
            stdout=output.open("w"),
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        eventually(lambda: READY.search(output.read_text()) or self.process.poll() is not None, 180)
        ready = READY.search(output.read_text())
        if not ready:
            self.stop(signal.SIGTERM)
            pytest.fail(output.read_text())
        self.ready = json.loads(ready[1])
        self.children = _descendants(self.process.pid)

    def stop(self, sign: signal.Signals) -> int:
        self.process.send_signal(sign)
        return self.process.wait()


def _descendants(pid: int) -> set[int]:
    children = {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return children.union(*map(_descendants, children))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status == 200
    except OSError:
        return False


def _manage(home: Path, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("manage", *arguments), env=surroundings(home), capture_output=True, text=True, **options
    )


def test_everything_answers_when_it_says_ready_and_ctrl_c_stops_all_of_it(home, run):
    assert run.ready["sandbox"] == {} and run.ready["logins"] == [] and run.ready["api_token"] is None
    assert _answers(run.ready["url"])
    assert len(run.children) >= 5
    told = _manage(home, "shell", "-v0", "-c", "from django.conf import settings as s; print(s.PUBLIC_URL, s.DEMO)")
    assert told.stdout.split() == [run.ready["url"].rstrip("/"), "False"], told.stderr
    assert _answers(run.ready["url"])  # on the same servers, which stay up
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.process.wait() == 0
    assert not any(Path(f"/proc/{child}").exists() for child in run.children)
    assert not _answers(run.ready["url"])


def test_a_second_one_says_who_runs_and_a_killed_one_stops_nobody(home, run):
    second = subprocess.run(command("run"), env=surroundings(home), capture_output=True, text=True)
    assert second.returncode == 1
    assert f"already runs in this clone: {run.ready['url']} (process {run.process.pid})" in second.stderr
    run.stop(signal.SIGKILL)
    assert all(eventually(lambda child=child: not Path(f"/proc/{child}").exists()) for child in run.children)
    third = Started(home)
    assert _answers(third.ready["url"])
    assert third.stop(signal.SIGTERM) == 0


def test_manage_passes_input_output_and_exit_code_through(home):
    # A fresh database has its tables before the first command meets it.
    code = "import sys\nfrom tickets.models import Ticket\nprint('tickets', Ticket.objects.count())\nsys.exit(75)"
    done = _manage(home / "fresh", "shell", "-v0", input=code)
    assert (done.returncode, done.stdout) == (75, "tickets 0\n"), done.stderr
    assert _manage(home / "fresh", "no_such_command").returncode == 1
