"""Fill the database with realistic tickets in bulk, to measure on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction

from accounts.models import Team, User
from tickets.channels.registry import kinds
from tickets.management.base import JsonCommand
from tickets.models import Channel, Ticket

SCRIPT = Path(__file__).parent.parent / "seed_bench.sql"
MOST = 5_000_000


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--tickets", type=int, required=True)

    def act(self, *, tickets: int, **options: Any) -> dict[str, Any]:
        if not 1 <= tickets <= MOST:
            raise CommandError(f"--tickets must lie between 1 and {MOST}.")
        with transaction.atomic(), connection.cursor() as cursor:
            places = {"channels": _channels(), "agents": _agents(), "teams": _teams()}
            cursor.execute(SCRIPT.read_text(), {"tickets": tickets, **places})
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return {"tickets": tickets, "in_all": Ticket.objects.count()}


def _channels() -> list[int]:
    """One paused channel of each kind: nothing is polled or sent for them."""
    made = [
        Channel.objects.get_or_create(
            kind=kind.kind,
            address=f"bench-{kind.kind}",
            defaults={"name": f"Bench {kind.label}", "state": Channel.State.PAUSED, "pause_code": "by_hand"},
        )[0]
        for kind in kinds()
    ]
    return [channel.pk for channel in made]


def _agents() -> list[int]:
    made = [
        User.objects.get_or_create(email=f"bench{n}@parley.example", defaults={"name": f"Bench Agent {n}"})[0]
        for n in range(1, 13)
    ]
    return [user.pk for user in made]


def _teams() -> list[int]:
    return [Team.objects.get_or_create(name=name)[0].pk for name in ("Bench day", "Bench night")]
