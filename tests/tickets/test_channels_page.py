"""The channels page: for whom, what it says about each channel, and how an admin mends it."""

from datetime import UTC, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import factories as make
from tickets.channel_health import health_of
from tickets.channels import registry
from tickets.channels.errors import AuthRevoked
from tickets.models import Channel, Delivery, InboundItem, Price, Spending
from tickets.services import channels, spending
from tickets.services.errors import Refused
from tickets.services.ingest import translate

pytestmark = pytest.mark.django_db

SECRET = "s3cret-token-of-the-account"


@pytest.fixture
def x_kind(settings):
    settings.CHANNEL_ADAPTERS = ["channels_social.x.adapter.XAdapter"]
    registry.adapters.cache_clear()
    yield
    registry.adapters.cache_clear()


@pytest.fixture
def polled(channel) -> Channel:
    """As after a good poll a moment ago."""
    now = timezone.now()
    channel.feeds.update(polled_at=now, ok_at=now, next_poll_at=now + timedelta(minutes=1))
    return channel


# ---- who ----


def test_everybody_sees_the_health_and_admins_manage(polled, agent, manager, admin, as_):
    for person, manages in ((agent, False), (manager, False), (admin, True)):
        page = as_(person).get(reverse("channels")).content.decode()
        assert "The brand" in page and "Working" in page
        assert ("Add a channel" in page) == manages
    assert as_(None).get(reverse("channels")).status_code == 302


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("add-channel", "loopback"),
        ("channel-prices", "loopback"),
        ("channel", None),
        ("channel-limits", None),
        ("check-channel", None),
        ("pause-channel", None),
        ("resume-channel", None),
        ("parked-items", ""),
        ("replay-items", ""),
    ],
)
def test_managing_is_for_admins(name, argument, channel, manager, as_):
    arguments = [channel.pk] if argument is None else [argument] if argument else []
    address, browser = reverse(name, args=arguments), as_(manager)
    assert 403 in {browser.get(address).status_code, browser.post(address).status_code} <= {403, 405}


@pytest.mark.parametrize("name", ["channel-limits", "check-channel", "pause-channel", "resume-channel"])
def test_changing_takes_a_post(name, channel, admin, as_):
    assert as_(admin).get(reverse(name, args=[channel.pk])).status_code == 405


def test_statements_do_not_grow_with_channels(polled, admin, as_):
    browser = as_(admin)
    browser.get(reverse("channels"))

    def statements():
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("channels"))
        return len(queries)

    few = statements()
    for n in range(5):
        other = channels.add("loopback", f"@other{n}", "Other", {}, {})
        InboundItem.objects.create(channel=other, external_id="1", state="parked")
    assert statements() == few


# ---- what it says ----


def test_a_good_channel(polled):
    health = health_of(polled)
    assert (health.tone, health.word, health.hint, health.seconds_behind) == ("ok", "Working", "", 0)


@pytest.mark.parametrize(
    ("columns", "tone", "word", "hint"),
    [
        (
            {"state": "paused", "pause_code": "AuthRevoked", "pause_text": "The login ended."},
            "breach",
            "Stopped",
            "The login ended. Nothing is lost",
        ),
        (
            {"state": "paused", "pause_code": "by_hand", "pause_text": "Ada paused it."},
            "due",
            "Paused",
            "Ada paused it. Nothing is lost",
        ),
        ({"soft_limit": 1}, "due", "Slowed down", "above the soft limit"),
        ({"hard_limit": 1}, "due", "Stopped until midnight UTC", "limit is reached"),
        ({"last_error": "A check failed."}, "due", "Had an error", "A check failed."),
    ],
)
def test_troubles_in_words(columns, tone, word, hint, polled):
    day = timezone.now().astimezone(UTC).date()
    Spending.objects.create(channel=polled, day=day, resource="post_read", count=200, usd=1)
    Channel.objects.filter(pk=polled.pk).update(**columns)
    health = health_of(Channel.objects.get())
    assert (health.tone, health.word) == (tone, word)
    assert hint in health.hint


