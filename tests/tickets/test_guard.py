"""Personal data in public replies: what is found, what is left alone, and what the agent may do about it."""

import pytest
from django.urls import reverse

from tests import factories as make
from tickets.models import Delivery, Event, Message
from tickets.services import properties
from tickets.services.guard import find_personal_data

SECRET = "Your booking K7QX2M is safe"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Your booking K7QX2M is safe.", [("K7QX2M", "booking")]),
        ("Booking reference: QWERTZ, thanks", [("QWERTZ", "booking")]),
        ("PNR AB1234", [("AB1234", "booking")]),
        ("We charged 4111 1111 1111 1111 twice", [("4111 1111 1111 1111", "card")]),
        ("card 5500-0000-0000-0004", [("5500-0000-0000-0004", "card")]),
        (
            "wrote to elena@mail.example and jo+x@a.b.example",
            [("elena@mail.example", "email"), ("jo+x@a.b.example", "email")],
        ),
        ("We call you on +44 20 7946 0958 today", [("+44 20 7946 0958", "phone")]),
        ("We call you on 020 7946 0958 today", [("020 7946 0958", "phone")]),
        ("Passport C01X00T47? No: passport no. 123456789", [("123456789", "passport")]),
        ("Is AB1234567 right?", [("AB1234567", "passport")]),
    ],
)
def test_what_looks_like_personal_data(text, found):
    assert [(finding.text, finding.kind) for finding in find_personal_data(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "Sorry about NW214 and BA1234, Elena. ^PN",
        "Gate B42 at 18:20 on 24.11.2026, 2026-11-24",
        "We paid 1,250,000.00 and 12345678",
        "Order 1234 5678 9012 3456",
        "PLEASE WAIT, THANKS",
        "#K7QX2M and @K7QX2M",
        "https://x.com/messages/compose?recipient_id=4111111111111111",
        "https://brand.example/K7QX2M?to=elena@mail.example",
        "@elenamarkovic Write to us",
        "",
    ],
)
def test_what_is_left_alone(text):
    assert find_personal_data(text) == []


def test_our_own_addresses_are_no_secret():
    ours = ["help@brand.example", "+442079460958"]
    found = find_personal_data("Help@brand.example, +44 20 7946 0958 or jo@mail.example", ours)
    assert [finding.text for finding in found] == ["jo@mail.example"]


def test_a_very_long_text_is_read_once():
    assert find_personal_data("a" * 50_000 + " 1" * 20_000 + "@" * 10_000) is not None


# ---- in the composer ----


@pytest.fixture
def ticket(channel, settings):
    settings.UNDO_SECONDS = 10
    found = make.ticket(channel=channel)
    make.message(found, "Where is my bag?")
    return found


@pytest.fixture
def send(ticket, agent, as_, channel):
    def post(text, *ways, **fields):
        keys = [way if way == "note" else f"{channel.pk}-{way}" for way in ways or ["public"]]
        data = {"way": keys, "text": text, "seen": properties.newest_event_id(ticket), "then_status": "pending"}
        return as_(agent).post(reverse("reply", args=[ticket.pk]), data | fields)

    return post


def test_a_public_reply_is_held_back(send):
    answer = send(SECRET)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Delivery.objects.exists()
    assert "<bdi>K7QX2M</bdi> looks like a booking reference." in page and f"{SECRET}</textarea>" in page
    assert "Send privately instead" in page and "Post anyway" in page


def test_posting_anyway_is_recorded_without_the_words(send, agent, ticket):
    assert send(SECRET, anyway="on").status_code == 302
    event = Event.objects.get(kind="guard_overruled")
    assert (event.actor, event.message, event.data) == (
        agent,
        Message.objects.get(direction="outbound"),
        {"found": ["booking"]},
    )
    ticket.refresh_from_db()
    assert ticket.status == "pending"


@pytest.mark.parametrize(("way", "text"), [("private", SECRET), ("note", SECRET), ("public", "It is safe")])
def test_what_nobody_else_reads_and_what_is_harmless_passes(way, text, send):
    assert send(text, way).status_code == 302
    assert not Event.objects.filter(kind="guard_overruled").exists()


def test_sending_privately_instead(send):
    # The button's way comes after the chosen one.
    send(SECRET, "public", "private")
    assert Message.objects.get(direction="outbound").visibility == "private"


def test_no_private_way_is_offered_where_none_is_possible(send, channel, ticket):
    ticket.requester.on_channels.create(channel=channel, private_open=False)
    assert "Send privately instead" not in send(SECRET).content.decode()
