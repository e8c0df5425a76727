"""Whatever is sent, X refuses it in JSON; it never breaks."""

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just("1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    ["text", "reply", "media", "quote_tweet_id", "attachments", "participant_ids", "message", "conversation_type",
     "hidden", "tweet_id", "media_category", "in_reply_to_tweet_id", "media_ids", "exclude_reply_user_ids"]
)  # fmt: skip
bodies = st.dictionaries(names, values | st.dictionaries(names, values, max_size=2), max_size=4)
WRITES = ["/2/tweets", "/2/dm_conversations", "/2/dm_conversations/with/1/messages", "/2/media/upload"]
READS = ["/2/users/1/mentions", "/2/tweets", "/2/tweets/search/recent", "/2/dm_events", "/2/users/by", "/2/users/x"]
PARAMETERS = st.sampled_from(
    ["ids", "query", "since_id", "max_results", "start_time", "expansions", "tweet.fields", "post.fields",
     "pagination_token", "next_token", "usernames", "event_types", "exclude", "x"]
)  # fmt: skip
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def token(x_world):
    x_world.settings.limits = {
        name: {"user": 10**6, "user_day": 10**6, "app_day": 10**6}
        for name in ("post_create", "dm_open", "dm_send_with", "media_upload", "mentions", "search", "dm_events")
    }
    return {"Authorization": f"Bearer {x_world.connect('northwindair', 'oauth2')['access_token']}"}


def json_refusal(answer):
    assert answer.status_code < 500, answer.text
    assert isinstance(answer.json(), dict)


@quick
@given(body=bodies, path=st.sampled_from(WRITES))
def test_odd_bodies(x_world, token, body, path):
    json_refusal(requests.post(x_world.base_url + path, json=body, headers=token, timeout=5))


@quick
@given(query=st.dictionaries(PARAMETERS, st.text(max_size=20), max_size=3), path=st.sampled_from(READS))
def test_odd_parameters(x_world, token, query, path):
    json_refusal(requests.get(x_world.base_url + path, params=query, headers=token, timeout=5))


@quick
@given(
    header=st.sampled_from(["", "Bearer", "Bearer ", "Basic eA==", "OAuth", "OAuth x", 'OAuth oauth_token="1"'])
    | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30).map("OAuth {}".format)
)
def test_odd_credentials(x_world, header):
    answer = requests.get(f"{x_world.base_url}/2/users/me", headers={"Authorization": header}, timeout=5)
    assert answer.status_code == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff"])
def test_bodies_that_are_no_json_object(x_world, token, body):
    headers = token | {"Content-Type": "application/json"}
    answer = requests.post(f"{x_world.base_url}/2/tweets", data=body, headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["title"]) == (400, "Invalid Request")


def test_wrong_methods_and_huge_bodies(x_world, token):
    assert requests.patch(f"{x_world.base_url}/2/tweets", headers=token, timeout=5).status_code == 405
    huge = requests.post(f"{x_world.base_url}/2/tweets", data=b"x" * 9_000_000, headers=token, timeout=5)
    assert (huge.status_code, huge.json()["status"]) == (413, 413)
