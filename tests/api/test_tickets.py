"""Reading, filtering and changing tickets."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories as make
from tickets.models import Event, Tag, Ticket
from tickets.services import properties

pytestmark = pytest.mark.django_db

TICKETS = "/api/v1/tickets/"
MINUTE = timedelta(minutes=1)


def numbers(client, **query):
    answer = client.get(TICKETS, query)
    assert answer.status_code == 200, answer.json()
    return [row["number"] for row in answer.json()["results"]]


def change(client, ticket, body, **headers):
    return client.patch(f"{TICKETS}{ticket.pk}/", body, format="json", headers=headers)


def test_a_ticket_is_shown_as_the_contract_says(by, agent, open_team, ticket):
    properties.assign(ticket.pk, agent, agent)
    properties.set_team(ticket.pk, open_team, agent)
    properties.add_tags(ticket.pk, ["baggage"], agent)
    opened, due = ticket.opened_at, timezone.now() + 5 * MINUTE
    Ticket.objects.filter(pk=ticket.pk).update(sla_metric="first_response", sla_due_at=due)
    answer = by(agent).get(f"{TICKETS}{ticket.pk}/")
    ticket.refresh_from_db()

    assert answer.json() == {
        "number": ticket.pk,
        "subject": ticket.subject,
        "status": "new",
        "priority": "normal",
        "channel": {"id": ticket.channel_id, "kind": "loopback", "name": "The brand"},
        "visibility": "public",
        "customer": {"id": ticket.customer_id, "name": ticket.customer.name},
        "assignee": {"id": agent.pk, "name": "Priya Nair"},
        "team": {"id": open_team.pk, "name": "Support"},
        "tags": ["baggage"],
        "created_at": opened.isoformat().replace("+00:00", "Z"),
        "updated_at": ticket.updated_at.isoformat().replace("+00:00", "Z"),
        "last_message_at": opened.isoformat().replace("+00:00", "Z"),
        "waiting_since": opened.isoformat().replace("+00:00", "Z"),
        "sla": {"metric": "first_response", "due_at": due.isoformat().replace("+00:00", "Z"), "state": "ok"},
        "excluded": None,
        "external_id": None,
        "url": f"http://testserver/api/v1/tickets/{ticket.pk}/",
        "html_url": f"http://testserver/tickets/{ticket.pk}/",
    }
    assert answer["ETag"].removeprefix("W/") == f'"{ticket.version}"'


def test_times_are_utc_whatever_zone_the_reader_lives_in(by, agent, ticket):
    agent.time_zone = "Pacific/Auckland"
    agent.save()
    assert by(agent).get(f"{TICKETS}{ticket.pk}/").json()["created_at"].endswith("Z")


@pytest.mark.parametrize(
    ("due_in", "at_risk_in", "stored", "state"),
    [
        (10, 5, "ok", "ok"),
        (10, -5, "ok", "at_risk"),
        (-1, -5, "at_risk", "breached"),
        (10, None, "breached", "ok"),
        (None, None, "paused", "paused"),
        (None, None, "none", "none"),
    ],
)
def test_the_state_of_the_clock_is_that_of_now(by, agent, channel, due_in, at_risk_in, stored, state):
    def at(minutes):
        return None if minutes is None else timezone.now() + minutes * MINUTE

    ticket = make.ticket(channel=channel, sla_due_at=at(due_in), sla_at_risk_at=at(at_risk_in), sla_state=stored)
    assert by(agent).get(f"{TICKETS}{ticket.pk}/").json()["sla"]["state"] == state


def test_filters_narrow_each_other_and_values_of_one_widen_it(by, agent, teammate, open_team, channel):
    other = make.channel("loopback", address="@other")
    a = make.ticket(channel=channel, status="open", priority=4, assignee=agent, team=open_team, tags=("vip", "refund"))
    b = make.ticket(channel=other, status="pending", visibility="private", assignee=teammate, tags=("refund",))
    c = make.ticket(channel=channel, status="solved", visibility="mixed", opened_at=timezone.now() - timedelta(days=9))
    client = by(agent)

    assert numbers(client) == [b.pk, a.pk, c.pk]
    assert numbers(client, status=["open", "pending"]) == [b.pk, a.pk]
    assert numbers(client, status=["open", "pending"], tag="refund", channel=channel.pk) == [a.pk]
    assert numbers(client, tag=["vip", "refund"]) == [b.pk, a.pk]
    assert numbers(client, priority="urgent") == [a.pk]
    assert numbers(client, visibility="private") == [b.pk, c.pk]
    assert numbers(client, assignee="me") == [a.pk]
    assert numbers(client, assignee=["none", teammate.pk]) == [b.pk, c.pk]
    assert numbers(client, team="none") == [b.pk, c.pk]
    assert numbers(client, customer=a.customer_id) == [a.pk]
    week_ago = (timezone.now() - timedelta(days=7)).isoformat()
    assert numbers(client, created_before=week_ago) == [c.pk]
    assert numbers(client, created_after=week_ago) == [b.pk, a.pk]
    assert numbers(client, updated_before=week_ago) == []
    assert numbers(client, channel=9**18) == []


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("BAG", [1]),
        ("from:jo@mail.example", [0]),
        ("Brown", [0]),
        ("jo lost", []),
        ("%", []),
        ("#{n}", [1]),
        ("{n}", [1]),
    ],
)
def test_search_finds_number_subject_text_and_customer(by, agent, channel, q, found):
    jo = make.identity("loopback", of=make.customer("Jo Brown"), handle="jo@mail.example")
    tickets = [make.ticket(channel=channel, requester=jo, subject="Refund"), make.ticket(channel=channel, subject="x")]
    make.message(tickets[1], "My bag is lost")
    assert numbers(by(agent), q=q.format(n=tickets[1].pk)) == [tickets[n].pk for n in found]


@pytest.mark.parametrize(
    ("ordering", "order"),
    [
        ("created", [0, 1, 2]),
        ("-created", [2, 1, 0]),
        ("sla_due", [2, 0, 1]),
        ("-sla_due", [1, 0, 2]),
        ("priority", [1, 0, 2]),
        ("-priority", [2, 0, 1]),
        ("updated", [0, 1, 2]),
    ],
)
def test_orderings(by, agent, channel, ordering, order):
    now = timezone.now()
    rows = [(2, 10), (1, None), (4, 5)]
    tickets = [
        make.ticket(
            channel=channel,
            priority=priority,
            due_in=due and due * MINUTE,
            opened_at=now - timedelta(hours=3 - n),
        )
        for n, (priority, due) in enumerate(rows)
    ]
    assert numbers(by(agent), ordering=ordering) == [tickets[n].pk for n in order]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"status": "opened"}, "status"),
        ({"status": ["open", "x"]}, "status"),
        ({"channel": "x"}, "channel"),
        ({"assignee": "you"}, "assignee"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"tag": "x" * 51}, "tag"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a\0b"}, "q"),
        ({"ordering": "number"}, "ordering"),
        ({"ordering": "--created"}, "ordering"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "201"}, "page_size"),
        ({"page_size": "ten"}, "page_size"),
        ({"statuss": "open"}, "statuss"),
        ({"limit": "5"}, "limit"),
    ],
)
def test_a_query_that_cannot_be_read_names_its_parameter(by, agent, query, parameter):
    answer = by(agent).get(TICKETS, query)
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_a_change_of_everything_at_once(by, agent, teammate, open_team, ticket):
    properties.add_tags(ticket.pk, ["old", "kept"], agent)
    body = {
        "status": "open",
        "priority": "urgent",
        "assignee": teammate.pk,
        "team": open_team.pk,
        "tags": ["kept", " new  tag ", "kept"],
    }
    shown = change(by(agent), ticket, body).json()
    assert (shown["status"], shown["priority"], shown["tags"]) == ("open", "urgent", ["kept", "new tag"])
    assert (shown["assignee"]["id"], shown["team"]["id"]) == (teammate.pk, open_team.pk)
    kinds = list(Event.objects.filter(ticket=ticket, actor=agent).order_by("id").values_list("kind", flat=True))
    assert kinds == ["tagged", "team_changed", "assigned", "priority_changed", "tagged", "untagged", "status_changed"]


def test_what_is_named_null_goes_away_and_what_is_left_out_stays(by, agent, open_team, ticket):
    client = by(agent)
    change(client, ticket, {"assignee": agent.pk, "team": open_team.pk, "tags": ["a"]})
    shown = change(client, ticket, {"assignee": None, "tags": []}).json()
    assert (shown["assignee"], shown["team"]["id"], shown["tags"]) == (None, open_team.pk, [])


def test_the_same_again_changes_nothing(by, agent, ticket):
    client = by(agent)
    first = change(client, ticket, {"priority": "high", "status": "open"})
    again = change(client, ticket, {"priority": "high", "status": "open"})
    assert again.json() == first.json()
    assert Event.objects.filter(ticket=ticket, kind__in=["priority_changed", "status_changed"]).count() == 2


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"status": "done"}, 400, "#/status"),
        ({"priority": 4}, 400, "#/priority"),
        ({"assignee": "7"}, 400, "#/assignee"),
        ({"assignee": True}, 400, "#/assignee"),
        ({"assignee": 10**30}, 400, "#/assignee"),
        ({"assignee": 999_999}, 422, "#/assignee"),
        ({"team": 999_999}, 422, "#/team"),
        ({"tags": "vip"}, 400, "#/tags"),
        ({"tags": ["ok", 5]}, 400, "#/tags/1"),
        ({"tags": ["x" * 51]}, 400, "#/tags/0"),
        ({"tags": ["a"] * 101}, 400, "#/tags"),
        ({"subject": "New"}, 400, "#/subject"),
        ({"a/b~c": 1}, 400, "#/a~1b~0c"),
        ([{"status": "open"}], 400, "#"),
    ],
)
def test_a_bad_change_says_what_and_where(by, agent, ticket, body, status, pointer):
    answer = change(by(agent), ticket, body)
    assert answer.status_code == status
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_refused_change_changes_nothing_of_it(by, agent, ticket):
    answer = change(by(agent), ticket, {"priority": "high", "status": "new", "tags": ["x"]})
    assert answer.status_code == 200, "it is new already"
    answer = change(by(agent), ticket, {"priority": "low", "status": "closed", "tags": []})
    assert answer.status_code == 200
    answer = change(by(agent), ticket, {"priority": "urgent", "status": "open", "tags": ["y"]})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "A ticket that is closed cannot become open. Possible: none."
    ticket.refresh_from_db()
    assert (ticket.priority_name, ticket.tags.exists(), Tag.objects.filter(name="y").exists()) == ("low", False, False)


def test_an_assignee_must_see_the_tickets_team(by, agent, teammate, closed_team, ticket):
    assert change(by(agent), ticket, {"team": closed_team.pk, "assignee": agent.pk}).status_code == 422
    ticket.refresh_from_db()
    assert ticket.team is None
    shown = change(by(agent), ticket, {"team": closed_team.pk, "assignee": teammate.pk})
    assert (shown.status_code, shown.json()["team"]["id"]) == (200, closed_team.pk)
    assert change(by(agent), ticket, {"priority": "low"}).status_code == 404, "out of the agent's sight now"


def test_a_lost_update_is_refused(by, agent, manager, ticket):
    mine, theirs = by(agent), by(manager)
    known = mine.get(f"{TICKETS}{ticket.pk}/")["ETag"]
    assert change(theirs, ticket, {"priority": "high"}, If_Match=known).status_code == 200
    lost = change(mine, ticket, {"priority": "low"}, If_Match=known)
    assert (lost.status_code, lost.json()["type"]) == (412, "urn:parley:problem:changed-meanwhile")
    ticket.refresh_from_db()
    assert ticket.priority_name == "high"
    known = mine.get(f"{TICKETS}{ticket.pk}/")["ETag"]
    assert change(mine, ticket, {"priority": "low"}, If_Match=f'"0", W/{known.removeprefix("W/")}').status_code == 200
    assert change(mine, ticket, {"priority": "normal"}, If_Match="*").status_code == 200


def test_a_page_of_tickets_costs_the_same_statements_whatever_its_length(
    by, agent, open_team, channel, django_assert_max_num_queries
):
    client = by(agent)
    for _ in range(50):
        make.ticket(channel=channel, assignee=agent, team=open_team, tags=("a", "b"))
    client.get(TICKETS)
    with django_assert_max_num_queries(6):
        assert len(numbers(client)) == 50


@pytest.mark.parametrize("when", ["2026-01-01T00:00:00%2B20:01", "2026-01-01T00:00:00-23:59"])
def test_any_offset_is_a_time(by, agent, when):
    assert by(agent).get(f"/api/v1/tickets/?created_before={when}").status_code == 200


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00%2B01:00", "9999-12-31T23:59:59-01:00", "noon"])
def test_a_time_that_cannot_be_is_refused(by, agent, when):
    answer = by(agent).get(f"/api/v1/tickets/?created_before={when}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "created_before")
