"""Signatures, tokens, scopes, limits and credits."""

import pytest
import requests
import tweepy
from requests_oauthlib import OAuth1

from sandbox.x.accounts import SCOPES
from sandbox.x.world import World
from tests.sandbox.conftest import redirected

TOKEN_URL = "https://api.twitter.com/2/oauth2/token"


@pytest.fixture
def oauth2(x_world):
    return x_world.connect("northwindair", "oauth2")


def refresh(x_world, credentials, refresh_token=None):
    """The way of tweepy's users: its handler has no helper for it."""
    handler = redirected(
        tweepy.OAuth2UserHandler(
            client_id=credentials["client_id"],
            client_secret=credentials["client_secret"],
            redirect_uri="https://helpdesk.example/done",
            scope=list(SCOPES),
        ),
        x_world.base_url,
    )
    return handler.refresh_token(
        TOKEN_URL, refresh_token=refresh_token or credentials["refresh_token"], auth=handler.auth
    )


def bearer(x_world, token, path="/2/users/me"):
    return requests.get(x_world.base_url + path, headers={"Authorization": f"Bearer {token}"}, timeout=5)


@pytest.mark.parametrize("secret", ["consumer_secret", "access_token_secret"])
def test_a_wrong_secret_is_401_with_limit_headers(x_world, tweepy_client, secret):
    with pytest.raises(tweepy.Unauthorized) as refusal:
        wrong = x_world.connect("northwindair") | {secret: "wrong"}
        client = tweepy.Client(**wrong)
        redirected(client.session, x_world.base_url)
        client.get_me()
    response = refusal.value.response
    assert response.json() == {"title": "Unauthorized", "detail": "Unauthorized", "type": "about:blank", "status": 401}
    assert response.headers["x-rate-limit-limit"] == "75"


def test_a_signature_over_our_own_address_is_fine_without_redirection(x_world):
    keys = x_world.connect("northwindair")
    auth = OAuth1(keys["consumer_key"], keys["consumer_secret"], keys["access_token"], keys["access_token_secret"])
    answer = requests.get(f"{x_world.base_url}/2/users/me?user.fields=verified,name", auth=auth, timeout=5)
    assert answer.json()["data"]["verified"] is True


def test_a_signature_for_another_address_or_used_twice_is_refused(x_world):
    keys = x_world.connect("northwindair")
    auth = OAuth1(keys["consumer_key"], keys["consumer_secret"], keys["access_token"], keys["access_token_secret"])
    url = f"{x_world.base_url}/2/users/me"
    signed = requests.Request("GET", url, auth=auth).prepare()
    with requests.Session() as session:
        assert session.send(signed, timeout=5).status_code == 200
        assert session.send(signed, timeout=5).status_code == 401
    elsewhere = requests.Request("GET", f"{url}?x=1", auth=auth, headers={"X-Original-URL": f"{url}?x=1"}).prepare()
    elsewhere.url = url
    with requests.Session() as session:
        assert session.send(elsewhere, timeout=5).status_code == 401


def test_app_only_callers_cannot_write(tweepy_client):
    with pytest.raises(
        tweepy.Forbidden, match=r"OAuth 2\.0 Application-Only is forbidden for this endpoint"
    ) as refusal:
        tweepy_client("app").create_tweet(text="hi", user_auth=False)
    assert refusal.value.response.json()["title"] == "Unsupported Authentication"


def test_missing_scopes_and_permissions_are_named(x_world):
    narrow = x_world.connect("northwindair", "oauth2", scopes=("tweet.read", "users.read"))["access_token"]
    assert bearer(x_world, narrow).status_code == 200
    assert "dm.read" in bearer(x_world, narrow, "/2/dm_events").json()["detail"]
    app = x_world.app("readers", access="read")
    client = tweepy.Client(**x_world.connect("northwindair", app=app))
    redirected(client.session, x_world.base_url)
    with pytest.raises(tweepy.Forbidden, match="oauth1 app permissions"):
        client.create_tweet(text="hi")


def test_access_tokens_expire_and_refresh_tokens_serve_once(x_world, oauth2):
    x_world.clock.advance(7201)
    assert bearer(x_world, oauth2["access_token"]).status_code == 401
    fresh = refresh(x_world, oauth2)
    assert bearer(x_world, fresh["access_token"]).status_code == 200
    assert (fresh["expires_in"], fresh["token_type"]) == (7200, "bearer")
    basic = (oauth2["client_id"], oauth2["client_secret"])
    form = {"grant_type": "refresh_token", "refresh_token": oauth2["refresh_token"]}
    again = requests.post(f"{x_world.base_url}/2/oauth2/token", data=form, auth=basic, timeout=5)
    assert (again.status_code, again.json()) == (
        400,
        {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
    )
    assert refresh(x_world, oauth2, fresh["refresh_token"])["access_token"] != fresh["access_token"]


def test_a_code_is_exchanged_once_with_its_verifier(x_world, oauth2):
    code = x_world.authorise("northwindair", x_world.app(), "https://helpdesk.example/done", "v" * 43, method="plain")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "https://helpdesk.example/done",
        "code_verifier": "v" * 43,
    }
    basic = (oauth2["client_id"], oauth2["client_secret"])
    url = f"{x_world.base_url}/2/oauth2/token"
    made = requests.post(url, data=form, auth=basic, timeout=5).json()
    assert bearer(x_world, made["access_token"]).status_code == 200
    assert requests.post(url, data=form, auth=basic, timeout=5).status_code == 400


