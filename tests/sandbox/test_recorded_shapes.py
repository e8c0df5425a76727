"""The sandbox answers in the shapes that X itself gave to tweepy (tests/data/x/tweepy-exchanges.jsonl)."""

import json
from pathlib import Path

import pytest
import requests

RECORDED = [
    json.loads(line) for line in (Path(__file__).parents[1] / "data/x/tweepy-exchanges.jsonl").read_text().splitlines()
]
PROMISED_HEADERS = {
    "content-type",
    "x-access-level",
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
}
# What X has added to its answers since the recording.
NEWER = {"edit_history_tweet_ids"}


def shape(value):
    """Names and types, without the values; a list has the shape of all of its items together."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items() if name not in NEWER}
    if isinstance(value, list):
        together = {}
        for item in map(shape, value):
            together |= item if isinstance(item, dict) else {"": item}
        return [together]
    return type(value).__name__


def recording(cassette, method="GET", number=0):
    found = [one for one in RECORDED if cassette in one["cassette"] and one["method"] == method]
    return found[number]


@pytest.fixture
def network(x_world, ann):
    """A network where every recorded call has something to find."""
    x_world.settings.search_delay_s = 0
    for number in range(12):
        x_world.post("ann", f"@northwindair tweepy {number}")
        x_world.post("northwindair", f"News {number}")
    x_world.dm("ann", "northwindair", "Testing 1")
    x_world.dm("ann", "northwindair", "Testing 2")
    return x_world


CALLS = {
    "get_users_mentions": (recording("asyncclient_get_users_mentions"), lambda c, w: c.get_users_mentions(
        w.find("northwindair").id, user_auth=True)),
    "get_users_tweets": (recording("get_users_tweets"), lambda c, w: c.get_users_tweets(
        w.find("northwindair").id, user_auth=True)),
    "search": (recording("search_recent"), lambda c, w: c.search_recent_tweets("tweepy", user_auth=True)),
    "get_me": (recording("get_me"), lambda c, w: c.get_me()),
    "get_tweet": (recording("get_tweet.yaml"), lambda c, w: c.get_tweet(next(iter(w.posts)), user_auth=True)),
    "get_tweets": (recording("get_tweets.yaml"), lambda c, w: c.get_tweets(list(w.posts)[:2], user_auth=True)),
    "get_user": (recording("get_user.yaml"), lambda c, w: c.get_user(username="ann", user_auth=True)),
    "get_users": (recording("get_users.yaml"), lambda c, w: c.get_users(
        usernames=["ann", "northwindair"], user_auth=True)),
    "create": (recording("create_and_delete", "POST"), lambda c, w: c.create_tweet(text="Test Tweet")),
    "delete": (recording("create_and_delete", "DELETE"), lambda c, w: c.delete_tweet(
        w.posts_by_author[w.find("northwindair").id][0])),
    "hide": (recording("hide_and_unhide", "PUT"), lambda c, w: c.hide_reply(
        w.post("ann", "x", reply_to=w.posts_by_author[w.find("northwindair").id][0]).id)),
    "like": (recording("like_and_unlike", "POST"), lambda c, w: c.like(next(iter(w.posts)))),
    "unlike": (recording("like_and_unlike", "DELETE"), lambda c, w: c.unlike(next(iter(w.posts)))),
    "dm_to_person": (recording("direct_messages", "POST", 0), lambda c, w: c.create_direct_message(
        participant_id=w.find("ann").id, text="Testing 1")),
    "dm_to_conversation": (recording("direct_messages", "POST", 1), lambda c, w: c.create_direct_message(
        dm_conversation_id=next(iter(w.conversations)), text="Testing 2")),
    "dm_group": (recording("direct_messages", "POST", 2), lambda c, w: c.create_direct_message_conversation(
        text="Testing", participant_ids=[w.find("ann").id, w.account("bob").id])),
    "dm_events_of": (recording("direct_messages", "GET", 1), lambda c, w: c.get_direct_message_events(
        dm_conversation_id=next(iter(w.conversations)), max_results=1, pagination_token=second_page(c, w))),
}  # fmt: skip


def second_page(client, world):
    """The recorded page has a previous one."""
    first = client.get_direct_message_events(participant_id=world.find("ann").id, max_results=1)
    return first.json()["meta"]["next_token"]


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_has_the_recorded_shape(network, tweepy_client, name):
    recorded, call = CALLS[name]
    client = tweepy_client("oauth1", return_type=requests.Response)
    answer = call(client, network)
    assert answer.status_code == recorded["status"]
    assert shape(answer.json()) == shape(recorded["body"])
    assert {name.lower() for name in answer.headers} >= PROMISED_HEADERS & set(recorded["headers"])
    assert ("location" in answer.headers) == ("location" in recorded["headers"])


def test_no_message_at_all_is_the_recorded_answer(x_world, client):
    assert client.get_direct_message_events() == recording("direct_messages", "GET", 0)["body"]
