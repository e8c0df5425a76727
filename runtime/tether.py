"""Runs one command that dies with its parent, optionally under an unprivileged user.

    python tether.py PARENT_PID SIGNAL USER_ID:GROUP_ID|- COMMAND …

A step between parent and command, because Python code between fork and exec is unsafe in a parent with threads.
"""

import ctypes
import os
import pwd
import signal
import struct
import sys
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECURE_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522


def tethered(*command: str, user: pwd.struct_passwd | None = None, death_signal: int = signal.SIGKILL) -> list[str]:
    """The command line that runs `command`, as `user`, until the calling process dies and it gets `death_signal`."""
    who = f"{user.pw_uid}:{user.pw_gid}" if user else "-"
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(death_signal)), who, *command]


def main(parent: str, death_signal: str, user: str, *command: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if user != "-":
        uid, gid = map(int, user.split(":"))
        _become(libc, uid, gid, command[0])
    # After the change of user, which would clear it.
    libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("the process that started this one is gone")
    os.execv(command[0], command)


def _become(libc: ctypes.CDLL, uid: int, gid: int, program: str) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, -1, -1)
    # Asked for the real user, while we still are root in effect.
    if all(os.access(path, os.X_OK) for path in (program, Path.cwd())):
        os.setresuid(uid, uid, uid)
    else:
        _become_with_search_permission(libc, uid, program)


def _become_with_search_permission(libc: ctypes.CDLL, uid: int, program: str) -> None:
    """A clone below root's own directory: of root's rights keep just the one to pass through directories."""
    # Without this bit PostgreSQL's own look at its binaries with access() would go without that right.
    libc.prctl(PR_SET_SECUREBITS, SECURE_NO_SETUID_FIXUP, 0, 0, 0)
    os.setresuid(uid, uid, uid)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        header = struct.pack("Ii", LINUX_CAPABILITY_VERSION_3, 0)
        mask = 1 << capability
        if (
            libc.capset(header, struct.pack("6I", mask, mask, mask, 0, 0, 0)) == 0
            and libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0
        ):
            return
    sys.exit(
        f"PostgreSQL must not run as root, and no other user may enter {Path(program).parent}. "
        "Clone to a directory that everybody may enter, or start as an ordinary user."
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
