"""What becomes of calls on bad days: unmodified tweepy over real connections."""

import socket

import pytest
import requests

from channels_social.x import transport
from channels_social.x.client import Client
from channels_social.x.credentials import is_oauth1
from channels_social.x.transport import origin_of
from tests.channels_social.x.conftest import OAUTH1, OAUTH2, Kept
from tests.x_sandbox import BRAND
from tickets.channels.errors import (
    AuthRevoked,
    BudgetExhausted,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unavailable,
)


@pytest.fixture
def client(kept) -> Client:
    return Client(kept.account())


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT", (1, 0.2))


@pytest.fixture
def post(x_world):
    x_world.account("jo")
    return str(x_world.post("jo", f"@{BRAND} help").id)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate_limited", Throttled),
        ("rate_limited_without_reset", Throttled),
        ("usage_cap", BudgetExhausted),
        ("credits_depleted", BudgetExhausted),
        ("spend_cap", BudgetExhausted),
        ("unauthorized", AuthRevoked),
        ("client_forbidden", AuthRevoked),
        ("server_error", Unavailable),
        ("unavailable", Unavailable),
        ("cloudflare", Unavailable),
        ("hang_before", Unavailable),
        ("reset_before", Unavailable),
        ("empty_body", Unavailable),
        ("html", Unavailable),
        ("truncated", Unavailable),
        ("hang_after", Unavailable),
    ],
)
def test_a_read_that_fails(client, x_world, impatient, fault, kind):
    x_world.faults.add(fault, "mentions")
    with pytest.raises(kind) as raised:
        client.mentions(str(x_world.find(BRAND).id))
    assert type(raised.value) is kind
    assert (fault == "rate_limited") == bool(getattr(raised.value, "retry_at", None))


@pytest.mark.parametrize(
    ("fault", "kind", "applied"),
    [
        ("rate_limited", Throttled, False),
        ("credits_depleted", BudgetExhausted, False),
        ("unauthorized", AuthRevoked, False),
        ("server_error", OutcomeUnknown, False),
        ("cloudflare", OutcomeUnknown, False),
        ("hang_before", OutcomeUnknown, False),
        ("reset_before", OutcomeUnknown, False),
        ("empty_body", OutcomeUnknown, True),
        ("html", OutcomeUnknown, True),
        ("truncated", OutcomeUnknown, True),
        ("unavailable_after", OutcomeUnknown, True),
        ("hang_after", OutcomeUnknown, True),
        ("reset_after", OutcomeUnknown, True),
    ],
)
def test_a_write_that_fails_is_never_sent_twice(client, x_world, impatient, post, fault, kind, applied):
    x_world.faults.add(fault, "post_create")
    with pytest.raises(kind) as raised:
        client.reply(post, "hello")
    assert type(raised.value) is kind
    assert len(x_world.seen("post_create")) <= 1
    assert any(one.text.endswith("hello") for one in x_world.posts.values()) == applied


def test_a_write_that_never_left_may_be_tried_again():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    client = Client(Kept("@brand", OAUTH1, f"http://127.0.0.1:{port}").account())
    with pytest.raises(Unavailable):
        client.reply("5", "hello")


@pytest.mark.parametrize("body", [b"[]", b'"ok"', b"17", b"", b"\xff\xfe", b"[" * 100_000, b'{"data": '])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_bodies_that_are_no_object(replay, status, body):
    client = Client(Kept("@brand", OAUTH1, replay.url).account())
    replay.answer(status, body)
    replay.answer(status, body)
    with pytest.raises(Unavailable):
        client.mentions("1")
    with pytest.raises(Rejected if status == 400 else OutcomeUnknown):
        client.reply("5", "hello")


def test_what_postgresql_cannot_store_is_replaced(replay):
    client = Client(Kept("@brand", OAUTH1, replay.url).account())
    replay.answer(200, b'{"data": [{"id": "1", "text": "a\\u0000b\\ud83dc"}]}')
    assert client.mentions("1").items == [{"id": "1", "text": "a\ufffdb?c"}]


def test_a_refusal_still_tells_the_budget(client, x_world):
    x_world.faults.add("unavailable", "mentions")
    with pytest.raises(Unavailable) as raised:
        client.mentions("1")
    assert raised.value.budget is not None
    assert raised.value.budget.limit == 300


def test_redirects_are_not_followed(replay):
    client = Client(Kept("@brand", OAUTH1, replay.url).account())
    replay.answer(302, b"", {"Location": f"{replay.url}/elsewhere"})
    with pytest.raises(Unavailable):
        client.mentions("1")
    assert len(replay.asked) == 1


# OAuth 2: tokens that end, and refresh tokens that can be used once.


def test_an_expired_token_is_renewed_once_and_kept(x_world):
    kept = Kept("@" + BRAND, x_world.connect(BRAND, "oauth2"), x_world.base_url)
    before = dict(kept.credentials)
    x_world.clock.advance(hours=3)
    client = Client(kept.account())
    assert client.me().one["username"] == BRAND
    assert kept.credentials["refresh_token"] != before["refresh_token"]
    assert kept.credentials["client_secret"] == before["client_secret"]
    assert client.me().one["username"] == BRAND
    assert len(x_world.seen("me")) == 3  # refused, repeated, and again without a detour


