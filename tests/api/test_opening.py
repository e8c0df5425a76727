"""Opening tickets by API, and what is parked."""

import pytest

from tests import factories as make
from tickets.models import Delivery, InboundItem, Message, Ticket

pytestmark = pytest.mark.django_db
TICKETS = "/api/v1/tickets/"


@pytest.fixture
def mail(db):
    return make.channel("email")


def letter(mail, **more):
    return {"channel": mail.pk, "to": "jo@mail.example", "subject": "Your bag", "text": "We found it.", **more}


def test_an_agent_writes_first(by, agent, mail, django_assert_max_num_queries):
    caller = by(agent)
    with django_assert_max_num_queries(25):
        answer = caller.post(TICKETS, letter(mail))
    assert answer.status_code == 201, answer.json()
    shown = answer.json()
    assert (shown["subject"], shown["status"], shown["assignee"]["id"]) == ("Your bag", "pending", agent.pk)
    message = Message.objects.get(ticket=shown["number"])
    assert (message.direction, message.text) == ("outbound", "We found it.")
    assert Delivery.objects.get().message == message


def test_it_is_opened_once_however_often_it_is_asked(by, agent, mail):
    caller, key = by(agent), {"Idempotency-Key": "once"}
    first, second = caller.post(TICKETS, letter(mail), headers=key), caller.post(TICKETS, letter(mail), headers=key)
    assert (second.json(), second["Idempotency-Replayed"], Ticket.objects.count()) == (first.json(), "true", 1)


def test_a_note_sends_nothing(by, agent, mail):
    shown = by(agent).post(TICKETS, letter(mail, visibility="internal")).json()
    assert shown["status"] == "open"
    assert Message.objects.get(ticket=shown["number"]).direction == "note"
    assert not Delivery.objects.exists()


def test_somebody_known_is_written_to_where_they_wrote(by, agent, ticket):
    body = {"channel": ticket.channel_id, "customer": ticket.customer_id, "text": "One more thing."}
    answer = by(agent).post(TICKETS, body)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["customer"]["id"] == ticket.customer_id


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"to": "no address"}, 422, "#/to"),
        ({"channel": 10**9}, 422, "#/channel"),
        ({"customer": 5}, 400, "#"),
        ({"text": ""}, 400, "#/text"),
        ({"visibility": "public"}, 400, "#/visibility"),
        ({"priority": "high"}, 400, "#/priority"),
    ],
)
def test_what_cannot_be_is_refused_by_its_place(by, agent, mail, change, status, pointer):
    answer = by(agent).post(TICKETS, letter(mail, **change))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)
    assert not Ticket.objects.exists()


def test_a_channel_and_a_customer_of_a_closed_team_are_not_there(by, agent, closed_ticket, closed_team):
    mail = make.channel("email", team=closed_team)
    assert by(agent).post(TICKETS, letter(mail)).status_code == 422
    body = {"channel": closed_ticket.channel_id, "customer": closed_ticket.customer_id, "text": "Hello"}
    answer = by(agent).post(TICKETS, body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/customer")


def test_a_parked_item_is_translated_again(by, admin, ticket):
    item = InboundItem.objects.create(
        channel=ticket.channel, external_id="odd", state="parked", payload={"id": "odd"}, reason="No author."
    )
    caller = by(admin)
    (shown,) = caller.get("/api/v1/parked-items/").json()["results"]
    assert (shown["id"], shown["payload"], shown["reason"]) == (item.pk, {"id": "odd"}, "No author.")
    assert caller.post(f"/api/v1/parked-items/{item.pk}/replay/").json()["state"] == "received"
    assert caller.get("/api/v1/parked-items/").json()["results"] == []


def test_a_search_that_cannot_be_read_is_refused(by, agent, ticket):
    answer = by(agent).get(f"{TICKETS}?q=colour:blue")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "q")
    assert [row["number"] for row in by(agent).get(f"{TICKETS}?q=bag is:public").json()["results"]] == [ticket.pk]
