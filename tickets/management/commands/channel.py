"""Connect, list, check, pause and resume channels from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from tickets.channels.registry import adapters
from tickets.management.base import JsonCommand, channel_by_id
from tickets.models import Channel
from tickets.services import channels


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="connect an account")
        add.add_argument("kind", help=", ".join(adapters()))
        add.add_argument("--address", required=True)
        add.add_argument("--name", required=True)
        add.add_argument("--credential", action="append", default=[], metavar="NAME=VALUE")
        add.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
        listing = actions.add_parser("list", help="all channels and their health")
        parsers = [add, listing]
        for name in ("check", "pause", "resume"):
            one = actions.add_parser(name)
            one.add_argument("id", type=int)
            parsers.append(one)
        for one in parsers:
            # Also behind the action, where people write it; absent there it must not undo the one before.
            super().add_arguments(one)
            one.set_defaults(json=False)

    def act(self, action: str, **options: Any) -> dict[str, Any]:
        if action == "add":
            return self._add(**options)
        if action == "list":
            return {"channels": [_row(channel) for channel in Channel.objects.order_by("pk")]}
        channel = channel_by_id(options["id"])
        if action == "check":
            return {"id": channel.pk, "ok": True, "name": channels.check(channel).name}
        if action == "pause":
            channels.pause(channel, text="Paused from the command line.")
        else:
            channels.resume(channel)
        channel.refresh_from_db()
        return _row(channel)

    def _add(self, *, kind: str, address: str, name: str, **options: Any) -> dict[str, Any]:
        credentials, settings = _pairs(options["credential"]), _pairs(options["option"])
        return _row(channels.add(kind, address, name, credentials, settings))

    def words(self, answer: dict[str, Any]) -> str:
        rows = answer.get("channels", [answer])
        return "\n".join("  ".join(f"{name}={value}" for name, value in row.items()) for row in rows) or "No channels."


def _pairs(given: list[str]) -> dict[str, str]:
    broken = [pair for pair in given if "=" not in pair]
    if broken:
        # Not the value: it may be a secret written in the wrong place.
        raise CommandError("Write credentials and options as NAME=VALUE.")
    return dict(pair.split("=", 1) for pair in given)


def _row(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.pk,
        "kind": channel.kind,
        "address": channel.address,
        "name": channel.name,
        "state": channel.state,
        "last_ok_at": channel.last_ok_at,
        "error": channel.pause_text or channel.last_error,
    }
