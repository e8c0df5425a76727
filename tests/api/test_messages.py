"""Reading what was said, answering, noting, and the send guard."""

import pytest

from tests import factories as make
from tests.api.conftest import said
from tests.loopback import MAX_LENGTH
from tests.loopback import network as the_network
from tickets.models import Attachment, Delivery, Event, Message
from tickets.services import deliver, properties, reply

pytestmark = pytest.mark.django_db


def url(ticket):
    return f"/api/v1/tickets/{ticket.pk}/messages/"


def write(client, ticket, **body):
    return client.post(url(ticket), body, format="json")


def test_a_message_is_shown_as_the_contract_says(by, agent, ticket):
    (shown,) = by(agent).get(url(ticket)).json()["results"]
    message = ticket.messages.get()
    at = message.occurred_at.isoformat().replace("+00:00", "Z")
    assert shown == {
        "id": message.pk,
        "direction": "inbound",
        "visibility": "public",
        "channel": {"id": ticket.channel_id, "kind": "loopback", "name": "The brand"},
        "author": {"type": "customer", "id": ticket.customer_id, "name": "@jo"},
        "to": [],
        "cc": [],
        "subject": "",
        "text": "Where is my bag?",
        "html": "",
        "sent_at": at,
        "received_at": message.received_at.isoformat().replace("+00:00", "Z"),
        "external_id": message.external_id,
        "in_reply_to": None,
        "delivery": None,
        "attachments": [],
    }


def test_a_reply_goes_out_and_shows_how_it_fares(by, agent, ticket):
    client = by(agent)
    answer = write(client, ticket, visibility="public", text="We look for it", then_status="pending")
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["direction"], shown["author"]) == ("outbound", {"type": "agent", "id": agent.pk, "name": agent.name})
    assert (shown["delivery"], shown["sent_at"]) == ({"state": "pending", "error": None}, None)
    assert shown["in_reply_to"] == ticket.messages.get(direction="inbound").pk

    deliver.deliver(Delivery.objects.get().pk)
    later = client.get(answer["Location"]).json()
    assert later["delivery"] == {"state": "sent", "error": None}
    assert later["sent_at"] is not None
    assert [sent.text for sent in the_network.sent] == ["We look for it"]
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("pending", agent)


def test_a_private_answer_to_a_public_post(by, agent, ticket, channel):
    question = ticket.messages.get()
    body = {"channel": channel.pk, "answers": question.pk, "seen": properties.newest_event_id(ticket)}
    answer = write(by(agent), ticket, visibility="private", text="Your address, in private?", **body)
    assert (answer.status_code, answer.json()["visibility"]) == (201, "private")


def test_a_note(by, agent, ticket):
    answer = write(by(agent), ticket, visibility="internal", text="VIP")
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["direction"], shown["channel"], shown["delivery"]) == ("note", None, None)


def test_what_happened_since_stops_a_reply_until_it_is_meant(by, agent, manager, ticket):
    first = by(agent)
    question = ticket.messages.get()
    said("And now my coat, too", replies_to=[question.external_id])
    for body in ({"answers": question.pk}, {"answers": question.pk, "seen": 0}):
        stopped = write(first, ticket, visibility="public", text="We look for it", **body)
        assert (stopped.status_code, stopped.json()["type"]) == (409, "urn:parley:problem:outdated")
        assert [event["kind"] for event in stopped.json()["events"]][-1] == "message_in"
    assert (
        write(first, ticket, visibility="public", text="We look for it", answers=question.pk, anyway=True).status_code
        == 201
    )


