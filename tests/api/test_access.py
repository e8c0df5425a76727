"""Who gets in: every route for every role, with every scope, and for tickets out of sight."""

import pytest
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver

from accounts.models import ApiToken
from tests import factories as make
from tests.conftest import PASSWORD
from tickets.api import urls as tickets_urls
from tickets.models import Attachment

pytestmark = pytest.mark.django_db

READ, WRITE = "tickets:read", "tickets:write"
NOTE = {"visibility": "internal", "text": "Seen."}
# Method, address, body, the scope that a token needs; everybody who works here may, as far as they see the ticket.
TICKET_ROUTES = [
    ("get", "/api/v1/tickets/{n}/", None, READ),
    ("patch", "/api/v1/tickets/{n}/", {"priority": "high"}, WRITE),
    ("get", "/api/v1/tickets/{n}/messages/", None, READ),
    ("post", "/api/v1/tickets/{n}/messages/", NOTE, WRITE),
    ("get", "/api/v1/tickets/{n}/messages/{m}/", None, READ),
    ("get", "/api/v1/tickets/{n}/events/", None, READ),
    ("get", "/api/v1/attachments/{a}/", None, READ),
]
ROUTES = [
    ("get", "/api/v1/tickets/", None, READ),
    ("get", "/api/v1/health/", None, "channels:read"),
    *TICKET_ROUTES,
]
ROLES = ["agent", "teammate", "manager", "admin"]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def call(client, method, path, body, ticket):
    message = ticket.messages.order_by("pk").first()
    attachment = message.attachments.first() or Attachment.objects.create(message=message, state="stored")
    attachment.file.save("", ContentFile(b"GIF"))
    path = path.format(n=ticket.pk, m=message.pk, a=attachment.pk)
    return getattr(client, method)(path, body, **({"format": "json"} if body else {}))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "body", "scope"), ROUTES)
def test_everybody_who_works_here_gets_in(request, by, ticket, role, method, path, body, scope):
    person = request.getfixturevalue(role)
    assert call(by(person, scope), method, path, body, ticket).status_code in (200, 201)


@pytest.mark.parametrize(("method", "path", "body", "scope"), ROUTES)
def test_without_the_scope_it_is_403_and_names_it(by, agent, ticket, method, path, body, scope):
    others = set(ApiToken.Scope.values) - {scope}
    answer = call(by(agent, *others), method, path, body, ticket)
    assert (answer.status_code, f"“{scope}”" in answer.json()["detail"]) == (403, True)


@pytest.mark.parametrize(("method", "path", "body", "scope"), ROUTES)
def test_nobody_and_those_who_left_get_401(by, admin, stranger, ticket, method, path, body, scope):
    for person in (None, stranger):
        answer = call(by(person), method, path, body, ticket)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(("role", "sees"), [("agent", False), ("teammate", True), ("manager", True), ("admin", True)])
@pytest.mark.parametrize(("method", "path", "body", "scope"), TICKET_ROUTES)
def test_a_closed_teams_ticket_is_not_there_for_others(
    request, by, closed_ticket, role, sees, method, path, body, scope
):
    make.message(closed_ticket)
    client = by(request.getfixturevalue(role))
    answer = call(client, method, path, body, closed_ticket)
    assert answer.status_code in ((200, 201) if sees else (404,))
    listed = [row["number"] for row in client.get("/api/v1/tickets/").json()["results"]]
    assert (closed_ticket.pk in listed) is sees


def test_a_session_reads_and_writes_with_its_csrf_token_only(as_, agent, ticket):
    browser = as_(agent)
    browser.handler.enforce_csrf_checks = True
    path = f"/api/v1/tickets/{ticket.pk}/messages/"
    assert browser.get(path).status_code == 200
    refused = browser.post(path, NOTE, content_type="application/json")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    browser.get("/api/v1/docs/")
    token = browser.cookies["csrftoken"].value
    assert browser.post(path, NOTE, content_type="application/json", headers={"X-CSRFToken": token}).status_code == 201


