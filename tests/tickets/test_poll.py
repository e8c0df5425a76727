"""Polling: leases, cursors, back-off, money."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.loopback import LoopbackAdapter
from tickets.channels.contract import Budget
from tickets.channels.errors import AuthRevoked, CursorExpired, Throttled, Unavailable
from tickets.models import Feed, InboundItem, Price, Spending
from tickets.services import channels, spending
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed(channel):
    return channel.feeds.get()


def test_nothing_new_is_one_request(network, feed):
    poll(feed.pk)
    assert network.calls == ["fetch"]
    feed.refresh_from_db()
    assert feed.next_poll_at > timezone.now()


def test_a_walk_over_pages_stores_each_with_its_cursor(network, feed):
    network.page_size = 2
    for n in range(5):
        network.say(f"post {n}")
    result = poll(feed.pk)
    feed.refresh_from_db()
    assert (result.fetched, result.new, feed.cursor) == (5, 5, {"seen": 5})


def test_a_failure_in_the_middle_keeps_what_was_stored(network, feed):
    network.page_size = 2
    for n in range(4):
        network.say(f"post {n}")
    network.during["fetch"] = lambda: (
        network.fail("fetch", Unavailable("X is down.")) if len(network.calls) == 2 else None
    )
    assert poll(feed.pk).error == "X is down."
    feed.refresh_from_db()
    assert (InboundItem.objects.count(), feed.cursor, feed.failures) == (2, {"seen": 2}, 1)
    network.during.clear()
    assert poll(feed.pk).new == 2


def test_throttling_waits_for_the_networks_own_clock(network, feed):
    at = timezone.now() + timedelta(minutes=7)
    network.fail("fetch", Throttled("Slow down.", retry_at=at))
    poll(feed.pk)
    feed.refresh_from_db()
    assert feed.next_poll_at == at


def test_wrong_credentials_pause_the_channel_and_resuming_catches_up(network, feed, channel):
    network.say("while we were locked out")
    network.fail("fetch", AuthRevoked("X no longer accepts the access token. Reconnect the account."))
    poll(feed.pk)
    channel.refresh_from_db()
    assert (channel.state, channel.pause_code) == ("paused", "AuthRevoked")
    assert "Reconnect" in channel.pause_text
    assert poll(feed.pk) is None
    channels.resume(channel)
    assert poll(feed.pk).new == 1


def test_a_position_too_old_starts_again(network, feed):
    network.say("hello")
    network.fail("fetch", CursorExpired("since_id is too old"))
    assert poll(feed.pk).new == 1


def test_a_held_lease_keeps_the_second_poller_out(network, feed):
    network.during["fetch"] = lambda: results.append(poll(feed.pk)) if len(network.calls) == 1 else None
    results = []
    assert poll(feed.pk) is not None
    assert results == [None]


def test_a_poller_that_lost_its_lease_stores_nothing(network, feed):
    network.say("hello")
    network.during["fetch"] = lambda: type(feed).objects.filter(pk=feed.pk).update(lease=None)
    assert poll(feed.pk) is None
    feed.refresh_from_db()
    assert (InboundItem.objects.count(), feed.cursor) == (0, {})


def test_a_resource_read_twice_on_one_day_is_paid_once(network, feed, channel):
    network.say("one")
    network.say("two")
    poll(feed.pk)
    type(feed).objects.update(cursor={})
    poll(feed.pk)
    assert Spending.objects.get().count == 2
    assert spending.spent_today(channel) == Decimal("0.01")


def test_an_edited_price_counts_from_then_on(network, feed, channel):
    Price.objects.create(kind="loopback", resource="post_read", usd="1")
    network.say("one")
    poll(feed.pk)
    assert spending.spent_today(channel) == 1


def test_the_soft_limit_slows_and_the_hard_limit_stops_reading_until_midnight(network, feed, channel):
    channels.set_limits(channel, soft=Decimal("0.001"), hard=Decimal("0.01"))
    network.say("one")
    poll(feed.pk)
    feed.refresh_from_db()
    assert feed.next_poll_at > timezone.now() + timedelta(minutes=4)
    network.say("two")
    poll(feed.pk)
    feed.refresh_from_db()
    assert feed.next_poll_at == spending.midnight()


@pytest.mark.parametrize(
    ("budget", "kept"),
    [
        (Budget(10**12, -1, datetime(9999, 1, 1, tzinfo=UTC)), (2**31 - 1, 0)),
        (Budget(-5, 10**12, datetime(9999, 1, 1, tzinfo=UTC)), (0, 2**31 - 1)),
    ],
)
def test_a_budget_that_cannot_be_costs_no_page_and_silences_no_feed(network, feed, monkeypatch, budget, kept):
    fetch = LoopbackAdapter.fetch
    monkeypatch.setattr(LoopbackAdapter, "fetch", lambda *given: replace(fetch(*given), budget=budget))
    network.say("hello")
    assert poll(feed.pk).new == 1
    feed.refresh_from_db()
    assert (feed.budget_limit, feed.budget_remaining) == kept
    assert feed.next_poll_at < timezone.now() + timedelta(days=2)


def test_no_network_silences_a_feed_for_longer_than_a_day(network, feed):
    network.fail("fetch", Throttled("Slow down.", retry_at=datetime(9999, 1, 1, tzinfo=UTC)))
    poll(feed.pk)
    feed.refresh_from_db()
    assert feed.next_poll_at < timezone.now() + timedelta(days=2)
    assert feed.last_error == "Slow down. It names 01 Jan 9999; it is asked again after a day."


def test_a_bug_while_reading_backs_off_and_says_so(network, feed):
    network.fail("fetch", RuntimeError("token=secret"))
    assert "RuntimeError" in poll(feed.pk).error
    feed.refresh_from_db()
    assert feed.failures == 1
    assert feed.next_poll_at > timezone.now()
    assert "secret" not in feed.last_error


def test_a_walk_that_was_cut_is_not_complete_and_goes_on_at_once(network, feed):
    network.page_size = 1
    for n in range(60):
        network.say(f"post {n}")
    poll(feed.pk)
    feed.refresh_from_db()
    assert (feed.ok_at, feed.cursor) == (None, {"seen": 50})
    assert feed.next_poll_at <= timezone.now()
    poll(feed.pk)
    feed.refresh_from_db()
    assert feed.ok_at
    assert InboundItem.objects.count() == 60


def test_the_hard_limit_stops_a_walk_between_two_pages_and_raising_it_goes_on(network, feed, channel):
    channels.set_limits(channel, soft=None, hard=Decimal("0.01"))
    network.page_size = 1
    for n in range(4):
        network.say(f"post {n}")
    poll(feed.pk)
    feed.refresh_from_db()
    assert (feed.cursor, feed.ok_at, feed.next_poll_at) == ({"seen": 2}, None, spending.midnight())
    poll(feed.pk)
    assert network.calls == ["fetch", "fetch"], "nothing is asked for once the money is spent"
    channels.set_limits(channel, soft=None, hard=Decimal(1))
    feed.refresh_from_db()
    assert feed.next_poll_at <= timezone.now()
    assert poll(feed.pk).ended


def test_feeds_follow_what_the_adapter_names(feed, channel):
    gone = Feed.objects.create(channel=channel, name="gone")
    channels.pause(channel)
    channels.resume(channel)
    gone.refresh_from_db()
    assert gone.next_poll_at is None
    Feed.objects.update(next_poll_at=None)
    channels.update(channel, name="Brand", credentials={}, options={})
    feed.refresh_from_db()
    assert feed.next_poll_at
