"""Measure every ticket anew from its events."""

import os
from argparse import ArgumentParser
from typing import Any

from metrics.services.folding import rebuild
from tickets.management.base import JsonCommand

MOST_PROCESSES = 8


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--processes",
            type=int,
            default=min(os.cpu_count() or 1, MOST_PROCESSES),
            choices=range(1, MOST_PROCESSES + 1),
            help="among how many the work is shared (default: the processors, at most 8)",
        )

    def act(self, **options: Any) -> dict[str, Any]:
        measured, failed = rebuild(options["processes"])
        return {"measured": measured, "failed": failed}

    def failed(self, answer: dict[str, Any]) -> bool:
        return bool(answer["failed"])

    def words(self, answer: dict[str, Any]) -> str:
        words = f"Measured {answer['measured']} tickets."
        if answer["failed"]:
            words += f" {answer['failed']} could not be measured: the log says which and why."
        return words
