"""What Parley's commands share: `--json`, and a failure that exits non-zero with words."""

import json
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.channels.errors import ChannelError
from tickets.models import Channel
from tickets.services.errors import Refused


class JsonCommand(BaseCommand, ABC):
    """Subclasses return what they did from `act`; it is printed as JSON or by `words`."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")

    @abstractmethod
    def act(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Do it; the answer is what `--json` prints."""

    def failed(self, answer: dict[str, Any]) -> bool:
        """Whether the answer itself is bad news: the command then exits with 1."""
        return False

    def words(self, answer: dict[str, Any]) -> str:
        return "\n".join(f"{name}: {value}" for name, value in answer.items())

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self.act(**options)
        except (Refused, ChannelError) as error:
            raise CommandError(error.text) from error
        self.stdout.write(json.dumps(answer, default=str) if options["json"] else self.words(answer))
        if self.failed(answer):
            raise SystemExit(1)


def channel_by_id(channel_id: int) -> Channel:
    """Raises CommandError that names the channels there are."""
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        known = ", ".join(f"{pk} ({name})" for pk, name in Channel.objects.values_list("pk", "name")) or "none"
        raise CommandError(f"There is no channel {channel_id}. Known: {known}.")
    return channel
