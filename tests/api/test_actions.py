"""Verbs on tickets and on replies."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.conftest import said
from tests.loopback import network as the_network
from tickets.channels.errors import OutcomeUnknown, Rejected
from tickets.models import Delivery, Event
from tickets.services import deliver

pytestmark = pytest.mark.django_db


def act(client, ticket, verb, **body):
    return client.post(f"/api/v1/tickets/{ticket.pk}/{verb}/", body, format="json")


def kinds(ticket):
    return list(Event.objects.filter(ticket=ticket).order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("verb", "excluded"), [("no-reply-needed", "no_reply_needed"), ("spam", "spam"), ("block", "spam")]
)
def test_out_of_the_queue(by, agent, ticket, verb, excluded):
    shown = act(by(agent), ticket, verb).json()
    assert (shown["number"], shown["status"], shown["excluded"]) == (ticket.pk, "solved", excluded)
    ticket.requester.refresh_from_db()
    assert (ticket.requester.blocked_by == agent) is (verb == "block")


def test_answered_outside_stops_the_clock(by, agent, ticket):
    shown = act(by(agent), ticket, "answered-outside", at=timezone.now().isoformat()).json()
    assert (shown["status"], shown["waiting_since"]) == ("pending", None)
    assert act(by(agent), ticket, "answered-outside", at="2100-01-01T00:00:00Z").status_code == 422


def test_work(by, agent, ticket):
    now = timezone.now()
    body = {"start": (now - timedelta(minutes=9)).isoformat(), "until": now.isoformat()}
    assert act(by(agent), ticket, "work", **body).status_code == 200
    assert "work_logged" in kinds(ticket)
    assert act(by(agent), ticket, "work", start=body["until"], until=body["start"]).status_code == 422


def test_merging_and_back(by, agent, ticket):
    other = said("And my coat", author="kim")
    client = by(agent)
    merged = act(client, other, "merge", into=ticket.pk).json()
    assert (merged["status"], merged["excluded"]) == ("closed", "merged")
    assert ticket.messages.count() == 2
    assert act(client, other, "unmerge").json()["excluded"] is None
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("body", [{"at": "yesterday"}, {"when": "2026-01-01T00:00:00Z"}, {"at": 5}])
def test_a_bad_body_is_400(by, agent, ticket, body):
    assert act(by(agent), ticket, "answered-outside", **body).status_code == 400
    assert act(by(agent), ticket, "spam", **body).status_code == 400


@pytest.fixture
def sent(by, agent, ticket):
    """The address of a reply that has not left."""
    made = by(agent).post(
        f"/api/v1/tickets/{ticket.pk}/messages/", {"visibility": "public", "text": "Sorry"}, format="json"
    )
    return made["Location"]


def test_a_reply_is_taken_back_before_it_leaves_and_not_after(by, agent, ticket, sent):
    client = by(agent)
    assert client.post(f"{sent}withdrawal/", {}, format="json").json()["delivery"]["state"] == "withdrawn"
    again = client.post(f"{sent}withdrawal/", {}, format="json")
    assert (again.status_code, "cannot be taken back" in again.json()["detail"]) == (422, True)


def test_a_failed_reply_is_sent_again(by, agent, ticket, sent):
    the_network.fail("send", Rejected("You cannot reply to this."))
    deliver.deliver(Delivery.objects.get().pk)
    client = by(agent)
    assert client.get(sent).json()["delivery"] == {"state": "failed", "error": "You cannot reply to this."}
    assert client.post(f"{sent}retry/", {}, format="json").json()["delivery"]["state"] == "pending"
    deliver.deliver(Delivery.objects.get().pk)
    assert client.get(sent).json()["delivery"]["state"] == "sent"


def test_a_reply_of_unknown_outcome_is_confirmed(by, agent, ticket, sent):
    the_network.fail("send", OutcomeUnknown("No answer."), applied=True)
    deliver.deliver(Delivery.objects.get().pk)
    client = by(agent)
    assert client.get(sent).json()["delivery"]["state"] == "unknown"
    assert client.post(f"{sent}confirmation/", {}, format="json").json()["delivery"]["state"] == "sent"


def test_an_inbound_message_has_no_delivery_to_act_on(by, agent, ticket):
    path = f"/api/v1/tickets/{ticket.pk}/messages/{ticket.messages.get().pk}/retry/"
    assert by(agent).post(path, {}, format="json").status_code == 404
