"""Customers, calls, tags, channels, people, teams and one's own tokens."""

import pytest
from django.core import mail

from accounts.models import ApiToken, Role, Team, User
from tests import factories as make
from tests.loopback import network as the_network
from tickets.channels import registry
from tickets.channels.errors import AuthRevoked
from tickets.models import Call, Channel
from tickets.services import channels

pytestmark = pytest.mark.django_db

V1 = "/api/v1/"


def get(client, path, **query):
    answer = client.get(V1 + path, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def names(client, path, **query):
    return [row["name"] for row in get(client, path, **query)["results"]]


def test_a_customer_with_identities_and_the_list_of_their_tickets(by, agent, ticket):
    client = by(agent)
    shown = get(client, f"customers/{ticket.customer_id}/")
    assert shown["name"] == ticket.customer.name
    assert [identity["handle"] for identity in shown["identities"]] == ["@jo"]
    assert shown["identities"] == get(client, f"customers/{ticket.customer_id}/identities/")["results"]
    assert [row["number"] for row in client.get(shown["tickets"]).json()["results"]] == [ticket.pk]


def test_customers_are_found_by_name_handle_and_address(by, agent, db):
    for name, handle, external_id in (("Jo Brown", "@jo", "1"), ("Kim Reed", "@kimmy", "2")):
        make.identity(of=make.customer(name), name=name, handle=handle, external_id=external_id)
    client = by(agent)
    assert names(client, "customers/", q="brown") == ["Jo Brown"]
    assert names(client, "customers/", q="KIMM") == ["Kim Reed"]
    assert names(client, "customers/", q="2") == ["Kim Reed"]
    assert names(client, "customers/", q="%") == []


def test_the_note_about_a_customer(by, agent, ticket):
    client = by(agent)
    path = f"{V1}customers/{ticket.customer_id}/"
    assert client.patch(path, {"note": "VIP"}, format="json").json()["note"] == "VIP"
    assert client.patch(path, {"name": "X"}, format="json").status_code == 400


@pytest.fixture
def line(settings, db):
    settings.CHANNEL_ADAPTERS = ["channels_phone.adapter.PhoneAdapter"]
    registry.adapters.cache_clear()
    yield channels.add("phone", "+442079460000", "Service line", {}, {})
    registry.adapters.cache_clear()


CALL = {
    "number": "+447700900123",
    "name": "Jo",
    "direction": "inbound",
    "outcome": "answered",
    "started_at": "2026-01-01T10:00:00Z",
    "answered_at": "2026-01-01T10:00:10Z",
    "ended_at": "2026-01-01T10:05:10Z",
    "notes": "Bag lost in Oslo",
    "hold_s": 30,
}


def test_a_call_opens_a_ticket_and_told_twice_stands_once(by, agent, line):
    client = by(agent)
    body = CALL | {"channel": line.pk, "external_id": "pbx-1"}
    made = client.post(f"{V1}calls/", body, format="json")
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["talk_s"], shown["hold_s"], shown["number"]) == (300, 30, "+447700900123")
    assert (shown["channel"]["name"], shown["customer"]["name"]) == ("Service line", "Jo")
    assert get(client, f"tickets/{shown['ticket']}/")["subject"] == "Bag lost in Oslo"
    assert client.post(f"{V1}calls/", body, format="json").json() == shown
    assert get(client, "calls/")["results"] == [shown]
    assert Call.objects.count() == 1


