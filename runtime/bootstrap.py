"""From any python3 into the project's virtual environment, made or brought up to date first.

Standard library only, and old syntax: a Python that is too old must still be able to say so.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def enter(requirements="requirements.txt"):
    """Return when running inside .venv with `requirements` installed; until then, make it so and start anew."""
    if sys.version_info < OLDEST:
        _start_with_newer_python()
    if Path(sys.prefix).resolve() == VENV.resolve() and _is_current(requirements):
        return
    with _only_one():
        if not _is_current(requirements):
            _install(requirements)
    os.execv(str(PYTHON), [str(PYTHON), *sys.argv])


def _start_with_newer_python():
    for minor in range(OLDEST[1] + 9, OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found:
            os.execv(found, [found, *sys.argv])
    sys.exit("Parley needs Python 3.11 or newer; %s is %d.%d." % (sys.executable, *sys.version_info[:2]))


def _only_one():
    """Held while the environment is made, so that two commands of one clone do not both make it."""
    try:
        (ROOT / "var").mkdir(exist_ok=True)
        lock = open(str(ROOT / "var" / "venv.lock"), "w")  # noqa: SIM115, PTH123 - closed by the caller's `with`
    except PermissionError:
        sys.exit("No permission to write in %s: run as its owner." % ROOT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _stamp(requirements):
    return VENV / (".installed-" + requirements)


def _fingerprint(requirements):
    texts = [(ROOT / name).read_bytes() for name in sorted({"requirements.txt", requirements})]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def _is_current(requirements):
    try:
        return _stamp(requirements).read_text() == _fingerprint(requirements)
    except OSError:
        return False


def _install(requirements):
    _make_venv()
    print("Installing %s into .venv …" % requirements, file=sys.stderr, flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    # Parley's own output belongs on standard output (`bin/manage … --json`), so pip's goes beside it.
    done = subprocess.run([*pip, "-r", str(ROOT / requirements)], stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if done.returncode:
        sys.exit("The packages of %s could not be installed (see above). Mend that and start again." % requirements)
    for installed in {"requirements.txt", requirements}:  # the other list begins with this one
        _stamp(installed).write_text(_fingerprint(installed))


def _make_venv():
    works = PYTHON.exists() and subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True)
    if works and works.returncode == 0:
        return
    print("Making the virtual environment .venv …", file=sys.stderr, flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        sys.exit(
            "%s\nPython's venv module did not work. On Debian and Ubuntu: apt install python3-venv"
            % (made.stdout + made.stderr).strip()
        )
