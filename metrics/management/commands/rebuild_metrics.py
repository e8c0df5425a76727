"""Measure every ticket anew from its events."""

from typing import Any

from metrics.services.folding import rebuild
from tickets.management.base import JsonCommand


class Command(JsonCommand):
    help = __doc__

    def act(self, **options: Any) -> dict[str, Any]:
        measured, failed = rebuild()
        return {"measured": measured, "failed": failed}

    def failed(self, answer: dict[str, Any]) -> bool:
        return bool(answer["failed"])

    def words(self, answer: dict[str, Any]) -> str:
        words = f"Measured {answer['measured']} tickets."
        if answer["failed"]:
            words += f" {answer['failed']} could not be measured: the log says which and why."
        return words
