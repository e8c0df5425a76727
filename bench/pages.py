"""The pages an agent lives in, on 10,000 tickets, against a bare Django page of 50 rows."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User
from bench.measure import Row, p95_ms
from tickets.models import Message, Ticket

TICKETS, MESSAGES = 10_000, 20


def main() -> Iterator[Row]:
    call_command("seed_bench", tickets=TICKETS, stdout=StringIO())
    client = signed_in()
    ticket = _long_ticket()
    with override_settings(ROOT_URLCONF="bench.bare"):
        queue, page, floor = p95_ms(
            lambda: _get(client, "/"), lambda: _get(client, ticket.get_absolute_url()), lambda: _get(client, "/bare/")
        )
    yield Row("queue page, 50 rows", queue, floor, "ms p95", "bare 50-row page")
    yield Row(f"ticket page, {MESSAGES} messages", page, floor, "ms p95", "bare 50-row page")


def signed_in() -> Client:
    user, _created = User.objects.get_or_create(
        email="bench-admin@parley.example", defaults={"name": "Bench Admin", "role": "admin"}
    )
    # A name that this machine answers to.
    client = Client(headers={"host": "localhost"})
    client.force_login(user, "accounts.backends.SessionBackend")
    return client


def _get(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def _long_ticket() -> Ticket:
    """The newest ticket that waits for us, with as many messages as a long story has."""
    ticket = Ticket.objects.filter(status="open").latest("number")
    first = ticket.messages.earliest("occurred_at")
    missing = MESSAGES - ticket.messages.count()
    now = timezone.now()
    Message.objects.bulk_create(
        [
            Message(
                ticket=ticket,
                thread=first.thread,
                channel=first.channel,
                direction="inbound",
                visibility=first.visibility,
                author_kind="customer",
                identity=first.identity,
                text=f"And another thing, number {n}: it is red, and it has my name on it.",
                external_id=f"long-{n}",
                occurred_at=now - timedelta(minutes=missing - n),
            )
            for n in range(missing)
        ]
    )
    return ticket
