"""Servers of its own for a command that must not touch anybody's data: tests and benchmarks."""

import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from runtime.bootstrap import ROOT
from runtime.instance import Instance
from runtime.keeper import ServerError


def become(*command: str) -> NoReturn:
    """Run `python -m command` on servers that vanish with it (DATABASE_URL and REDIS_URL name others)."""
    try:
        environment = Instance(Path(tempfile.mkdtemp(prefix="parley-")), throwaway=True).open()
    except ServerError as problem:
        sys.exit(str(problem))
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "-m", *command], environment)
