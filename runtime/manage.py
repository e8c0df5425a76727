"""`bin/manage`: a management command on the database and broker of `bin/run`."""

import signal
import subprocess
import sys

from runtime.instance import Instance, RunFile, chosen
from runtime.keeper import ServerError
from runtime.services import MANAGE
from runtime.tether import tethered


def main(arguments: list[str]) -> int:
    """The command's own exit code; its input and output are this process's."""
    instance = chosen()
    try:
        environment = _environment(instance)
        if instance.is_new() and arguments[:1] != ["migrate"]:
            code = _manage(["migrate", "--noinput", "--verbosity=0"], environment)
            if code:
                return code
            instance.migrated.touch()
        return _manage(arguments, environment)
    except ServerError as problem:
        sys.exit(str(problem))
    finally:
        instance.close()


def _environment(instance: Instance) -> dict[str, str]:
    run = RunFile().read()
    environment = instance.open()
    environment.setdefault("DEMO", str(int(run.get("demo", True))))
    if run.get("url"):
        environment.setdefault("PUBLIC_URL", run["url"].rstrip("/"))
    return environment


def _manage(arguments: list[str], environment: dict[str, str]) -> int:
    process = subprocess.Popen(tethered(*MANAGE, *arguments), env=environment)
    # Ctrl-C reaches the command by itself: what it does with it is its own matter.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda sign, _frame: process.send_signal(sign))
    code = process.wait()
    return code if code >= 0 else 128 - code
