"""Our own posts come back with a poll: as a confirmation of what we sent, or written in the network's own app."""

import pytest

from tests.loopback import BRAND, hours_ago
from tickets.channels.errors import OutcomeUnknown
from tickets.models import Delivery, Message, Ticket
from tickets.services import deliver, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_doubt(network):
    """Sends an answer that reaches the network, which does not say so."""

    def send(message: Message) -> Delivery:
        network.fail("send", OutcomeUnknown("X was silent."), applied=True)
        assert deliver.deliver(message.delivery.pk) == "unknown"
        return message.delivery

    return send


def outbound() -> Message:
    return Message.objects.get(direction="outbound")


def test_an_answer_to_a_group_is_confirmed(network, read, answer_of, in_doubt):
    group = {"private": True, "shared": True, "key": "group-1"}
    network.say("Where are our bags?", at=hours_ago(1), **group)
    read()
    in_doubt(answer_of(Ticket.objects.get(), "We look for them", visibility="private"))
    network.say("We look for them", author=BRAND, **group)
    read()
    assert Delivery.objects.get().state == "sent"
    assert outbound().user


def test_what_an_agent_found_on_the_network_is_not_found_again(network, answer, read, agent, in_doubt):
    reply.confirm_sent(in_doubt(answer()).pk, agent)
    id_ = network.say("We look for it", author=BRAND, replies_to=["1000"])
    read()
    assert outbound().external_id == id_
    assert outbound().events.filter(kind="reply_sent").count() == 1


def test_an_answer_to_be_sent_again_is_found_in_time(network, answer, read, agent, in_doubt):
    reply.retry(in_doubt(answer()).pk, agent)
    network.say("We look for it", author=BRAND, replies_to=["1000"])
    read()
    assert deliver.due() == []
    assert outbound().delivery.state == "sent"


def test_an_answer_read_before_its_question_stops_the_clock(network, read):
    network.say("We look for it", author=BRAND, to="jo", key="1:jo", replies_to=["1"], at=hours_ago(1))
    read()
    network.say("My bag is lost", id="1", at=hours_ago(2))
    read()
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.waiting_since, ticket.preview) == ("pending", None, "We look for it")
    assert outbound().ticket == ticket
    assert ticket.events.get(kind="message_out").occurred_at == outbound().occurred_at


def test_what_we_wrote_before_they_did_stays_context(network, read):
    network.say("Welcome on board", author=BRAND, to="jo", key="1:jo", at=hours_ago(2))
    read()
    network.say("My bag is lost", id="1", at=hours_ago(1))
    read()
    assert Ticket.objects.get().waiting_since
    assert outbound().ticket is None


def test_an_answer_read_late_does_not_hide_the_newer_question(network, read):
    network.say("My bag is lost", id="1", at=hours_ago(3))
    network.say("And my coat", conversation="1", at=hours_ago(1))
    read()
    network.say("We look for it", author=BRAND, replies_to=["1"], at=hours_ago(2))
    read()
    ticket = Ticket.objects.get()
    assert ticket.waiting_since == Message.objects.get(text="And my coat").occurred_at
    assert (ticket.status, ticket.preview) == ("new", "And my coat")


def test_an_answer_read_late_settles_what_only_context_followed(network, read):
    network.say("My bag is lost", id="1", at=hours_ago(3))
    network.say("Look at this @brand", conversation="1", at=hours_ago(1), asks=False)
    read()
    network.say("We look for it", author=BRAND, replies_to=["1"], at=hours_ago(2))
    read()
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.waiting_since) == ("pending", None)
    assert ticket.events.get(kind="status_changed").occurred_at == outbound().occurred_at


def test_an_answer_read_late_may_be_the_newest_word_but_for_ours(network, read, answer_of):
    network.say("My bag is lost", id="1", at=hours_ago(3))
    network.say("And my coat", conversation="1", at=hours_ago(1))
    read()
    deliver.deliver(answer_of(Ticket.objects.get()).delivery.pk)
    network.say("We look", author=BRAND, replies_to=["1"], at=hours_ago(2))
    read()
    assert Ticket.objects.get().waiting_since is None
