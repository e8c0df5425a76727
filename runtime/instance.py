"""One installation on this machine: a directory with its servers, secrets, media and logs.

`var/demo` is the demo's, `var/own` that of `bin/run --no-demo`, so that made-up and real customers never mix.
`VAR_DIR` names another directory.
"""

import base64
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from runtime.bootstrap import ROOT
from runtime.engines import POSTGRES_BIN
from runtime.keeper import Kept, ServerError, try_lock, write_privately

SERVER_NAMES = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}


class Instance:
    def __init__(self, directory: Path, *, throwaway: bool = False) -> None:
        self.directory = directory.absolute()
        self.log = self.directory / "log"
        self.secrets_file = self.directory / "secrets.env"
        self.servers = {
            name: Kept(engine, self.directory, throwaway=throwaway)
            for name, engine in SERVER_NAMES.items()
            if not os.environ.get(name)
        }

    def open(self) -> dict[str, str]:
        """The environment of this installation's processes, with every server in it up until this process ends."""
        try:
            self.log.mkdir(parents=True, exist_ok=True)
            own = {name: value for name, value in self._secrets().items() if not os.environ.get(name)}
            own |= {name: server.use() for name, server in self.servers.items()}
        except PermissionError as error:
            raise ServerError(f"No permission for {error.filename}: run as the owner of {self.directory}.") from error
        path = os.pathsep.join([str(POSTGRES_BIN), os.environ.get("PATH", os.defpath)])
        return os.environ | own | {"VAR_DIR": str(self.directory), "PATH": path, "PYTHONUNBUFFERED": "1"}

    @property
    def migrated(self) -> Path:
        """A file that is there once the embedded database has the product's tables."""
        return self.directory / "postgres" / "migrated"

    def is_new(self) -> bool:
        return "DATABASE_URL" in self.servers and not self.migrated.exists()

    def ensure_servers(self) -> None:
        """Bring a server back whose keeper was killed."""
        for server in self.servers.values():
            server.ensure()

    def close(self) -> None:
        for server in self.servers.values():
            server.release()

    def _secrets(self) -> dict[str, str]:
        """`secrets.env`, made on first use."""
        if not self.secrets_file.exists():
            self._make_secrets()
        lines = self.secrets_file.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def _make_secrets(self) -> None:
        if (self.directory / "postgres").exists():
            raise ServerError(
                f"{self.secrets_file} is missing, and the credentials in the database beside it cannot be read "
                f"without it. Put it back from a backup, or delete {self.directory} to begin anew."
            )
        fernet_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        text = f"SECRET_KEY={secrets.token_urlsafe(48)}\nCREDENTIALS_KEYS={fernet_key}\n"
        draft = self.secrets_file.with_suffix(f".{os.getpid()}")
        write_privately(draft, f"# Back this file up apart from the database (docs/backup.md).\n{text}")
        with suppress(FileExistsError):  # another command was first
            os.link(draft, self.secrets_file)
        draft.unlink()


class RunFile:
    """`run.json`: what `bin/run` last started in this clone. Whether it still runs, its lock tells."""

    def __init__(self) -> None:
        self.path = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute() / "run.json"

    def claim(self) -> IO[str] | None:
        """A lock to keep open while running; None when another `bin/run` holds it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = self.path.with_suffix(".lock").open("w")
        return lock if try_lock(lock) else None

    def read(self) -> dict[str, Any]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def write(self, *, demo: bool, url: str = "") -> None:
        write_privately(self.path, json.dumps({"pid": os.getpid(), "demo": demo, "url": url}))


def chosen(*, demo: bool | None = None) -> Instance:
    """The installation of `bin/run` (demo or not); when not told which, the one it last started."""
    if os.environ.get("VAR_DIR"):
        return Instance(Path(os.environ["VAR_DIR"]))
    if demo is None:
        demo = RunFile().read().get("demo", True)
    return Instance(ROOT / "var" / ("demo" if demo else "own"))