def test_revoked_permission_ends_both_kinds_of_token(x_world, oauth2, client):
    client.get_me()
    x_world.revoke("northwindair")
    assert bearer(x_world, oauth2["access_token"]).status_code == 401
    with pytest.raises(tweepy.Unauthorized):
        client.get_me()


def test_limits_are_counted_per_user_and_told_on_every_answer(x_world, brand, tweepy_client):
    x_world.settings.limits["mentions"] = {"user": 2}
    client = tweepy_client(return_type=requests.Response)
    first, second = (client.get_users_mentions(brand.id, user_auth=True) for _ in range(2))
    assert [answer.headers["x-rate-limit-remaining"] for answer in (first, second)] == ["1", "0"]
    with pytest.raises(tweepy.TooManyRequests) as refusal:
        client.get_users_mentions(brand.id, user_auth=True)
    assert refusal.value.response.json()["title"] == "Too Many Requests"
    assert str(refusal.value.reset_time) == second.headers["x-rate-limit-reset"]
    assert tweepy_client("app").get_users_mentions(brand.id)


def test_a_used_up_day_tells_when_the_day_ends(x_world, ann, client):
    x_world.settings.limits["dm_send_with"] = {"user_day": 1}
    client.create_direct_message(participant_id=ann.id, text="one")
    with pytest.raises(tweepy.TooManyRequests) as refusal:
        client.create_direct_message(participant_id=ann.id, text="two")
    assert refusal.value.reset_time - x_world.clock.now_ms() // 1000 > 80_000
    assert refusal.value.response.headers["x-user-limit-24hour-remaining"] == "0"


def test_a_post_read_twice_in_a_day_costs_once(x_world, brand, ann, tweepy_client):
    x_world.post("ann", "@northwindair hi")
    client = tweepy_client("app")
    for _ in range(2):
        client.get_users_mentions(brand.id)
    assert str(x_world.ledger.spent()) == "0.005"
    x_world.clock.advance(days=1)
    client.get_users_mentions(brand.id, expansions=["author_id"])
    assert str(x_world.ledger.spent(x_world.clock.now_ms())) == "0.015"


def test_own_mentions_are_cheaper_for_the_owner_of_the_app(x_world, brand, ann, client):
    x_world.post("ann", "@northwindair hi")
    client.get_users_mentions(brand.id, user_auth=True)
    assert str(x_world.ledger.spent()) == "0.001"


def test_credits_run_out(x_world, brand, ann, tweepy_client):
    x_world.settings.credits = 5
    x_world.post("ann", "@northwindair hi")
    client = tweepy_client("app")
    client.get_users_mentions(brand.id)
    with pytest.raises(tweepy.HTTPException) as refusal:
        client.get_users_mentions(brand.id)
    assert (refusal.value.response.status_code, refusal.value.response.json()["title"]) == (402, "CreditsDepleted")


def test_usage_is_told_to_apps(x_world, brand, ann, tweepy_client):
    x_world.post("ann", "@northwindair hi")
    client = tweepy_client("app", return_type=dict)
    client.get_users_mentions(brand.id)
    answer = client._make_request("GET", "/2/usage/tweets", params={"days": 1}, endpoint_parameters=("days",))
    assert answer["data"]["project_usage"] == "1"


def test_a_restart_keeps_everything(tmp_path):
    world = World(tmp_path)
    world.account("northwindair", followers=7)
    world.account("ann")
    keys = world.connect("northwindair", "oauth2")
    post = world.post("ann", "@northwindair see https://photos.example/1", media=[world.picture("ann", "sky")])
    edited = world.edit(post, "@northwindair look")
    gone = world.post("ann", "gone")
    world.delete(gone)
    message = world.dm("ann", "northwindair", "hello")
    world.close()

    again = World(tmp_path)
    assert again.posts == world.posts
    assert again.posts[post.id].history == [post.id, edited.id]
    assert again.posts[gone.id].deleted
    assert again.dms == {message.id: message}
    assert again.tokens[keys["access_token"]].refresh_token == keys["refresh_token"]
    assert (again.apps, again.media, again.conversations) == (world.apps, world.media, world.conversations)
    again.close()
