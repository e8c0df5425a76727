"""Who gets in: every route for every role, with every scope, and for tickets out of sight."""

from contextlib import contextmanager

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import URLPattern, get_resolver

from accounts.models import ApiToken, Team, User
from tests import factories as make
from tests.conftest import PASSWORD
from tickets.api import urls as tickets_urls
from tickets.models import Attachment, InboundItem, Ticket, Webhook
from tickets.services import reply, webhooks

pytestmark = pytest.mark.django_db

READ, WRITE = "tickets:read", "tickets:write"
EVERYBODY = {"agent", "teammate", "manager", "admin"}
ADMINS = {"admin"}
NOTE = {"visibility": "internal", "text": "Seen."}
CALL = {
    "channel": 10**9,
    "number": "+442079460000",
    "direction": "inbound",
    "outcome": "missed",
    "started_at": "2026-01-01T00:00:00Z",
}
# Method, address, body, the scope that a token needs, and who may. Those of one ticket: as far as they see it.
TICKET_ROUTES = [
    ("get", "/api/v1/tickets/{n}/", None, READ, EVERYBODY),
    ("patch", "/api/v1/tickets/{n}/", {"priority": "high"}, WRITE, EVERYBODY),
    ("get", "/api/v1/tickets/{n}/messages/", None, READ, EVERYBODY),
    ("post", "/api/v1/tickets/{n}/messages/", NOTE, WRITE, EVERYBODY),
    ("get", "/api/v1/tickets/{n}/messages/{m}/", None, READ, EVERYBODY),
    ("post", "/api/v1/tickets/{n}/messages/{m}/withdrawal/", None, WRITE, EVERYBODY),
    ("post", "/api/v1/tickets/{n}/messages/{m}/retry/", None, WRITE, EVERYBODY),
    ("post", "/api/v1/tickets/{n}/messages/{m}/confirmation/", None, WRITE, EVERYBODY),
    ("get", "/api/v1/tickets/{n}/events/", None, READ, EVERYBODY),
    ("post", "/api/v1/tickets/{n}/no-reply-needed/", None, WRITE, EVERYBODY),
    ("post", "/api/v1/tickets/{n}/spam/", None, WRITE, EVERYBODY),
    ("post", "/api/v1/tickets/{n}/block/", None, WRITE, EVERYBODY),
    ("post", "/api/v1/tickets/{n}/answered-outside/", None, WRITE, EVERYBODY),
    (
        "post",
        "/api/v1/tickets/{n}/work/",
        {"start": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:09:00Z"},
        WRITE,
        EVERYBODY,
    ),
    ("post", "/api/v1/tickets/{n}/merge/", {"into": 10**9}, WRITE, EVERYBODY),
    ("post", "/api/v1/tickets/{n}/unmerge/", None, WRITE, EVERYBODY),
    ("get", "/api/v1/attachments/{a}/", None, READ, EVERYBODY),
    ("get", "/api/v1/customers/{c}/", None, READ, EVERYBODY),
    ("patch", "/api/v1/customers/{c}/", {"note": "VIP"}, WRITE, EVERYBODY),
    ("get", "/api/v1/customers/{c}/identities/", None, READ, EVERYBODY),
]
ROUTES = [
    ("get", "/api/v1/tickets/", None, READ, EVERYBODY),
    ("post", "/api/v1/tickets/", {"channel": 10**9, "to": "jo@mail.example", "text": "Hello"}, WRITE, EVERYBODY),
    ("get", "/api/v1/parked-items/", None, "channels:admin", ADMINS),
    ("post", "/api/v1/parked-items/{p}/replay/", None, "channels:admin", ADMINS),
    ("get", "/api/v1/customers/", None, READ, EVERYBODY),
    ("get", "/api/v1/calls/", None, READ, EVERYBODY),
    ("post", "/api/v1/calls/", CALL, WRITE, EVERYBODY),
    ("get", "/api/v1/tags/", None, READ, EVERYBODY),
    ("get", "/api/v1/users/", None, READ, EVERYBODY),
    ("get", "/api/v1/users/{u}/", None, READ, EVERYBODY),
    (
        "post",
        "/api/v1/users/",
        {"name": "New", "email": "new@northwind.example", "role": "agent"},
        "people:admin",
        ADMINS,
    ),
    ("patch", "/api/v1/users/{u}/", {"name": "Renamed"}, "people:admin", ADMINS),
    ("post", "/api/v1/users/{u}/invitation/", None, "people:admin", ADMINS),
    ("post", "/api/v1/users/{u}/deactivation/", None, "people:admin", ADMINS),
    ("get", "/api/v1/teams/", None, READ, EVERYBODY),
    ("get", "/api/v1/teams/{t}/", None, READ, EVERYBODY),
    ("post", "/api/v1/teams/", {"name": "Lost bags"}, "people:admin", ADMINS),
    ("patch", "/api/v1/teams/{t}/", {"name": "Renamed"}, "people:admin", ADMINS),
    ("delete", "/api/v1/teams/{t}/", None, "people:admin", ADMINS),
    ("get", "/api/v1/channels/", None, "channels:read", EVERYBODY),
    ("get", "/api/v1/channels/{ch}/", None, "channels:read", EVERYBODY),
    (
        "post",
        "/api/v1/channels/",
        {"kind": "loopback", "address": "@two", "name": "Two"},
        "channels:admin",
        ADMINS,
    ),
    ("patch", "/api/v1/channels/{ch}/", {"name": "Renamed"}, "channels:admin", ADMINS),
    ("post", "/api/v1/channels/{ch}/pause/", None, "channels:admin", ADMINS),
    ("post", "/api/v1/channels/{ch}/resume/", None, "channels:admin", ADMINS),
    ("post", "/api/v1/channels/{ch}/check/", None, "channels:admin", ADMINS),
    *(
        (method, f"/api/v1/webhooks/{path}", body, "webhooks:admin", ADMINS)
        for method, path, body in (
            ("get", "", None),
            ("post", "", {"name": "CRM", "url": "https://crm.example/hook"}),
            ("get", "{w}/", None),
            ("patch", "{w}/", {"name": "Renamed"}),
            ("delete", "{w}/", None),
            ("post", "{w}/secret/", None),
            ("post", "{w}/ping/", None),
            ("post", "{w}/pause/", None),
            ("post", "{w}/resume/", None),
            ("get", "{w}/deliveries/", None),
            ("get", "{w}/deliveries/{wd}/", None),
            ("post", "{w}/deliveries/{wd}/replay/", None),
        )
    ),
    ("get", "/api/v1/health/", None, "channels:read", EVERYBODY),
    *TICKET_ROUTES,
]
# Got in: done, or understood and refused for what it asks.
IN = {200, 201, 204, 422}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def call(client, method, path, body, ticket):
    """The request, with the ids of things that exist."""
    message = ticket.messages.order_by("pk").first()
    attachment = message.attachments.first() or Attachment.objects.create(message=message, state="stored")
    attachment.file.save("", ContentFile(b"GIF"))
    if path.endswith(("withdrawal/", "retry/", "confirmation/")):
        message = reply.send_reply(
            ticket.pk,
            User.objects.get(role="admin", is_active=True),
            channel_id=ticket.channel_id,
            visibility="public",
            answers=message.pk,
            text="Sorry",
            seen=0,
            anyway=True,
        )
    team = Team.objects.get_or_create(name="Spare")[0]
    person = User.objects.filter(email="spare@northwind.example").first() or make.user(
        email="spare@northwind.example", is_active=False
    )
    webhook = Webhook.objects.first() or webhooks.add("CRM", "https://crm.example/hook", [], {})[0]
    parked = InboundItem.objects.create(
        channel=ticket.channel, external_id=f"p{InboundItem.objects.count()}", state="parked"
    )
    path = path.format(
        p=parked.pk,
        w=webhook.pk,
        wd=(webhook.deliveries.first() or webhooks.ping(webhook)).pk,
        n=ticket.pk,
        m=message.pk,
        a=attachment.pk,
        c=ticket.customer_id,
        ch=ticket.channel_id,
        u=person.pk,
        t=team.pk,
    )
    body = body or ({} if method == "post" else None)
    return getattr(client, method)(path, body, **({"format": "json"} if body is not None else {}))


@contextmanager
def afterwards_undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def words(answer):
    return answer.json()["detail"] if answer.get("Content-Type") == "application/problem+json" else ""


@pytest.mark.parametrize(("method", "path", "body", "scope", "roles"), ROUTES)
def test_a_route_lets_in_whom_the_table_says(
    by, admin, manager, agent, teammate, stranger, ticket, method, path, body, scope, roles
):
    for role, person in {"admin": admin, "manager": manager, "agent": agent, "teammate": teammate}.items():
        with afterwards_undone():
            answer = call(by(person, scope), method, path, body, ticket)
        if body and "into" in body:
            assert (role, words(answer)[:29]) == (role, "There is no ticket 1000000000")
        elif role in roles:
            assert answer.status_code in IN, (role, answer.content)
        else:
            assert (answer.status_code, words(answer)[:24]) == (403, "You need to be Admin to "), role

    with afterwards_undone():
        answer = call(by(admin, *set(ApiToken.Scope.values) - {scope}), method, path, body, ticket)
    assert (answer.status_code, f"“{scope}”" in words(answer)) == (403, True)

    for person in (None, stranger):
        with afterwards_undone():
            answer = call(by(person), method, path, body, ticket)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(("method", "path", "body", "scope", "roles"), TICKET_ROUTES)
def test_a_closed_teams_ticket_is_not_there_for_others(
    by, admin, manager, agent, teammate, ticket, closed_team, method, path, body, scope, roles
):
    Ticket.objects.filter(pk=ticket.pk).update(team=closed_team)
    if body and "into" in body:
        body = {"into": ticket.pk}  # refused, where it is seen
    for person in (admin, manager, agent, teammate):
        with afterwards_undone():
            client = by(person)
            answer = call(client, method, path, body, ticket)
            listed = [row["number"] for row in client.get("/api/v1/tickets/").json()["results"]]
        sees = person != agent
        assert answer.status_code in (IN if sees else {404}), (person, answer.content)
        assert (ticket.pk in listed) is sees


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
    known = {(method, path.format(n=1, m=1, a=1, c=1, ch=1, u=1, t=1, w=1, wd=1, p=1)) for method, path, *_ in ROUTES}
    # Their own tests: signing in, one's own tokens, and what describes the others.
    known |= {("post", "/api/v1/token/"), ("get", "/api/v1/tokens/"), ("delete", "/api/v1/tokens/1/")}
    known |= {("get", "/api/v1/schema/"), ("get", "/api/v1/docs/")}
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