def test_the_table_above_has_every_route():
    known = {(method, path.format(n=1, m=1, a=1)) for method, path, _, _ in ROUTES}
    # Their own tests: who signs in has no token yet, and these two describe the others.
    known |= {("post", "/api/v1/token/"), ("get", "/api/v1/schema/"), ("get", "/api/v1/docs/")}
    assert known == set(_routes(tickets_urls.urlpatterns))


def _routes(patterns: list[URLPattern]):
    resolver = get_resolver()
    for pattern in patterns:
        if pattern.name == "api-missing":
            continue
        for method in ("get", "post", "put", "patch", "delete"):
            arguments = dict.fromkeys(pattern.pattern.converters, 1)
            path = "/" + resolver.reverse(pattern.name, **arguments)
            cls = getattr(pattern.callback, "cls", None)
            if hasattr(cls, method) if cls else method == "get":
                yield method, path


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Bearer parley_nothing", "unknown, expired or revoked"),
        ("Bearer", "Authorization: Bearer TOKEN"),
        ("Bearer a b", "Authorization: Bearer TOKEN"),
        ("Basic YTpi", "Authorization: Bearer TOKEN"),
        ("Bearer \udcff".encode("utf-8", "surrogateescape").decode("latin-1"), "unknown, expired or revoked"),
    ],
)
def test_what_is_no_token_is_401_and_says_how_to_write_one(client, admin, header, says):
    answer = client.get("/api/v1/tickets/", headers={"Authorization": header})
    assert (answer.status_code, says in answer.json()["detail"]) == (401, True)


def test_expired_and_revoked_tokens_are_401(by, agent):
    client = by(agent)
    assert client.get("/api/v1/tickets/").status_code == 200
    ApiToken.objects.update(expires_at="2020-01-01T00:00Z")
    assert client.get("/api/v1/tickets/").status_code == 401
    ApiToken.objects.update(expires_at=None, revoked_at="2020-01-01T00:00Z")
    assert client.get("/api/v1/tickets/").status_code == 401


def sign_in(client, email, password=PASSWORD, **more):
    return client.post("/api/v1/token/", {"email": email, "password": password, **more}, "application/json")


def test_signing_in_gives_a_token_that_works(client, agent):
    answer = sign_in(client, "Priya@Northwind.example", scopes=["tickets:read"], days=1, name="laptop")
    made = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    assert (made["name"], made["scopes"], made["user"]) == (
        "laptop",
        ["tickets:read"],
        {"id": agent.pk, "name": agent.name},
    )
    header = {"Authorization": f"Bearer {made['token']}"}
    assert client.get("/api/v1/tickets/", headers=header).status_code == 200
    agent.refresh_from_db()
    assert agent.last_login is not None


@pytest.mark.parametrize("who", ["agent", "stranger", "nobody"])
def test_a_wrong_password_does_not_tell_whether_the_address_is_known(client, agent, stranger, who):
    email = {"agent": agent.email, "stranger": stranger.email, "nobody": "nobody@northwind.example"}[who]
    answer = sign_in(client, email, PASSWORD if who == "stranger" else "wrong")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["detail"] == "That email and password do not match."


def test_too_many_wrong_passwords_shut_the_api_and_the_page_together(client, agent, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = sign_in(client, agent.email, "wrong")
    assert (last.status_code, last["Retry-After"], last["Content-Type"]) == (429, "900", "application/problem+json")
    assert sign_in(client, agent.email).status_code == 429, "the right password does not open it either"
    assert client.post("/sign-in/", {"username": agent.email, "password": PASSWORD}).status_code == 429


def test_a_right_password_forgets_earlier_wrong_ones(client, agent, settings):
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            sign_in(client, agent.email, "wrong")
        assert sign_in(client, agent.email).status_code == 201


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"scopes": ["root"]}, "#/scopes/0"),
        ({"scopes": []}, "#/scopes"),
        ({"days": 0}, "#/days"),
        ({"days": "3"}, "#/days"),
        ({"days": 366}, "#/days"),
        ({"name": True}, "#/name"),
        ({"email": "x"}, "#/email"),
        ({"scope": "tickets:read"}, "#/scope"),
    ],
)
def test_a_bad_sign_in_says_where(client, agent, more, pointer):
    answer = sign_in(client, **({"email": agent.email} | more))
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
