"""How each channel is: does it read, how late is it, what does it cost, what waits for a person, and how to mend it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.channels.contract import ChannelKind
from tickets.models import Channel, Delivery, Feed, InboundItem, Spending

# A feed may be this late before anybody should worry: the beat rings each second and a poll takes a moment.
LATE = timedelta(minutes=2)
BY_HAND = "by_hand"

Tone = Literal["ok", "due", "breach"]


@dataclass(frozen=True)
class Outbox:
    """Replies of a channel that have not arrived: still waiting, refused, or of unknown outcome."""

    waiting: int = 0
    failed: int = 0
    unknown: int = 0

    @property
    def troubled(self) -> int:
        return self.failed + self.unknown


@dataclass(frozen=True)
class Health:
    """One channel as the channels page shows it. Money is in US dollars of the current UTC day."""

    channel: Channel
    feeds: list[Feed]
    now: datetime
    spent: Decimal
    parked: int
    outbox: Outbox

    @property
    def kind(self) -> ChannelKind:
        return self.channel.spec

    @cached_property
    def _verdict(self) -> tuple[Tone, str, str]:
        """Tone, the state in two words, and a sentence that says what is lost and what mends it."""
        channel = self.channel
        if not channel.is_active:
            return self._paused()
        if self.failing:
            text = _("Nothing is lost: reading goes on where it stopped, and tries again by itself.")
            return "due", _("In trouble"), f"{self._error} {text}"
        if self.over_hard_limit:
            return "due", _("Stopped until midnight UTC"), _("Today’s spending limit is reached. Raise it to read on.")
        if self.behind > LATE:
            text = _("No worker reads it. Start the worker and the beat; what was missed is fetched then.")
            return "breach", _("Not read"), text
        if self.over_soft_limit:
            return "due", _("Slowed down"), _("Today’s spending is above the soft limit, so it is read less often.")
        if channel.last_error:
            return "due", _("Had an error"), channel.last_error
        return "ok", _("Working"), ""

    def _paused(self) -> tuple[Tone, str, str]:
        kept = _("Nothing is lost: what was missed is fetched, and waiting replies are sent, after you resume.")
        if self.channel.pause_code == BY_HAND:
            return "due", _("Paused"), f"{self.channel.pause_text} {kept}".strip()
        return "breach", _("Stopped"), f"{self.channel.pause_text or self.channel.last_error} {kept}".strip()

    @property
    def tone(self) -> Tone:
        return self._verdict[0]

    @property
    def word(self) -> str:
        return self._verdict[1]

    @property
    def hint(self) -> str:
        return self._verdict[2]

    @cached_property
    def failing(self) -> list[Feed]:
        return [feed for feed in self.feeds if feed.failures]

    @property
    def _error(self) -> str:
        return next((feed.last_error for feed in self.failing if feed.last_error), self.channel.last_error)

    @cached_property
    def polled_at(self) -> datetime | None:
        return max((feed.polled_at for feed in self.feeds if feed.polled_at), default=None)

    @cached_property
    def behind(self) -> timedelta:
        """How long ago the latest feed should have been read; zero when all are on time."""
        due = [feed.next_poll_at for feed in self.feeds if feed.next_poll_at]
        return max((self.now - at for at in due if at < self.now), default=timedelta(0))

    @property
    def seconds_behind(self) -> int:
        return int(self.behind.total_seconds())

    @cached_property
    def budget(self) -> Feed | None:
        """The feed with the least left in the network's current window; None where no network told."""
        told = [
            feed
            for feed in self.feeds
            if feed.budget_limit and feed.budget_resets_at and feed.budget_resets_at > self.now
        ]
        return min(told, key=lambda feed: (feed.budget_remaining or 0) / (feed.budget_limit or 1), default=None)

    @property
    def budget_used(self) -> int:
        feed = self.budget
        return (feed.budget_limit or 0) - (feed.budget_remaining or 0) if feed else 0

    @property
    def over_hard_limit(self) -> bool:
        return self.channel.hard_limit is not None and self.spent >= self.channel.hard_limit

    @property
    def over_soft_limit(self) -> bool:
        return self.channel.soft_limit is not None and self.spent >= self.channel.soft_limit

    @property
    def limit(self) -> Decimal | None:
        return self.channel.hard_limit if self.channel.hard_limit is not None else self.channel.soft_limit


def health_of_all() -> list[Health]:
    """Every channel, the ones in trouble first; five statements however many channels there are."""
    channels = list(Channel.objects.defer("credentials").prefetch_related("feeds"))
    found = _health(channels)
    return sorted(found, key=lambda health: (["breach", "due", "ok"].index(health.tone), health.channel.name))


def health_of(channel: Channel) -> Health:
    return _health([channel])[0]


def _health(channels: list[Channel]) -> list[Health]:
    now = timezone.now()
    ids = [channel.pk for channel in channels]
    today = Spending.objects.filter(channel__in=ids, day=now.astimezone(UTC).date())
    spent = dict(today.values("channel").annotate(usd=Sum("usd")).values_list("channel", "usd"))
    parked = InboundItem.objects.filter(channel__in=ids, state=InboundItem.State.PARKED)
    parked_by = dict(parked.order_by().values("channel").annotate(n=Count("pk")).values_list("channel", "n"))
    outbox = _outboxes(ids)
    return [
        Health(
            channel=channel,
            feeds=list(channel.feeds.all()),
            now=now,
            spent=spent.get(channel.pk) or Decimal(0),
            parked=parked_by.get(channel.pk, 0),
            outbox=outbox.get(channel.pk, Outbox()),
        )
        for channel in channels
    ]


def _outboxes(ids: list[int]) -> dict[int, Outbox]:
    open_states = (Delivery.State.PENDING, Delivery.State.FAILED, Delivery.State.UNKNOWN)
    rows = (
        Delivery.objects.filter(channel__in=ids, state__in=open_states)
        .order_by()
        .values("channel")
        .annotate(
            waiting=Count("pk", filter=Q(state=Delivery.State.PENDING)),
            failed=Count("pk", filter=Q(state=Delivery.State.FAILED)),
            unknown=Count("pk", filter=Q(state=Delivery.State.UNKNOWN)),
        )
    )
    return {row["channel"]: Outbox(row["waiting"], row["failed"], row["unknown"]) for row in rows}
