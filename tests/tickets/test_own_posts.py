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