def test_a_token_known_to_have_ended_is_not_tried(replay):
    kept = Kept("@brand", OAUTH2 | {"expires_at": "1000"}, replay.url)
    replay.answer(200, {"access_token": "new", "refresh_token": "twice", "expires_in": 7200})
    replay.answer(200, {"data": {"id": "1"}})
    Client(kept.account()).me()
    assert [path.partition("?")[0] for _method, path, _headers, _body in replay.asked] == [
        "/2/oauth2/token",
        "/2/users/me",
    ]
    assert b"refresh_token=once" in replay.asked[0][3]
    assert replay.asked[1][2]["Authorization"] == "Bearer new"
    assert (kept.credentials["access_token"], kept.credentials["refresh_token"]) == ("new", "twice")


def test_a_write_refused_for_its_token_is_sent_once_after_the_renewal(x_world, post):
    kept = Kept("@" + BRAND, x_world.connect(BRAND, "oauth2"), x_world.base_url)
    x_world.clock.advance(hours=3)
    Client(kept.account()).reply(post, "hello")
    assert [one.status for one in x_world.seen("post_create")] == [401, 201]


def test_two_workers_use_a_refresh_token_once(x_world):
    kept = Kept("@" + BRAND, x_world.connect(BRAND, "oauth2"), x_world.base_url)
    first, second = Client(kept.account()), Client(kept.account())
    x_world.clock.advance(hours=3)
    assert first.me().one and second.me().one
    assert [one.status for one in x_world.seen() if one.path == "/2/oauth2/token"] == [200]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            400,
            {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
            AuthRevoked,
        ),
        (401, {}, AuthRevoked),
        (503, b"<html>", Unavailable),
        (429, {}, Throttled),
        (200, b"<html>", Unavailable),
        (200, [], Unavailable),
        (200, {"access_token": "a", "expires_in": None}, Unavailable),
    ],
)
def test_a_renewal_that_fails_keeps_what_was_stored(replay, status, body, kind):
    kept = Kept("@brand", OAUTH2 | {"expires_at": "1000"}, replay.url)
    replay.answer(status, body)
    with pytest.raises(kind):
        Client(kept.account()).me()
    assert kept.credentials["refresh_token"] == "once"


def test_a_permission_taken_back_pauses(x_world):
    for auth in ("oauth1", "oauth2"):
        kept = Kept("@" + BRAND, x_world.connect(BRAND, auth), x_world.base_url)
        x_world.revoke(BRAND)
        with pytest.raises(AuthRevoked):
            Client(kept.account()).me()


def test_without_a_place_to_keep_it_a_refresh_token_is_not_used_up(replay):
    account = Kept("@brand", OAUTH2 | {"expires_at": "1000"}, replay.url).account()
    account.renew = None
    with pytest.raises(AuthRevoked, match="expired"):
        Client(account).me()
    assert replay.asked == []


# What an admin typed.


@pytest.mark.parametrize(
    ("credentials", "missing"),
    [
        ({}, "client_id, access_token, refresh_token missing"),
        (OAUTH1 | {"access_token_secret": ""}, "OAuth 1.0a credentials are incomplete: access_token_secret missing"),
        (OAUTH2 | {"refresh_token": ""}, "OAuth 2 credentials are incomplete: refresh_token missing"),
    ],
)
def test_incomplete_credentials_say_what_is_missing(credentials, missing):
    with pytest.raises(AuthRevoked, match=missing):
        Client(Kept("@brand", credentials, "").account())


@pytest.mark.parametrize("value", ["two words", "line\n", "schlüssel", "\x00"])
def test_damaged_credentials_say_which(value):
    with pytest.raises(AuthRevoked, match="access_token: X's credentials are one word"):
        Client(Kept("@brand", OAUTH2 | {"access_token": value}, "").account())


def test_either_set_is_enough():
    assert is_oauth1(OAUTH1)
    assert not is_oauth1(OAUTH2)
    assert is_oauth1(OAUTH1 | {"client_id": "left_over"})


@pytest.mark.parametrize("url", ["", "  ", "https://api.x.com", "https://api.twitter.com/"])
def test_x_itself_needs_no_address(url):
    assert origin_of(url) == ""


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://a", "http://", "http://a/b", "javascript:alert(1)"])
def test_an_address_that_is_none(url):
    with pytest.raises(Rejected, match="no server address"):
        origin_of(url)


def test_a_signature_holds_behind_the_redirect_and_nothing_leaks_elsewhere(x_world, kept):
    Client(kept.account()).me()
    assert x_world.seen("me")[0].auth == "oauth1"
    session = requests.Session()
    transport.mount(session, x_world.base_url)
    assert session.get(f"{x_world.base_url}/", timeout=5).request.headers.get("X-Original-URL") is None
