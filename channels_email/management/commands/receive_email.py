"""Raw messages in, from standard input (an MTA's pipe) or files; one JSON line each.

Exit 0 when everything is stored, parked messages too; 75 when something is not, so that an MTA tries again.
"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from channels_email.receive import receive
from tickets.management.base import channel_by_id

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--channel", type=int, required=True)
        parser.add_argument("--json", action="store_true", help="always on: the answer is JSON lines")
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *, channel: int, files: list[Path], **options: Any) -> None:
        try:
            mailbox = channel_by_id(channel)
            for raw in [file.read_bytes() for file in files] or [sys.stdin.buffer.read()]:
                self.stdout.write(json.dumps(asdict(receive(mailbox, raw))))
        except (CommandError, OSError, DatabaseError) as error:
            self.stderr.write(f"Nothing was stored: {error}")
            raise SystemExit(TRY_AGAIN) from error
