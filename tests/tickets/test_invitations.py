"""Moving to private: a public line with the channel's link, and the private answer joins the ticket."""

from urllib.parse import quote

import pytest
from django.urls import reverse

from tests.loopback import PRIVATE_LINK
from tickets.models import Delivery, Event, IdentityChannel, Message, Ticket
from tickets.services import merging, properties
from tickets.services.ingest import translate
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(channel):
    def once():
        poll(channel.feeds.get().pk)
        translate(channel.pk)

    return once


@pytest.fixture
def ticket(read, network, settings):
    settings.UNDO_SECONDS = 10
    network.say("Where is my bag?", author="jo")
    read()
    return Ticket.objects.get()


@pytest.fixture
def answer(ticket, agent, as_, channel):
    def post(text, way="public"):
        data = {"way": f"{channel.pk}-{way}", "text": text, "seen": properties.newest_event_id(ticket)}
        return as_(agent).post(reverse("reply", args=[ticket.pk]), data)

    return post


def test_the_words_come_into_the_composer_to_be_edited(ticket, agent, as_, channel):
    browser, key = as_(agent), f"{channel.pk}-public"
    browser.post(reverse("draft", args=[ticket.pk]), {"way": "note", "text": "Sorry, Jo."})
    page = browser.get(f"{ticket.get_absolute_url()}?invite={quote(key)}").content.decode()
    assert "Sorry, Jo.\n\nWrite to us privately" in page and f"{PRIVATE_LINK}</textarea>" in page
    assert f'value="{key}" data-mode="public" data-slot="2" data-max="100"' in page


def test_an_answer_with_the_link_invites(answer, ticket, agent, channel):
    assert answer(f"Write to us: {PRIVATE_LINK}").status_code == 302
    event = Event.objects.get(kind="invited_to_private")
    assert (event.actor, event.message, event.data) == (
        agent,
        Message.objects.get(direction="outbound"),
        {"identity": ticket.requester_id},
    )
    known = IdentityChannel.objects.get()
    assert (known.identity, known.channel, known.invited_ticket) == (ticket.requester, channel, ticket)
    assert known.invited_at


def test_an_answer_without_the_link_invites_nobody(answer):
    answer("Write to us")
    assert not Event.objects.filter(kind="invited_to_private").exists() and not IdentityChannel.objects.exists()


def test_a_refused_answer_invites_nobody(answer):
    assert answer(f"{PRIVATE_LINK} " + "x" * 100).status_code == 422
    assert not IdentityChannel.objects.exists() and not Delivery.objects.exists()


def test_their_private_message_joins_the_ticket(answer, ticket, network, read):
    answer(f"Write to us: {PRIVATE_LINK}")
    network.say("Here I am", author="jo", private=True)
    read()
    assert Ticket.objects.count() == 1
    assert Message.objects.get(text="Here I am").ticket == ticket


@pytest.mark.parametrize("status", ["solved", "closed"])
def test_an_invitation_is_worth_more_than_an_earlier_private_ticket_that_is_over(
    answer, ticket, network, read, agent, status
):
    network.say("An older matter", author="jo", private=True)
    read()
    older = Ticket.objects.exclude(pk=ticket.pk).get()
    properties.set_status(older.number, status, agent)
    answer(f"Write to us: {PRIVATE_LINK}")
    network.say("Here I am", author="jo", private=True)
    network.say("Are you there?", author="jo", private=True)
    read()
    assert set(ticket.messages.filter(visibility="private").values_list("text", flat=True)) == {
        "Here I am",
        "Are you there?",
    }
    assert older.messages.get().text == "An older matter"


def test_a_private_ticket_that_is_worked_keeps_its_conversation(answer, ticket, network, read):
    network.say("Another matter", author="jo", private=True)
    read()
    answer(f"Write to us: {PRIVATE_LINK}")
    network.say("Here I am", author="jo", private=True)
    read()
    assert Ticket.objects.exclude(pk=ticket.pk).get().messages.count() == 2


def test_an_invitation_follows_its_ticket_through_merges_and_back(answer, ticket, network, read, agent):
    others = []
    for text in ("And my coat", "And my hat"):
        network.say(text, author="jo")
        read()
        others.append(Ticket.objects.latest("number"))
    answer(f"Write to us: {PRIVATE_LINK}")
    coat, hat = others
    merging.merge(ticket.number, coat.number, agent)
    merging.merge(coat.number, hat.number, agent)
    assert merging.where_now([ticket.number, hat.number]) == {ticket.number: hat.number, hat.number: hat.number}
    network.say("Here I am", author="jo", private=True)
    read()
    assert Message.objects.get(text="Here I am").ticket == hat
    merging.unmerge(coat.number, agent)
    merging.unmerge(ticket.number, agent)
    assert merging.where_now([ticket.number]) == {ticket.number: ticket.number}