def test_a_call_joins_the_ticket_named_if_one_sees_it(by, agent, line, closed_team):
    ticket = make.ticket(channel=line)
    client = by(agent)
    body = CALL | {"channel": line.pk, "ticket": ticket.pk}
    assert client.post(f"{V1}calls/", body, format="json").json()["ticket"] == ticket.pk
    hidden = make.ticket(channel=line, team=closed_team)
    refused = client.post(f"{V1}calls/", body | {"ticket": hidden.pk}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/ticket")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"number": "020 7946"}, 400),
        ({"hold_s": -1}, 400),
        ({"direction": "sideways"}, 400),
        ({"channel": 10**9}, 422),
        ({"answered_at": None}, 422),
        ({"ended_at": "2026-01-01T09:00:00Z"}, 422),
        ({"started_at": "2100-01-01T10:00:00Z"}, 422),
    ],
)
def test_a_bad_call_is_refused(by, agent, line, change, status):
    answer = by(agent).post(f"{V1}calls/", CALL | {"channel": line.pk} | change, format="json")
    assert answer.status_code == status
    assert not Call.objects.exists()


def test_tags_by_name(by, agent, channel):
    make.ticket(channel=channel, tags=("vip", "baggage"))
    found = names(by(agent), "tags/")
    assert found == sorted(found)
    assert {"baggage", "vip"} <= set(found)


def test_a_channel_tells_admins_more_and_nobody_its_secrets(by, admin, agent, channel):
    Channel.objects.filter(pk=channel.pk).update(credentials={"token": "hush"}, options={"api_base_url": "http://x"})
    shown, more = get(by(agent), f"channels/{channel.pk}/"), get(by(admin), f"channels/{channel.pk}/")
    assert (shown["name"], shown["state"], shown["health"]["level"]) == ("The brand", "active", "ok")
    assert (shown["credentials"], shown["options"]) == (None, None)
    assert (more["credentials"], more["options"]) == (["token"], {"api_base_url": "http://x"})
    assert "hush" not in str(more)
    (listed,) = get(by(agent), "channels/")["results"]
    assert {**listed, "health": None} == {**shown, "health": None}


def test_connecting_changing_pausing_and_checking_a_channel(by, admin, channel, open_team):
    client = by(admin)
    body = {"kind": "loopback", "address": "@two", "name": "Two", "team": open_team.pk}
    made = client.post(f"{V1}channels/", body, format="json")
    assert (made.status_code, made.json()["team"]["name"]) == (201, "Support")
    twice = client.post(f"{V1}channels/", body, format="json")
    assert (twice.status_code, "connected already" in twice.json()["detail"]) == (422, True)
    path = f"{V1}channels/{made.json()['id']}/"
    changed = client.patch(path, {"name": "Second", "hard_limit_usd": "5.00", "team": None}, format="json").json()
    assert (changed["name"], changed["hard_limit_usd"], changed["team"]) == ("Second", "5.00", None)
    refused = client.patch(path, {"soft_limit_usd": "9"}, format="json")
    assert refused.status_code == 422
    assert client.post(f"{path}pause/", {}, format="json").json()["state"] == "paused"
    assert client.post(f"{path}resume/", {}, format="json").json()["state"] == "active"
    assert client.post(f"{path}check/", {}, format="json").status_code == 200
    the_network.fail("check", AuthRevoked("The token was revoked."))
    failed = client.post(f"{path}check/", {}, format="json")
    assert (failed.status_code, failed.json()["detail"]) == (422, "The token was revoked.")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"kind": "fax"}, 422),
        ({"credentials": {"key": "x"}}, 422),
        ({"credentials": {"key": 5}}, 400),
        ({"team": 10**9}, 422),
    ],
)
def test_a_bad_channel_is_refused(by, admin, network, change, status):
    body = {"kind": "loopback", "address": "@two", "name": "Two"} | change
    assert by(admin).post(f"{V1}channels/", body, format="json").status_code == status


def test_people_are_listed_for_everybody_with_addresses_for_admins(by, admin, agent, stranger):
    shown = {row["name"]: row for row in get(by(agent), "users/")["results"]}
    assert {name: row["state"] for name, row in shown.items()} == {
        "Ada Admin": "active",
        "Priya Nair": "active",
        "Sid Stranger": "deactivated",
    }
    assert shown["Priya Nair"] == {
        "id": agent.pk,
        "name": "Priya Nair",
        "role": "agent",
        "state": "active",
        "teams": [{"id": agent.teams.get().pk, "name": "Support"}],
        "email": None,
    }
    assert get(by(admin), f"users/{agent.pk}/")["email"] == agent.email
    assert names(by(agent), "users/", active="true") == ["Ada Admin", "Priya Nair"]


