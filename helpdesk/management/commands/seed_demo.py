"""The demo brand: its tables, its people, its channels on the simulated networks, a week to work on, and weeks that
are over. Again is harmless."""

import json
from argparse import ArgumentParser
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.core.management import call_command
from django.core.management.base import CommandError

from helpdesk.demo import history, past, people
from tickets import states
from tickets.management.base import JsonCommand
from tickets.models import Channel, Ticket
from tickets.services import channels

MAILBOX = "support@northwind.example"
LINE = "+442079460812"
# The sandbox takes no money and knows no limits that matter: the demo should feel alive.
POLL_SECONDS = "5"


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--sandbox", required=True, metavar="URL", help="where `python -m sandbox` listens")

    def act(self, *, sandbox: str, **options: Any) -> dict[str, Any]:
        network = _connection(sandbox)
        call_command("migrate", interactive=False, verbosity=0)
        answer = people.hire()
        agents = people.agents()
        connected = _connect(network)
        mailbox, line = _channel("email", MAILBOX, "Support mail"), _channel("phone", LINE, "Service line")
        # Every step may be done again: a start that was broken off goes on where it was.
        if not Ticket.objects.filter(status=states.SOLVED).exists():
            history.read_network(connected)
            history.read_mails(mailbox)
            history.take_calls(line, agents)
            history.work(agents)
        past.tell(past.Where(connected.address, mailbox.address, line.address, [agent.email for agent in agents]))
        return answer


def _connection(sandbox: str) -> dict[str, Any]:
    try:
        with urlopen(f"{sandbox.rstrip('/')}/_sandbox/connection", timeout=10) as answer:  # noqa: S310 - given by hand
            found: dict[str, Any] = json.load(answer)["x"]
    except (URLError, ValueError, KeyError) as error:
        raise CommandError(f"No sandbox answers at {sandbox}: {error}. Start it with `python -m sandbox`.") from error
    return found


def _channel(kind: str, address: str, name: str) -> Channel:
    known = Channel.objects.filter(kind=kind, address=address).first()
    return known or channels.add(kind, address, name, {}, {})


def _connect(network: dict[str, Any]) -> Channel:
    """The brand's account; a sandbox that moved to another port is followed."""
    options = {"api_base_url": network["api_base_url"], "poll_seconds": POLL_SECONDS}
    channel = Channel.objects.filter(kind="x", address=network["address"]).first()
    if channel is None:
        return channels.add("x", network["address"], "X @northwindair", network["credentials"], options)
    channels.update(channel, name=channel.name, credentials=network["credentials"], options=options)
    return channel
