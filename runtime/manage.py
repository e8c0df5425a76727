"""`bin/manage`: a management command on the database and broker of `bin/run`."""

import os
import subprocess
import sys
from typing import NoReturn

from runtime.instance import RunFile, chosen
from runtime.keeper import ServerError
from runtime.services import MANAGE


def main(arguments: list[str]) -> NoReturn:
    """Becomes the command itself, so that its input, output, signals and exit code are its own."""
    run = RunFile().read()
    instance = chosen()
    try:
        environment = instance.open()
    except ServerError as problem:
        sys.exit(str(problem))
    environment.setdefault("DEMO", str(int(run.get("demo", True))))
    if "url" in run:
        environment.setdefault("PUBLIC_URL", run["url"].rstrip("/"))
    if instance.is_new() and arguments[:1] != ["migrate"]:
        migrated = subprocess.run([*MANAGE, "migrate", "--noinput", "--verbosity=0"], env=environment, check=False)
        if migrated.returncode:
            sys.exit(migrated.returncode)
        instance.migrated.touch()
    os.execve(MANAGE[0], [*MANAGE, *arguments], environment)
