"""Each fault looks to a client as it does in life."""

import pytest
import requests
import tweepy

from sandbox.x.faults import NAMES, UnknownFault

WRITE_REFUSALS = {
    "rate_limited": (429, "Too Many Requests"),
    "rate_limited_without_reset": (429, "Too Many Requests"),
    "usage_cap": (429, "UsageCapExceeded"),
    "credits_depleted": (402, "CreditsDepleted"),
    "spend_cap": (403, "SpendCapReached"),
    "unauthorized": (401, "Unauthorized"),
    "client_forbidden": (403, "Client Forbidden"),
    "server_error": (500, "Internal Server Error"),
    "unavailable": (503, "Service Unavailable"),
}
TESTED_APART = {
    "cloudflare", "hang_before", "reset_before", "empty_body", "html", "truncated", "unavailable_after", "hang_after",
    "reset_after", "empty_page", "repeated_page", "unknown_event", "broken_item", "missing_includes",
}  # fmt: skip


def written(x_world):
    return [post.own_words for post in x_world.posts.values()]


def test_every_fault_has_a_test():
    assert set(NAMES) == set(WRITE_REFUSALS) | TESTED_APART


@pytest.mark.parametrize("name", WRITE_REFUSALS)
def test_refusals_apply_nothing_and_pass(x_world, client, name):
    x_world.faults.add(name, "post_create")
    with pytest.raises(tweepy.HTTPException) as refusal:
        client.create_tweet(text="hello")
    response = refusal.value.response
    assert (response.status_code, response.json()["title"]) == WRITE_REFUSALS[name]
    assert written(x_world) == []
    client.create_tweet(text="hello")
    assert written(x_world) == ["hello"]


def test_only_one_429_has_no_reset(x_world, client):
    x_world.faults.add("rate_limited", "me", reset_in=90)
    x_world.faults.add("rate_limited_without_reset", "me")
    x_world.faults.add("usage_cap", "me")
    resets, left = [], []
    for _ in range(3):
        with pytest.raises(tweepy.TooManyRequests) as refusal:
            client.get_me()
        resets.append(refusal.value.reset_time)
        left.append(refusal.value.response.headers.get("x-rate-limit-remaining"))
    assert resets[0] - x_world.clock.now_ms() // 1000 in (89, 90)
    assert resets[1] is None
    assert (left[0], left[1], int(left[2]) > 0) == ("0", None, True)


def test_cloudflares_page_is_no_json(x_world, client):
    x_world.faults.add("cloudflare")
    with pytest.raises(tweepy.TwitterServerError) as refusal:
        client.get_me()
    assert "Cloudflare" in refusal.value.response.text


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("empty_body", ValueError),
        ("html", ValueError),
        ("truncated", ValueError),
        ("unavailable_after", tweepy.TwitterServerError),
        ("reset_after", requests.ConnectionError),
        ("hang_after", requests.ConnectionError),
    ],
)
def test_some_writes_are_applied_although_the_answer_is_lost(x_world, client, name, error):
    x_world.faults.add(name, "post_create", seconds=0.1)
    with pytest.raises(error):
        client.create_tweet(text="hello")
    assert written(x_world) == ["hello"]
    assert x_world.seen("post_create")[-1].fault == name


@pytest.mark.parametrize("name", ["reset_before", "hang_before"])
def test_some_writes_are_lost_before_they_are_applied(x_world, client, name):
    x_world.faults.add(name, "post_create", seconds=0.1)
    with pytest.raises(requests.ConnectionError):
        client.create_tweet(text="hello")
    assert written(x_world) == []
    assert x_world.seen("post_create")[-1].status == 0


def test_a_hanging_call_runs_into_the_clients_time_limit(x_world):
    x_world.faults.add("hang_before", "media")
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{x_world.base_url}/media/profile-1.png", timeout=0.2)


def test_a_rotated_refresh_token_can_be_lost_on_the_way(x_world):
    keys = x_world.connect("northwindair", "oauth2")
    x_world.faults.add("reset_after", "oauth_token")
    form = {"grant_type": "refresh_token", "refresh_token": keys["refresh_token"]}
    basic = (keys["client_id"], keys["client_secret"])
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{x_world.base_url}/2/oauth2/token", data=form, auth=basic, timeout=5)
    assert requests.post(f"{x_world.base_url}/2/oauth2/token", data=form, auth=basic, timeout=5).status_code == 400


def test_an_empty_page_leads_to_the_data(x_world, brand, ann, client):
    post = x_world.post("ann", "@northwindair hi")
    x_world.faults.add("empty_page", "mentions")
    empty = client.get_users_mentions(brand.id, user_auth=True)
    assert (empty["meta"]["result_count"], "data" in empty) == (0, False)
    rest = client.get_users_mentions(brand.id, user_auth=True, pagination_token=empty["meta"]["next_token"])
    assert [item["id"] for item in rest["data"]] == [str(post.id)]


def test_a_repeated_page_comes_twice_and_the_walk_goes_on(x_world, brand, ann, client):
    for number in range(8):
        x_world.post("ann", f"@northwindair {number}")
    x_world.faults.add("repeated_page", "mentions")
    pages, token = [], None
    while not pages or token:
        answer = client.get_users_mentions(brand.id, user_auth=True, max_results=5, pagination_token=token)
        pages.append([item["id"] for item in answer["data"]])
        token = answer["meta"].get("next_token")
    assert [len(page) for page in pages] == [5, 5, 3]
    assert pages[0] == pages[1]


def test_an_unknown_event_leads_the_messages(x_world, ann, client):
    x_world.dm("ann", "northwindair", "hi")
    x_world.faults.add("unknown_event", "dm_events")
    kinds = [item["event_type"] for item in client.get_direct_message_events()["data"]]
    assert kinds == ["ReactionCreate", "MessageCreate"]


@pytest.mark.parametrize("route", ["mentions", "dm_events"])
def test_the_newest_item_can_be_broken(x_world, brand, ann, client, route):
    x_world.post("ann", "@northwindair hi")
    x_world.dm("ann", "northwindair", "hi")
    x_world.faults.add("broken_item", route)
    read = {
        "mentions": lambda: client.get_users_mentions(brand.id, user_auth=True),
        "dm_events": client.get_direct_message_events,
    }[route]
    assert not isinstance(read()["data"][0]["text"], str)
    assert isinstance(read()["data"][0]["text"], str)


def test_expansions_can_be_missing(x_world, brand, ann, client):
    x_world.post("ann", "@northwindair hi")
    x_world.faults.add("missing_includes", "mentions")
    answer = client.get_users_mentions(brand.id, user_auth=True, expansions=["author_id"])
    assert answer["data"][0]["author_id"] == str(ann.id)
    assert "includes" not in answer


def test_sticky_faults_last_until_cleared_and_hit_their_route_only(x_world, brand, client):
    x_world.faults.add("unavailable", "mentions", times=None)
    for _ in range(3):
        with pytest.raises(tweepy.TwitterServerError):
            client.get_users_mentions(brand.id, user_auth=True)
    client.get_me()
    x_world.faults.clear()
    client.get_users_mentions(brand.id, user_auth=True)
    assert x_world.faults.happened["unavailable"] == 3


def test_unknown_faults_are_refused_with_the_known_ones(x_world):
    with pytest.raises(UnknownFault, match="known: broken_item, client_forbidden"):
        x_world.faults.add("gremlins")
