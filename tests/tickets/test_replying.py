"""Answering by the forms of the ticket's page, as a browser without scripts does it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as make
from tests.loopback import MAX_LENGTH
from tickets.models import Delivery, Message
from tickets.services import channels, properties, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(channel, settings):
    settings.UNDO_SECONDS = 10
    found = make.ticket(channel=channel, subject="Lost bag")
    make.message(found, "Where is my bag?")
    return found


@pytest.fixture
def send(ticket, agent, as_, channel):
    def post(way="public", **fields):
        fields = {
            "way": f"{channel.pk}-{way}" if way in ("public", "private") else way,
            "text": "We look for it",
            "seen": properties.newest_event_id(ticket),
        } | fields
        return as_(agent).post(reverse("reply", args=[ticket.pk]), fields)

    return post


def test_a_public_reply(send, ticket, agent):
    answer = send(then_status="pending")
    assert answer.status_code == 302 and answer.url == ticket.get_absolute_url()
    message = Message.objects.get(direction="outbound")
    assert (message.text, message.visibility, message.user) == ("We look for it", "public", agent)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("pending", agent)


def test_a_private_reply_keeps_the_status_when_asked_to(send, ticket):
    send("private", then_status="")
    assert Message.objects.get(direction="outbound").visibility == "private"
    ticket.refresh_from_db()
    assert ticket.status == "new"


def test_a_note_is_no_reply(send):
    send("note", text="Mind the tone")
    note = Message.objects.get(direction="note")
    assert (note.visibility, note.text) == ("internal", "Mind the tone")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Write the text first."),
        ({"text": "  \n "}, "Write the text first."),
        ({"text": "x" * (MAX_LENGTH + 3)}, "Shorten it by 3, or send it as 2 numbered posts."),
        ({"way": "nowhere"}, "This way to answer is gone."),
        ({"way": ""}, "Choose where to answer."),
        ({"then_status": "closed"}, "Select a valid choice."),
        ({"seen": "yesterday"}, "Enter a whole number."),
    ],
)
def test_what_cannot_be_sent_comes_back_with_the_reason(fields, words, send):
    answer = send(**fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert fields.get("text", "We look for it").strip() in page
    assert not Delivery.objects.exists()


def test_a_way_that_the_network_refuses_shows_its_reason(send, ticket, agent, as_):
    ticket.messages.update(reply_data={"refuses": "Only if they mention us."}, permalink="https://network.example/1")
    page = as_(agent).get(ticket.get_absolute_url()).content.decode()
    assert "Only if they mention us." in page and "Open in Loopback" in page
    answer = send()
    assert answer.status_code == 422 and not Delivery.objects.exists()


def test_no_way_on_a_paused_channel(send, channel):
    channels.pause(channel, text="The login ended.")
    answer = send()
    assert answer.status_code == 422 and "The login ended." in answer.content.decode()


def test_the_same_words_twice_are_refused(send):
    send()
    answer = send()
    assert answer.status_code == 422 and "already sent here" in answer.content.decode()


def test_the_guard_keeps_the_draft_and_sends_after_a_look(send, ticket, teammate):
    seen = properties.newest_event_id(ticket)
    question = ticket.messages.get()
    reply.send_reply(
        ticket.pk,
        teammate,
        channel_id=question.channel_id,
        visibility="public",
        answers=question.pk,
        text="It is in Oslo",
        seen=seen,
    )
    answer = send(seen=seen)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mia Team-Mate replied publicly" in page and "It is in Oslo" in page
    assert "We look for it</textarea>" in page and "Send anyway" in page
    assert send(seen=answer.context["timeline"].seen).status_code == 302


# ---- after it was sent ----


@pytest.fixture
def delivery(send):
    send()
    return Delivery.objects.get()


def test_undo_puts_the_text_back(delivery, agent, as_, ticket):
    browser = as_(agent)
    answer = browser.post(reverse("withdraw", args=[delivery.pk]), follow=True)
    page = answer.content.decode()
    assert "We look for it</textarea>" in page and "took a reply back" in page
    delivery.refresh_from_db()
    assert delivery.state == "withdrawn"


def test_undo_too_late_says_so(delivery, agent, as_):
    Delivery.objects.update(state="sent", settled_at=timezone.now())
    page = as_(agent).post(reverse("withdraw", args=[delivery.pk]), follow=True).content.decode()
    assert "cannot be taken back" in page


@pytest.mark.parametrize(
    ("deed", "state", "becomes"),
    [("retry", "failed", "pending"), ("retry", "unknown", "pending"), ("confirm-sent", "unknown", "sent")],
)
def test_mending_a_delivery(deed, state, becomes, delivery, agent, as_):
    Delivery.objects.update(state=state)
    as_(agent).post(reverse(deed, args=[delivery.pk]))
    delivery.refresh_from_db()
    assert delivery.state == becomes


@pytest.mark.parametrize("deed", ["withdraw", "retry", "confirm-sent"])
def test_deliveries_of_unseen_tickets_do_not_exist(deed, delivery, agent, as_, ticket, closed_team):
    properties.set_team(ticket.pk, closed_team, None)
    assert as_(agent).post(reverse(deed, args=[delivery.pk])).status_code == 404


def test_somebody_elses_text_is_no_draft(agent, as_, ticket, channel):
    other = make.message(make.ticket(channel=channel), "Of another ticket", direction="outbound")
    for wrong in (other.pk, "9" * 30, "x"):
        page = as_(agent).get(f"{ticket.get_absolute_url()}?draft={wrong}")
        assert page.status_code == 200 and "Of another ticket" not in page.content.decode()


def test_counting_asks_the_channel(agent, as_, channel):
    browser, address = as_(agent), reverse("count", args=[channel.pk])
    assert browser.post(address, {"text": "four", "visibility": "public"}).json() == {"length": 4, "parts": []}
    assert browser.post(address, {"text": "four", "visibility": "loud"}).status_code == 422
    assert browser.get(address).status_code == 405
