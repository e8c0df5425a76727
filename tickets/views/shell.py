"""What stands around every signed-in page: the views with their counts, and the state of the channels."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import can
from tickets.models import Channel, SavedView
from tickets.notices import Unread, unread
from tickets.queries import BY_CHANNEL, INBOX, VIEWS, View, channels, needs_attention, view_counts

# Each is counted again and again: nobody reads more of them in a side bar.
MOST_SHOWN = 40


class Shell:
    """Each part is read when a template asks for it, and once: five statements for a page that shows all."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def counts(self) -> dict[str, int]:
        return view_counts(self.user, self.saved_views)

    @cached_property
    def saved_views(self) -> list[SavedView]:
        return list(SavedView.objects.usable_by(self.user)[:MOST_SHOWN])

    @cached_property
    def channels(self) -> list[Channel]:
        return channels()

    @cached_property
    def sees_metrics(self) -> bool:
        return can(self.user, "metrics.view")

    @cached_property
    def unread(self) -> Unread:
        return unread(self.user)

    @property
    def inbox(self) -> list[tuple[View, int | None]]:
        return self._counted(INBOX)

    @property
    def by_channel(self) -> list[tuple[View, int | None]]:
        """Only the groups for which a channel is connected."""
        return self._counted(view for view in BY_CHANNEL if self._connected(view))

    @property
    def saved(self) -> list[tuple[SavedView, int | None]]:
        return [(view, self.counts.get(view.key)) for view in self.saved_views]

    @property
    def paused(self) -> list[Channel]:
        return [channel for channel in self.channels if not channel.is_active]

    @property
    def troubled(self) -> int:
        """How many channels somebody should look at."""
        return sum(needs_attention(channel) for channel in self.channels)

    @property
    def logs_calls(self) -> bool:
        return self._connected(VIEWS["calls"])

    def _connected(self, view: View) -> bool:
        return any(channel.kind in view.kinds() for channel in self.channels)

    def _counted(self, views: Iterable[View]) -> list[tuple[View, int | None]]:
        return [(view, self.counts.get(view.key)) for view in views]


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    user = getattr(request, "user", None)
    return {"shell": Shell(user)} if user and user.is_authenticated else {}
