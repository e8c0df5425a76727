"""From whatever Python there is into the right one."""

import ast
import os
import pwd
import shutil
import subprocess
import sys

import pytest

from runtime import bootstrap
from runtime.bootstrap import ROOT
from runtime.tether import tethered


@pytest.mark.parametrize(
    "path", [ROOT / "runtime/bootstrap.py", *sorted((ROOT / "bin").iterdir())], ids=lambda p: p.name
)
def test_an_old_python_can_read_as_far_as_the_message(path):
    ast.parse(path.read_text(), feature_version=(3, 6))


def test_an_old_python_alone_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(SystemExit, match=r"Parley needs Python 3\.11 or newer; .* is 3\.9"):
        bootstrap.enter()


def test_changed_requirements_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("one==1\n")
        assert not bootstrap._is_current(name)
        bootstrap._stamp(name).write_text(bootstrap._fingerprint(name))
        assert bootstrap._is_current(name)
    (tmp_path / "requirements.txt").write_text("one==2\n")
    assert not bootstrap._is_current("requirements.txt")
    assert not bootstrap._is_current("requirements-dev.txt")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
def test_a_program_in_a_directory_of_root_alone_runs_under_another_user(tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    shell = shutil.copy("/bin/sh", hidden)
    command = tethered(shell, "-c", f'test -x "{shell}" && id -u', user=pwd.getpwnam("nobody"))
    done = subprocess.run(command, cwd=hidden, capture_output=True, text=True)
    assert done.stdout.strip() == str(pwd.getpwnam("nobody").pw_uid), done.stderr
