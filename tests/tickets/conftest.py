from functools import partial

import pytest

from tests import loopback
from tickets.channels import registry
from tickets.models import Channel, Ticket
from tickets.services import channels, properties, reply
from tickets.services.ingest import translate
from tickets.services.poll import poll


@pytest.fixture
def network(settings):
    """A fresh in-process network, and the only kind of channel that the product then knows."""
    settings.CHANNEL_ADAPTERS = ["tests.loopback.LoopbackAdapter"]
    settings.UNDO_SECONDS = 0
    registry.adapters.cache_clear()
    loopback.network.__init__()
    yield loopback.network
    registry.adapters.cache_clear()


@pytest.fixture
def channel(network, db) -> Channel:
    return channels.add("loopback", "@brand", "The brand", {}, {})


@pytest.fixture
def read(channel):
    """Polls and translates once."""

    def once(which=channel):
        poll(which.feeds.get().pk)
        return translate(which.pk)

    return once


@pytest.fixture
def ticket(network, read) -> Ticket:
    network.say("My bag is lost")
    read()
    return Ticket.objects.get()


@pytest.fixture
def answer_of(agent):
    """Queues an answer to the newest message of a ticket's customer."""

    def send(ticket, text="We look for it", visibility="public", **fields):
        question = ticket.messages.filter(direction="inbound").latest("occurred_at")
        fields = {"seen": properties.newest_event_id(ticket), "by": agent, "answers": question.pk} | fields
        return reply.send_reply(
            ticket.number, fields.pop("by"), channel_id=question.channel_id, visibility=visibility, text=text, **fields
        )

    return send


@pytest.fixture
def answer(ticket, answer_of):
    return partial(answer_of, ticket)
