"""Poll now, in this process: what was fetched, what was new, and what became of it."""

from argparse import ArgumentParser
from typing import Any

from tickets.management.base import JsonCommand, channel_by_id
from tickets.models import Channel, Feed
from tickets.services.ingest import translate
from tickets.services.poll import poll


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--channel", type=int, help="only this one")

    def act(self, *, channel: int | None, **options: Any) -> dict[str, Any]:
        chosen = [channel_by_id(channel)] if channel else Channel.objects.filter(state=Channel.State.ACTIVE)
        return {"channels": [_poll(one) for one in chosen]}

    def words(self, answer: dict[str, Any]) -> str:
        return "\n".join(str(row) for row in answer["channels"]) or "No channel is polled."


def _poll(channel: Channel) -> dict[str, Any]:
    feeds = []
    for feed in Feed.objects.filter(channel=channel).order_by("name"):
        result = poll(feed.pk)
        feed.refresh_from_db()
        if result is None:
            feeds.append({"feed": feed.name, "skipped": "somebody else is polling it, or the channel is paused"})
        else:
            feeds.append({**vars(result), "cursor": feed.cursor})
    made = translate(channel.pk)
    return {
        "channel": channel.pk,
        "feeds": feeds,
        "fetched": sum(feed.get("fetched", 0) for feed in feeds),
        "new": sum(feed.get("new", 0) for feed in feeds),
        "done": made.done,
        "ignored": dict(made.ignored),
        "parked": made.parked,
    }
