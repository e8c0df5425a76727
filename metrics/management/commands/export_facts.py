"""Print the measures of every ticket, one per line; ages and running clocks are those of now, or of `--as-of`."""

import csv
import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from metrics.queries.facts import FIELDS, all_tickets, facts_at
from tickets.models import Ticket


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")
        parser.add_argument(
            "--json", action="store_const", const="jsonl", dest="format", help="the same as --format jsonl"
        )
        parser.add_argument("--external-id", help="only this ticket, by the name that an import gave it")
        parser.add_argument("--as-of", type=_instant, help="ISO 8601, such as 2026-11-01T12:00:00Z; default: now")

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["as_of"] if options["as_of"] is not None else int(time.time())
        facts = facts_at(_chosen(options["external_id"]), now)
        if options["format"] == "csv":
            self._write_csv(facts)
        else:
            for row in facts:
                self.stdout.write(json.dumps(row))

    def _write_csv(self, facts: Iterator[dict[str, Any]]) -> None:
        writer = csv.DictWriter(self.stdout, FIELDS, lineterminator="\n")
        writer.writeheader()
        for row in facts:
            nested = {name: json.dumps(value) for name, value in row.items() if isinstance(value, list)}
            writer.writerow(row | nested)


def _chosen(external_id: str | None) -> Iterator[tuple[int, str | None]]:
    if external_id is None:
        return all_tickets()
    found = list(Ticket.objects.filter(external_id=external_id).values_list("number", "external_id"))
    if not found:
        raise CommandError(f"There is no ticket with the external id “{external_id}”.")
    return iter(found)


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no time; write one such as 2026-11-01T12:00:00Z") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
