"""The embedded servers: in awkward places, side by side, and after every kind of sudden death."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.bootstrap import ROOT
from runtime.instance import Instance
from runtime.keeper import ServerError

from .conftest import eventually, is_up, sql


def keeper_of(instance: Instance, server: str = "DATABASE_URL") -> int:
    return json.loads(instance.servers[server].address.read_text())["keeper"]


def postmaster_of(instance: Instance) -> int | None:
    pid_file = instance.directory / "postgres" / "data" / "postmaster.pid"
    return int(pid_file.read_text().split()[0]) if pid_file.exists() else None


def test_both_start_in_a_deep_path_with_spaces_and_stop_with_their_user(installation):
    instance = installation()
    environment = instance.open()
    assert is_up(environment)
    for extension in ("pg_trgm", "unaccent", "citext", "btree_gin"):
        sql(environment["DATABASE_URL"], f"create extension {extension}")
    instance.close()
    assert not is_up(environment)


def test_servers_never_run_as_root(running):
    assert Path(f"/proc/{postmaster_of(running)}").stat().st_uid != 0


@pytest.mark.parametrize(("server", "user"), [("DATABASE_URL", "parley:"), ("REDIS_URL", "redis://:")])
def test_others_on_this_machine_need_a_password(running, server, user):
    environment = running.open()
    assert is_up(environment)
    assert not is_up(environment | {server: environment[server].replace(user, user + "x")})


def test_two_installations_run_side_by_side_even_when_one_is_a_copy_of_the_other(installation, directory):
    first = installation("first")
    first.open()
    shutil.copytree(directory / "first" / "servers", directory / "second" / "servers")
    here, there = first.open(), installation("second").open()
    assert here["DATABASE_URL"] != there["DATABASE_URL"] and here["REDIS_URL"] != there["REDIS_URL"]
    assert here["CREDENTIALS_KEYS"] != there["CREDENTIALS_KEYS"]
    assert is_up(here) and is_up(there)


def test_the_last_user_switches_off(installation, directory):
    first = installation()
    environment = first.open()
    second = Instance(directory / "one", throwaway=True)
    assert second.open()["DATABASE_URL"] == environment["DATABASE_URL"]
    first.close()
    assert is_up(environment)
    second.close()
    assert not is_up(environment)


def test_a_killed_user_leaves_no_server_behind(directory):
    code = (
        "import sys, pathlib, json; from runtime.instance import Instance;"
        "print(json.dumps(Instance(pathlib.Path(sys.argv[1]), throwaway=True).open()), flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code, directory], cwd=ROOT, text=True, **pipes) as user:
        environment = json.loads(user.stdout.readline())
        assert is_up(environment)
        user.kill()
    assert eventually(lambda: not is_up(environment))
    assert eventually(lambda: not directory.exists())


@pytest.mark.parametrize("victim", [keeper_of, postmaster_of])
def test_a_killed_server_comes_back_with_its_data(installation, victim):
    instance = installation()
    environment = instance.open()
    sql(environment["DATABASE_URL"], "create table kept as select 42 as answer")
    pid = victim(instance)
    os.kill(pid, signal.SIGKILL)

    def is_back() -> bool:
        instance.ensure_servers()
        return victim(instance) not in (pid, None) and is_up(environment)

    assert eventually(is_back)
    assert sql(environment["DATABASE_URL"], "select answer from kept") == 42


def test_what_a_crash_left_does_not_stop_the_next_start(installation, directory):
    (directory / "one" / "postgres.new").mkdir(parents=True)  # a killed initdb
    instance = installation()
    environment = instance.open()
    data = directory / "one" / "postgres" / "data"
    stale = (data / "postmaster.pid").read_text()
    os.kill(keeper_of(instance), signal.SIGKILL)
    assert eventually(lambda: not is_up(environment))
    # The number of the dead server now belongs to somebody else: to this test.
    (data / "postmaster.pid").write_text(stale.replace(stale.split()[0], str(os.getpid()), 1))
    instance.ensure_servers()
    assert is_up(environment)


def test_secrets_are_for_the_owner_alone_and_stay(running):
    assert stat.S_IMODE(running.secrets_file.stat().st_mode) == 0o600
    assert running.open()["CREDENTIALS_KEYS"] == running.open()["CREDENTIALS_KEYS"]


def test_a_database_without_its_secrets_is_not_given_new_ones(directory):
    (directory / "postgres").mkdir(parents=True)
    with pytest.raises(ServerError, match="Put it back from a backup"):
        Instance(directory).open()


def test_servers_of_your_own_are_used_instead(directory, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://me@db.example/mine")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    environment = Instance(directory).open()
    assert environment["DATABASE_URL"] == "postgres://me@db.example/mine"
    assert not (directory / "postgres").exists() and not (directory / "valkey").exists()