def test_a_feed_in_trouble_and_one_that_nobody_reads(polled):
    polled.feeds.update(failures=2, last_error="The network is down.")
    assert (health_of(polled).word, "The network is down." in health_of(polled).hint) == ("In trouble", True)
    polled.feeds.update(failures=0, next_poll_at=timezone.now() - timedelta(minutes=5))
    health = health_of(polled)
    assert (health.tone, health.word) == ("breach", "Not read")
    assert 290 < health.seconds_behind < 400


def test_the_rate_limit_counts_until_its_window_ends(polled):
    end = timezone.now() + timedelta(minutes=5)
    polled.feeds.update(budget_limit=900, budget_remaining=700, budget_resets_at=end)
    assert health_of(polled).budget_used == 200
    polled.feeds.update(budget_resets_at=timezone.now() - timedelta(seconds=1))
    assert health_of(polled).budget is None


# ---- connecting and changing ----


def test_connecting_checks_at_once(network, admin, as_):
    address = reverse("add-channel", args=["loopback"])
    form = {"address": "@brand", "name": "The brand"}
    page = as_(admin).post(address, form, follow=True).content.decode()
    assert "knows this account as Brand" in page
    assert network.calls == ["check"]
    page = as_(admin).post(address, form).content.decode()
    assert "@brand is connected already." in page and Channel.objects.count() == 1


def test_connecting_with_bad_credentials_keeps_the_channel_and_says_why(network, admin, as_):
    network.fail("check", AuthRevoked("The key is not valid. Enter a new one."))
    page = as_(admin).post(
        reverse("add-channel", args=["loopback"]), {"address": "@brand", "name": "The brand"}, follow=True
    )
    assert "The key is not valid. Enter a new one." in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"address": ""}, "Write the handle."),
        ({"address": "no handle at all"}, "The account&#x27;s name on X, such as @northwind."),
        ({"name": ""}, "Give the channel a name"),
        ({"credential_access_token": "x" * 4001}, "at most 4000 characters"),
        ({"option_poll_seconds": "often"}, "Whole seconds, at least 1."),
        ({"option_api_base_url": "file:///etc/passwd"}, "http://host:port"),
    ],
)
def test_a_wrong_field_is_named_with_its_mend(fields, words, x_kind, admin, as_):
    form = {"address": "@brand", "name": "The brand"} | fields
    page = as_(admin).post(reverse("add-channel", args=["x"]), form).content.decode()
    assert words in page and not Channel.objects.exists()


@pytest.mark.parametrize(
    ("address", "options", "words"),
    [
        ("not a handle", {}, "Handle “not a handle” does not look right."),
        ("@brand", {"poll_seconds": "0"}, "Seconds between polls (poll_seconds) does not look right."),
        ("@brand", {"colour": "red"}, "Unknown option colour."),
    ],
)
def test_the_verb_refuses_the_same(address, options, words, x_kind):
    with pytest.raises(Refused) as refused:
        channels.add("x", address, "The brand", {}, options)
    assert words in refused.value.text and not Channel.objects.exists()


def test_an_unknown_kind_does_not_exist(network, admin, as_):
    assert as_(admin).get(reverse("add-channel", args=["carrier-pigeon"])).status_code == 404


def test_secrets_are_kept_when_empty_and_never_shown(x_kind, admin, as_, open_team):
    old = {"consumer_key": "key", "consumer_secret": SECRET, "access_token": SECRET, "expires_at": "1"}
    channel = make.channel("x", credentials=old)
    address = reverse("channel", args=[channel.pk])
    browser = as_(admin)
    page = browser.get(address).content.decode()
    assert SECRET not in page and "Stored. Leave empty to keep it." in page
    form = {"name": "Renamed", "option_poll_seconds": "90", "team": open_team.pk}
    assert browser.post(address, form).status_code == 302
    channel.refresh_from_db()
    assert (channel.name, channel.team, channel.options) == ("Renamed", open_team, {"poll_seconds": "90"})
    assert channel.credentials == old
    browser.post(address, form | {"credential_access_token": "new"})
    channel.refresh_from_db()
    assert channel.credentials == {"consumer_key": "key", "consumer_secret": SECRET, "access_token": "new"}