def test_without_a_word_about_what_was_seen_the_newest_question_is_what_is_known(by, agent, manager, ticket):
    assert write(by(manager), ticket, visibility="public", text="It is in Oslo").status_code == 201
    assert write(by(agent), ticket, visibility="public", text="It is in Rome").status_code == 409


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"text": "x"}, 400, "#/visibility"),
        ({"visibility": "public"}, 400, "#/text"),
        ({"visibility": "secret", "text": "x"}, 400, "#/visibility"),
        ({"visibility": "public", "text": ["x"]}, 400, "#/text"),
        ({"visibility": "public", "text": "x", "anyway": "yes"}, 400, "#/anyway"),
        ({"visibility": "public", "text": "x", "seen": "1"}, 400, "#/seen"),
        ({"visibility": "public", "text": "x", "then": "solved"}, 400, "#/then"),
        ({"visibility": "internal", "text": "x", "anyway": True}, 422, "A note has nothing but its text."),
        ({"visibility": "internal", "text": "  "}, 422, "The note is empty."),
        ({"visibility": "internal", "text": "x" * 20_001}, 422, "The note is too long"),
        ({"visibility": "public", "text": " \n\0"}, 422, "The answer is empty."),
        (
            {"visibility": "public", "text": "x" * (MAX_LENGTH + 1)},
            422,
            "or send it as 2 numbered posts.",
        ),
        ({"visibility": "public", "text": "x", "answers": 999_999}, 422, "no longer in this ticket"),
        ({"visibility": "public", "text": "x", "channel": 999_999}, 422, "can be answered as a public message"),
        ({"visibility": "public", "text": "x", "then_status": "new", "anyway": True}, 201, ""),
    ],
)
def test_a_bad_message_says_why(by, agent, ticket, body, status, says):
    answer = write(by(agent), ticket, **body)
    assert answer.status_code == status
    if status == 400:
        assert [error["pointer"] for error in answer.json()["errors"]] == [says]
    elif status == 422:
        assert says in answer.json()["detail"]
    expected = 1 if status == 201 else 0
    assert Message.objects.exclude(direction="inbound").count() == expected


def test_what_the_network_would_refuse_is_refused_before(by, agent, channel):
    ticket = said("Hey", refuses="X lets us answer only who mentions us.")
    answer = write(by(agent), ticket, visibility="public", text="Hello")
    assert (answer.status_code, answer.json()["detail"]) == (422, "X lets us answer only who mentions us.")


def test_the_same_words_twice_are_refused(by, agent, ticket):
    client = by(agent)
    assert write(client, ticket, visibility="public", text="Sorry").status_code == 201
    again = write(client, ticket, visibility="public", text="Sorry", anyway=True)
    assert (again.status_code, "already sent here" in again.json()["detail"]) == (422, True)


def test_messages_of_another_ticket_are_not_there(by, agent, ticket):
    other = said("Another", author="kim")
    assert by(agent).get(f"{url(ticket)}{other.messages.get().pk}/").status_code == 404


def test_attachments_and_authors_of_all_kinds(by, agent, ticket):
    Attachment.objects.create(
        message=ticket.messages.get(), kind="photo", content_type="image/png", size=3, state="stored", alt_text="A bag"
    )
    third = make.identity("loopback", name="Kim")
    make.message(ticket, direction="inbound", author_kind="third_party", identity=third)
    make.message(ticket, direction="outbound", author_kind="native_app")
    first, second, last = by(agent).get(url(ticket)).json()["results"]
    attachment = first["attachments"][0]
    assert (attachment["state"], attachment["alt_text"], attachment["size"]) == ("stored", "A bag", 3)
    assert second["author"] == {"type": "third_party", "id": third.customer_id, "name": "Kim"}
    assert last["author"] == {"type": "native_app", "id": None, "name": "Outside the helpdesk"}


def test_events_come_in_the_order_in_which_we_learned_of_them(by, agent, ticket):
    reply.add_note(ticket.pk, agent, "VIP")
    answer = by(agent).get(f"/api/v1/tickets/{ticket.pk}/events/").json()["results"]
    assert [event["kind"] for event in answer] == ["ticket_opened", "message_in", "note_added"]
    assert [event["id"] for event in answer] == list(Event.objects.order_by("id").values_list("id", flat=True))
    assert answer[0]["actor"]["type"] == "customer"
    assert answer[2]["actor"] == {"type": "agent", "id": agent.pk, "name": agent.name}
    assert answer[2]["message"] == ticket.messages.get(direction="note").pk
    assert answer[0]["data"]["priority"] == "normal"


def test_an_event_follows_its_message_to_the_ticket_where_that_is_now(by, agent, ticket):
    other = said("Another", author="kim")
    ticket.messages.update(ticket=other)
    kinds = [event["kind"] for event in by(agent).get(f"/api/v1/tickets/{other.pk}/events/").json()["results"]]
    assert kinds.count("message_in") == 2
    left = [event["kind"] for event in by(agent).get(f"/api/v1/tickets/{ticket.pk}/events/").json()["results"]]
    assert "message_in" not in left
