"""Real exchanges of tweepy with X, replayed to tweepy."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_social.x.adapter import XAdapter
from channels_social.x.client import Client
from channels_social.x.normalise import Us
from tests.channels_social.x.conftest import OAUTH1, Kept
from tickets.channels.contract import Outbound, Person
from tickets.channels.errors import BadPayload

LINES = (Path(__file__).parents[2] / "data/x/tweepy-exchanges.jsonl").read_text("utf-8").splitlines()
EXCHANGES = [json.loads(line) for line in LINES]
BRAND = "783214"


def recorded(cassette: str, method: str = "GET", ending: str = "") -> dict:
    return next(
        one
        for one in EXCHANGES
        if one["cassette"].startswith(cassette) and one["method"] == method and one["url"].endswith(ending)
    )


@pytest.fixture
def play(replay):
    """Lets the server repeat an exchange; returns the account that asks for it."""

    def prepare(exchange: dict, address: str = "@Twitter") -> Kept:
        replay.answer(exchange["status"], exchange["body"], exchange["headers"])
        return Kept(address, OAUTH1, replay.url, user_id=BRAND)

    return prepare


@pytest.mark.parametrize(
    ("feed", "cassette", "path"),
    [
        ("mentions", "test_client_get_users_mentions", f"/2/users/{BRAND}/mentions"),
        ("mentions", "test_asyncclient_get_users_mentions", f"/2/users/{BRAND}/mentions"),
        ("own_posts", "test_client_get_users_tweets", f"/2/users/{BRAND}/tweets"),
    ],
)
def test_a_recorded_timeline(play, replay, feed, cassette, path):
    exchange = recorded(cassette)
    page = XAdapter(play(exchange).account()).fetch(feed, {})
    posts, headers = exchange["body"]["data"], exchange["headers"]
    assert [item.external_id for item in page.items] == [post["id"] for post in posts]
    assert [item.payload["item"] for item in page.items] == posts
    assert page.cursor["since"] == max((post["id"] for post in posts), key=int)
    assert not page.more  # first contact takes one page, whatever token it names
    assert [(use.resource, len(use.ids)) for use in page.uses] == [("owned_post_read", len(posts))]
    assert page.budget.limit == int(headers["x-rate-limit-limit"])
    assert page.budget.remaining == int(headers["x-rate-limit-remaining"])
    assert page.budget.resets_at == datetime.fromtimestamp(int(headers["x-rate-limit-reset"]), UTC)
    assert replay.asked[0][1].startswith(path + "?")


def test_a_recorded_timeline_in_its_shortest_form_is_parked_not_lost(play):
    account = play(recorded("test_client_get_users_mentions")).account()
    adapter = XAdapter(account)
    for item in adapter.fetch("mentions", {}).items:
        with pytest.raises(BadPayload, match="author_id is missing"):
            adapter.normalise(item.payload)


def test_a_recorded_search(play):
    exchange = recorded("test_client_search_recent_tweets")
    answer = Client(play(exchange).account()).search("Tweepy")
    assert [post["id"] for post in answer.items] == [post["id"] for post in exchange["body"]["data"]]
    assert answer.next_token == exchange["body"]["meta"]["next_token"]


def test_recorded_direct_messages(play):
    exchange = recorded("test_manage_and_lookup_direct_messages", ending="with/750362064426721281/dm_events")
    page = XAdapter(play(exchange).account()).fetch("direct_messages", {})
    assert [item.external_id for item in page.items] == [event["id"] for event in exchange["body"]["data"]]
    assert page.uses[0].resource == "dm_read"


def test_no_direct_messages_yet(play):
    page = XAdapter(play(recorded("test_manage_and_lookup_direct_messages", ending="2/dm_events")).account()).fetch(
        "direct_messages", {}
    )
    assert (page.items, page.more, page.uses, page.cursor) == ([], False, (), {"polls": 1})


def test_the_recorded_account_is_who_it_says(play):
    kept = play(recorded("test_client_get_me"), "@tweepydev")
    check = XAdapter(kept.account()).check()
    assert (check.name, check.external_id) == ("Tweepy Testing", "1072250532645998596")
    assert kept.state["user_id"] == "1072250532645998596"
    assert XAdapter(kept.account())._us == Us("1072250532645998596", "tweepydev")


def test_a_recorded_post(play, replay):
    kept = play(recorded("test_client_create_and_delete_tweet", "POST"))
    answer = Outbound(1, "public", "Test Tweet", Person("5"), in_reply_to="1456012973835788000")
    sent = XAdapter(kept.account()).send(answer)
    assert sent.external_ids == ("1456012973835788293",)
    # The second that X wrote into the Date header of its answer.
    assert sent.sent_at.replace(microsecond=0) == datetime(2021, 11, 3, 21, 38, 39, tzinfo=UTC)
    assert sent.permalink == "https://x.com/Twitter/status/1456012973835788293"
    assert json.loads(replay.asked[0][3]) == {
        "text": "Test Tweet",
        "reply": {"in_reply_to_tweet_id": "1456012973835788000"},
    }


def test_a_recorded_direct_message(play, replay):
    kept = play(recorded("test_manage_and_lookup", "POST", "with/750362064426721281/messages"))
    sent = XAdapter(kept.account()).send(Outbound(1, "private", "Testing 1", Person("750362064426721281")))
    assert sent.external_ids == ("1585800613253812228",)
    assert sent.thread_key == "750362064426721281-1072250532645998596"
    assert [(use.resource, use.ids) for use in sent.uses] == [("dm_create", ("1585800613253812228",))]
    assert replay.asked[0][:2] == ("POST", "/2/dm_conversations/with/750362064426721281/messages")


def test_a_recorded_message_to_a_group(play, replay):
    ending = "dm_conversations/750362064426721281-1072250532645998596/messages"
    kept = play(recorded("test_manage_and_lookup", "POST", ending))
    group = {"conversation": "1585800614365339648", "group": True}
    XAdapter(kept.account()).send(Outbound(1, "private", "Testing 2", Person("5"), reply_data=group))
    assert replay.asked[0][1] == "/2/dm_conversations/1585800614365339648/messages"


def test_recorded_posts_that_are_still_there(play, replay):
    exchange = recorded("test_client_get_tweets")
    ids = [post["id"] for post in exchange["body"]["data"]]
    gone, uses = XAdapter(play(exchange).account()).find_gone([*ids, ids[0], "not-an-id"])
    assert gone == {}
    assert [(use.resource, use.ids) for use in uses] == [("post_read", tuple(ids))]
    assert replay.asked[0][1] == f"/2/tweets?ids={'%2C'.join(ids)}"
