"""One poll of one feed: lease, fetch with no transaction open, store raw items and cursor together."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from tickets.channels.contract import Adapter, Budget, FeedSpec, Page
from tickets.channels.errors import AuthRevoked, BudgetExhausted, ChannelError, CursorExpired, Throttled
from tickets.models import Channel, Feed
from tickets.services import channels, spending
from tickets.services.ingest.store import store

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MAX_PAGES = 50
# Above the soft limit the channel is read this many times less often.
SOFT_LIMIT_SLOWDOWN = 5
LONGEST_PAUSE = timedelta(minutes=15)
# No clock of a network silences a feed for longer, whatever it says.
LONGEST_WAIT = timedelta(days=1)
LARGEST_COUNT = 2**31 - 1


@dataclass
class Polled:
    """What one poll did. `error` is empty unless it failed; `ended` tells whether the walk came to its end."""

    feed: str
    fetched: int = 0
    new: int = 0
    error: str = ""
    ended: bool = False


class LeaseLost(Exception):
    """Another poller took over: it has the newer cursor, so this one stores nothing more."""


def poll(feed_id: int) -> Polled | None:
    """Poll one feed now; None when somebody else is polling it or the channel is paused."""
    with _lease(feed_id) as held:
        if held is None:
            return None
        feed, lease = held
        result = Polled(feed.name)
        try:
            adapter = channels.adapter_for(feed.channel)
            _walk(feed, lease, adapter, result)
        except LeaseLost:
            return None
        except ChannelError as error:
            result.error = error.text
            _failed(feed, error)
        except Exception as error:
            # A bug costs this feed a pause, like any other failure: the next poll would most likely meet it again.
            logger.exception("poll of %s crashed", feed)
            result.error = f"Reading crashed ({type(error).__name__}). The worker's log says where; report it."
            _failed(feed, ChannelError(result.error))
        else:
            _succeeded(feed, adapter, result.ended)
        return result


@contextmanager
def _lease(feed_id: int) -> Iterator[tuple[Feed, UUID] | None]:
    lease, now = uuid4(), timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    with transaction.atomic():
        # A locked read, not an UPDATE with a join: that would look at the lease before the lock was granted.
        unlocked = Feed.objects.select_for_update(of=["self"], skip_locked=True).select_related("channel")
        feed = unlocked.filter(free, pk=feed_id, channel__state=Channel.State.ACTIVE).first()
        if feed:
            feed.lease, feed.leased_until, feed.polled_at = lease, now + LEASE, now
            feed.save(update_fields=["lease", "leased_until", "polled_at"])
    if feed is None:
        yield None
        return
    try:
        yield feed, lease
    finally:
        Feed.objects.filter(pk=feed_id, lease=lease).update(lease=None, leased_until=None)


def _walk(feed: Feed, lease: UUID, adapter: Adapter, result: Polled) -> None:
    """Fetch page by page; each page is stored with its cursor before the next is asked for."""
    for _page in range(MAX_PAGES):
        if _over_hard_limit(feed.channel):
            return
        try:
            page = adapter.fetch(feed.name, feed.cursor)
        except CursorExpired:
            logger.warning("feed %s starts again: its position is too old for the network", feed)
            feed.cursor = {}
            page = adapter.fetch(feed.name, feed.cursor)
        result.fetched += len(page.items)
        result.new += _store_page(feed, lease, page)
        if not page.more:
            result.ended = True
            return


def _over_hard_limit(channel: Channel) -> bool:
    return channel.hard_limit is not None and spending.spent_today(channel) >= channel.hard_limit


def _store_page(feed: Feed, lease: UUID, page: Page) -> int:
    budget = _believable(page.budget)
    with transaction.atomic():
        new = store(feed.channel, page.items, feed.name)
        kept = Feed.objects.filter(pk=feed.pk, lease=lease).update(
            cursor=page.cursor, leased_until=timezone.now() + LEASE, **_budget_columns(budget)
        )
        if not kept:
            raise LeaseLost
        spending.spend(feed.channel, page.uses)
    feed.cursor = page.cursor
    if budget:
        feed.budget_remaining, feed.budget_resets_at = budget.remaining, budget.resets_at
    return new


def _believable(budget: Budget | None) -> Budget | None:
    """What a network told, within what can be: it costs no page and silences no feed for good."""
    if budget is None:
        return None
    return Budget(
        limit=min(max(budget.limit, 0), LARGEST_COUNT),
        remaining=min(max(budget.remaining, 0), LARGEST_COUNT),
        resets_at=min(budget.resets_at, timezone.now() + LONGEST_WAIT),
    )


def _budget_columns(budget: Budget | None) -> dict[str, object]:
    if budget is None:
        return {}
    return {
        "budget_limit": budget.limit,
        "budget_remaining": budget.remaining,
        "budget_resets_at": budget.resets_at,
    }


def _succeeded(feed: Feed, adapter: Adapter, ended: bool) -> None:
    now = timezone.now()
    spec = next((spec for spec in adapter.feeds() if spec.name == feed.name), None)
    # A feed that the adapter no longer names is not polled again.
    changes: dict[str, object] = {"next_poll_at": _next_poll(feed, spec, now, ended) if spec else None}
    if ended:
        changes |= {"previous_ok_at": F("ok_at"), "ok_at": now}
    Feed.objects.filter(pk=feed.pk).update(failures=0, last_error="", **changes)
    Channel.objects.filter(pk=feed.channel_id).update(last_ok_at=now)


def _next_poll(feed: Feed, spec: FeedSpec, now: datetime, ended: bool) -> datetime:
    """The channel's interval, stretched by the network's rate limit and by our own spending limits.

    A walk that was cut goes on as soon as those allow.
    """
    channel = feed.channel
    seconds = float(channel.options.get("poll_seconds") or channel.spec.poll_seconds)
    wait = max(timedelta(seconds=seconds), spec.every or timedelta(0)) if ended else timedelta(0)
    if feed.budget_resets_at and feed.budget_resets_at > now and feed.budget_remaining is not None:
        wait = max(wait, (feed.budget_resets_at - now) / max(feed.budget_remaining, 1))
    if _over_hard_limit(channel):
        return spending.midnight()
    if channel.soft_limit is not None and spending.spent_today(channel) >= channel.soft_limit:
        wait *= SOFT_LIMIT_SLOWDOWN
    return now + min(wait, LONGEST_WAIT)


def _failed(feed: Feed, error: ChannelError) -> None:
    """Keep the cursor, say what happened, and come back when it makes sense."""
    now = timezone.now()
    text = error.text
    failures = feed.failures + 1
    again = now + min(LONGEST_PAUSE, timedelta(seconds=5 * 2 ** min(failures, 10)))
    if isinstance(error, Throttled) and error.retry_at:
        again = max(min(error.retry_at, now + LONGEST_WAIT), now + timedelta(seconds=1))
        if again < error.retry_at:
            text = f"{text} It names {error.retry_at:%d %b %Y}; it is asked again after a day."
    if isinstance(error, AuthRevoked | BudgetExhausted):
        channels.pause(feed.channel, code=type(error).__name__, text=error.text)
    Feed.objects.filter(pk=feed.pk).update(
        next_poll_at=again, failures=failures, last_error=text, **_budget_columns(_believable(error.budget))
    )
    channels.note_error(feed.channel, text)
    logger.warning("poll of %s failed: %s", feed, text)
