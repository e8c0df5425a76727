"""Everything that can be wrong with a request is answered as RFC 9457 problem details with words that help."""

import json

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

TICKETS = "/api/v1/tickets/"


def problem(answer, status):
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body = answer.json()
    assert {"type", "title", "status", "detail", "request_id"} <= set(body)
    assert body["status"] == status
    assert body["request_id"] == answer["X-Request-ID"]
    return body


def post(client, path, content, content_type="application/json"):
    return client.generic("POST", path, content, content_type=content_type)


@pytest.mark.parametrize("path", ["nothing/", "tickets/x/", "tickets/999999999/", f"tickets/{10**30}/", "tickets/-1/"])
def test_404(by, agent, path):
    problem(by(agent).get(f"/api/v1/{path}"), 404)


def test_an_address_without_its_slash_says_so(by, agent):
    for method in ("get", "post"):
        assert "end in a slash" in problem(getattr(by(agent), method)("/api/v1/tickets"), 404)["detail"]


def test_405_names_what_is_allowed(by, agent):
    answer = by(agent).put(TICKETS, {}, format="json")
    problem(answer, 405)
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_406(by, agent):
    problem(by(agent).get(TICKETS, headers={"Accept": "text/csv"}), 406)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_415(by, agent, ticket, content_type):
    problem(post(by(agent), f"{TICKETS}{ticket.pk}/messages/", "visibility=internal", content_type), 415)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"{'visibility': 'internal'}",
        b"\xff\xfe",
        b'{"text": NaN}',
        b'{"text": Infinity}',
        b"9" * 5000,
        b"[" * 33 + b"]" * 33,
        b"[" * 400_000,
        b'{"a":' * 100_000,
    ],
    ids=["open", "quotes", "bytes", "nan", "infinity", "digits", "deep", "deeper", "deepest"],
)
def test_what_is_no_json_is_400(by, agent, ticket, content):
    body = problem(post(by(agent), f"{TICKETS}{ticket.pk}/messages/", content), 400)
    assert "JSON" in body["detail"]


@pytest.mark.parametrize("content", [b"[]", b"null", b'"x"', b"5", b"", b"true"])
def test_json_that_is_no_object_is_400(by, agent, ticket, content):
    problem(post(by(agent), f"{TICKETS}{ticket.pk}/messages/", content), 400)


def test_413(by, agent, ticket):
    content = json.dumps({"visibility": "internal", "text": "x" * 1_000_000}).encode()
    assert "1,000,000 bytes" in problem(post(by(agent), f"{TICKETS}{ticket.pk}/messages/", content), 413)["detail"]


def test_half_a_surrogate_is_refused_and_a_null_character_dropped(by, agent, ticket):
    path = f"{TICKETS}{ticket.pk}/messages/"
    problem(post(by(agent), path, b'{"visibility": "internal", "text": "\\ud800"}'), 400)
    made = post(by(agent), path, b'{"visibility": "internal", "text": "a\\u0000b"}')
    assert (made.status_code, made.json()["text"]) == (201, "ab")


def test_errors_name_every_field(by, agent, ticket):
    body = problem(by(agent).patch(f"{TICKETS}{ticket.pk}/", {"status": 1, "team": "x"}, format="json"), 400)
    assert body["type"] == "urn:parley:problem:invalid"
    assert {error["pointer"] for error in body["errors"]} == {"#/status", "#/team"}
    assert all(error["detail"] in body["detail"] for error in body["errors"])


def test_our_own_mistakes_are_json_too_and_tell_nothing(by, agent, settings, monkeypatch):
    def broken(*_args):
        raise RuntimeError("secret")

    monkeypatch.setattr("tickets.api.views.health.findings", broken)
    client = by(agent)
    client.raise_request_exception = False
    answer = client.get("/api/v1/health/")
    assert "secret" not in problem(answer, 500)["detail"]


@pytest.fixture
def no_database(monkeypatch):
    """From its call on, nothing listens where the database was."""

    def leave():
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "PORT", "1")

    yield leave
    connection.close()
    monkeypatch.undo()


@pytest.mark.django_db(transaction=True)
def test_without_the_database_everything_says_so(by, as_, agent, no_database):
    client, browser = by(agent), as_(agent)
    client.raise_request_exception = browser.raise_request_exception = False
    no_database()

    answer = client.get(TICKETS)
    assert "Try again in a few seconds" in problem(answer, 503)["detail"]
    assert answer["Retry-After"] == "5"
    page = browser.get("/")
    assert (page.status_code, page["Content-Type"].split(";")[0], page["Retry-After"]) == (503, "text/html", "5")
    assert "Parley is not available at the moment" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-123", True), ("x" * 101, False), ("a b", False), ("a\\nb", False), ("", False)]
)
def test_a_request_id_is_kept_or_made(by, agent, given, kept):
    answer = by(agent).get(TICKETS, headers={"X-Request-ID": given})
    assert answer["X-Request-ID"]
    assert (answer["X-Request-ID"] == given) is kept


def test_pages_have_a_request_id_too_and_their_own_errors(as_, agent):
    answer = as_(agent).get("/no-such-page/")
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (404, "text/html")
    assert answer["X-Request-ID"]