def test_inviting_changing_and_deactivating_a_person(by, admin, open_team):
    client = by(admin)
    body = {"name": "Noor", "email": "Noor@northwind.example", "role": "agent", "teams": [open_team.pk]}
    made = client.post(f"{V1}users/", body, format="json")
    assert (made.status_code, made.json()["state"], made.json()["email"]) == (201, "invited", "noor@northwind.example")
    assert [message.to for message in mail.outbox] == [["noor@northwind.example"]]
    path = f"{V1}users/{made.json()['id']}/"
    changed = client.patch(path, {"role": "manager"}, format="json").json()
    assert (changed["role"], changed["name"], changed["teams"][0]["name"]) == ("manager", "Noor", "Support")
    assert client.post(f"{path}invitation/", {}, format="json").status_code == 200
    assert client.post(f"{path}deactivation/", {}, format="json").json()["state"] == "deactivated"


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"email": "ada@northwind.example"}, 422, "#/email"),
        ({"teams": [10**9]}, 422, "#/teams"),
        ({"role": "king"}, 400, "#/role"),
        ({"name": ""}, 400, "#/name"),
        ({"password": "x"}, 400, "#/password"),
    ],
)
def test_a_bad_person_says_where(by, admin, body, status, pointer):
    new = {"name": "Noor", "email": "noor@northwind.example", "role": "agent"} | body
    answer = by(admin).post(f"{V1}users/", new, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)
    assert User.objects.count() == 1


def test_the_last_admin_stays(by, admin):
    client = by(admin)
    for answer in (
        client.post(f"{V1}users/{admin.pk}/deactivation/", {}, format="json"),
        client.patch(f"{V1}users/{admin.pk}/", {"role": "agent"}, format="json"),
    ):
        assert (answer.status_code, "last active admin" in answer.json()["detail"]) == (422, True)
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMIN, True)


def test_teams(by, admin, agent, teammate, open_team, channel):
    client = by(admin)
    body = {"name": "Lost bags", "is_closed": True, "members": [agent.pk], "leads": [teammate.pk]}
    made = client.post(f"{V1}teams/", body, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["members"] == [
        {"id": teammate.pk, "name": teammate.name, "is_lead": True},
        {"id": agent.pk, "name": agent.name, "is_lead": False},
    ]
    path = f"{V1}teams/{made.json()['id']}/"
    assert get(by(agent), f"teams/{made.json()['id']}/")["members"] is None
    changed = client.patch(path, {"members": []}, format="json").json()
    assert (changed["name"], changed["is_closed"]) == ("Lost bags", True)
    assert [member["id"] for member in changed["members"]] == [teammate.pk]
    make.ticket(channel=channel, team_id=made.json()["id"])
    assert client.delete(path).status_code == 422
    assert client.delete(f"{V1}teams/{Team.objects.create(name='Empty').pk}/").status_code == 204


def test_ones_own_tokens_are_seen_and_revoked_whatever_their_scopes(by, agent, teammate):
    client, other = by(agent, "metrics:read"), by(teammate)
    (mine,) = get(client, "tokens/")["results"]
    assert (mine["name"], mine["scopes"], len(mine["prefix"])) == ("test", ["metrics:read"], 12)
    assert other.delete(f"{V1}tokens/{mine['id']}/").status_code == 404
    assert client.delete(f"{V1}tokens/{mine['id']}/").status_code == 204
    assert client.get(f"{V1}tokens/").status_code == 401
    assert ApiToken.objects.get(pk=mine["id"]).revoked_at is not None
