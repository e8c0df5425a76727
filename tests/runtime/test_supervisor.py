"""Processes that shall run: started again when they die, stopped with their children, never left over."""

import os
import signal
import subprocess
import sys

import pytest

from runtime.bootstrap import ROOT
from runtime.supervisor import Service, stop

from .conftest import eventually

# A server that ignores polite requests, with a child that does, too.
STUBBORN = (
    "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork();"
    "os.write(1, b'%d \\n' % os.getpid()); time.sleep(600)"
)


@pytest.fixture
def service(tmp_path):
    made = []

    def make(code: str) -> Service:
        log = tmp_path / "log" / "it.log"
        made.append(Service("it", [sys.executable, "-c", code], log, dict(os.environ), tmp_path))
        made[-1].start()
        return made[-1]

    yield make
    stop(made, patience_s=0)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_that_dies_is_started_again_and_it_is_said(service, capsys):
    it = service("import sys; print('no luck', flush=True); sys.exit(7)")

    def was_started_twice() -> bool:
        it.watch()
        return it.log.read_text().count("no luck") >= 2

    assert eventually(was_started_twice)
    said = capsys.readouterr().out
    assert "it stopped (exit code 7), starting again in 1 s." in said
    assert "no luck" in said


def test_each_death_doubles_the_pause(service):
    it = service("")
    pauses = []
    for _ in range(7):
        assert eventually(lambda: not it.is_running())
        it.watch()
        pauses.append(it.pause_s)
        it.start()
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_stop_takes_children_and_the_stubborn(service):
    it = service(STUBBORN)
    assert eventually(lambda: len(it.log.read_text().split()) == 2)
    stop([it], patience_s=0)
    assert all(eventually(lambda pid=pid: not lives(int(pid))) for pid in it.log.read_text().split())


def test_a_killed_supervisor_takes_its_processes_along(tmp_path):
    code = (
        "import os, sys, pathlib, time; from runtime.supervisor import Service;"
        "here = pathlib.Path(sys.argv[1]); sleep = [sys.executable, '-c', 'import time; time.sleep(600)'];"
        "s = Service('it', sleep, here / 'log', dict(os.environ), here);"
        "s.start(); print(s.process.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        child = int(supervisor.stdout.readline())
        assert lives(child)
        supervisor.send_signal(signal.SIGKILL)
    assert eventually(lambda: not lives(child))


def test_a_log_does_not_fill_the_disk(service, monkeypatch):
    monkeypatch.setattr("runtime.supervisor.LOG_LIMIT_BYTES", 1000)
    it = service("import time\nwhile True: print('word ' * 50, flush=True); time.sleep(0.01)")

    def was_cut() -> bool:
        it.watch()
        return it.log.with_suffix(".log.1").exists()

    assert eventually(was_cut)