def test_pause_resume_and_check(polled, network, admin, as_):
    browser = as_(admin)
    page = browser.post(reverse("pause-channel", args=[polled.pk]), follow=True).content.decode()
    assert "Ada Admin paused it." in page
    browser.post(reverse("resume-channel", args=[polled.pk]))
    assert Channel.objects.get().is_active
    page = browser.post(reverse("check-channel", args=[polled.pk]), follow=True).content.decode()
    assert "It works" in page


def test_limits(polled, admin, as_):
    address, browser = reverse("channel-limits", args=[polled.pk]), as_(admin)
    browser.post(address, {"soft_limit": "2.5", "hard_limit": "5"})
    polled.refresh_from_db()
    assert (polled.soft_limit, polled.hard_limit) == (Decimal("2.5"), 5)
    for wrong, words in (
        ({"soft_limit": "9", "hard_limit": "5"}, "must not be above the hard limit"),
        ({"soft_limit": "-1"}, "Write an amount such as 2.50"),
        ({"hard_limit": "a lot"}, "Enter a number"),
    ):
        assert words in browser.post(address, wrong).content.decode()
    polled.refresh_from_db()
    assert polled.hard_limit == 5


def test_prices(polled, admin, as_):
    address, browser = reverse("channel-prices", args=["loopback"]), as_(admin)
    browser.post(address, {"post_read": "0.001", "post_create": "0"})
    assert spending.price_list(polled.spec) == {"post_read": Decimal("0.001"), "post_create": 0}
    assert "A price is not below 0." in browser.post(address, {"post_read": "-1", "post_create": "0"}).content.decode()
    assert Price.objects.get(resource="post_read").usd == Decimal("0.001")


# ---- what waits for a person ----


def test_parked_items_are_shown_as_they_came_and_translated_again(channel, admin, as_):
    payload = {"id": "7", "text": "<script>alert(1)</script>", "author": "jo", "at": timezone.now().isoformat()}
    item = InboundItem.objects.create(
        channel=channel, external_id="7", payload=payload, state="parked", reason="The item has no id."
    )
    browser = as_(admin)
    page = browser.get(reverse("parked-items")).content.decode()
    assert "The item has no id." in page and "&lt;script&gt;alert(1)" in page
    answer = browser.post(reverse("replay-items"), {"items": [item.pk]}, follow=True)
    assert "1 item is being translated again." in answer.content.decode()
    translate(channel.pk)
    item.refresh_from_db()
    assert item.state == "done"
    for wrong, words in (
        ([], "Choose the items first."),
        ([item.pk], "no longer parked"),
        (["x"], "not a valid value"),
    ):
        assert words in browser.post(reverse("replay-items"), {"items": wrong}, follow=True).content.decode()


def test_replies_that_did_not_arrive(channel, agent, teammate, as_, closed_team):
    for subject, team in (("Lost bag", None), ("Secret matter", closed_team)):
        message = make.message(make.ticket(channel=channel, subject=subject, team=team), "Hm", direction="outbound")
        Delivery.objects.create(
            message=message,
            channel=channel,
            state="failed",
            error_text="The network refused it.",
            text_key="key",
            due_at=timezone.now(),
            give_up_at=timezone.now(),
        )
    page = as_(agent).get(reverse("unsent")).content.decode()
    assert "Lost bag" in page and "The network refused it." in page and "Secret matter" not in page
    assert "Secret matter" in as_(teammate).get(reverse("unsent")).content.decode()
