"""The process in which mail of strangers is read: frames of raw mail in, frames of JSON out, until nobody asks.

It has neither settings nor secrets, and the system stops it where one message costs too much.
"""

import json
import resource
import struct
import sys
from pathlib import Path
from typing import BinaryIO

from channels_email.parsing import limits, parse
from channels_email.parsing.mail import to_wire

LENGTH = struct.Struct(">Q")


def main() -> None:
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    _limit_memory()
    while (raw := _read(source)) is not None:
        _limit_cpu()
        answer = json.dumps(to_wire(parse(raw))).encode()
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()


def _read(source: BinaryIO) -> bytes | None:
    head = source.read(LENGTH.size)
    return source.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


def _limit_memory() -> None:
    """What the idle parser has, and so much more. Where the system gives no such figure, only time is limited."""
    try:
        idle = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (idle + limits.MAX_MEMORY, resource.RLIM_INFINITY))


def _limit_cpu() -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + limits.MAX_CPU_SECONDS + 1, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
