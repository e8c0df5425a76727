"""Bring conversations from elsewhere in, with their own times: one JSON object per line (docs/history-import.md)."""

import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from metrics.history.importer import Import
from tickets.management.base import JsonCommand


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", help="a file, or - for standard input")

    def act(self, **options: Any) -> dict[str, Any]:
        file = options["file"]
        if file == "-":
            return asdict(Import().run(sys.stdin))
        try:
            with Path(file).open(encoding="utf-8") as lines:
                return asdict(Import().run(lines))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error

    def failed(self, answer: dict[str, Any]) -> bool:
        return bool(answer["refused"])

    def words(self, answer: dict[str, Any]) -> str:
        counts = f"Imported {answer['imported']} tickets, skipped {answer['skipped']} that were here already."
        return "\n".join([counts, *(f"Line {fault['line']}: {fault['reason']}" for fault in answer["refused"])])
