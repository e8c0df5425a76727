"""A call logged by an agent: one message, one call row, its events, in the right ticket."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from channels_phone.numbers import NotANumber, e164, readable
from tests import factories as make
from tickets.channels.contract import Person
from tickets.models import Call, Message, Ticket
from tickets.services.call_tickets import CallLog
from tickets.services.calls import log_call
from tickets.services.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+44 20 7946 0812", "+442079460812"),
        ("020 7946 0812", "+442079460812"),
        ("(020) 7946-0812", "+442079460812"),
        ("+43 1 234567", "+431234567"),
        ("12", None),
        ("call me", None),
        ("+", None),
    ],
)
def test_numbers_are_kept_as_e164(written, number):
    if number:
        assert e164(written) == number
    else:
        with pytest.raises(NotANumber, match=r"Write it"):
            e164(written)


def test_numbers_are_shown_readably():
    assert readable("+442079460812") == "+44 20 7946 0812"
    assert readable("jo@mail.example") == "jo@mail.example"


@pytest.fixture
def line(db):
    return make.channel("phone", address="+442079460000")


def a_call(**fields) -> CallLog:
    began = timezone.now() - timedelta(minutes=20)
    answered = began + timedelta(seconds=12)
    values = {
        "external_id": str(uuid4()),
        "caller": Person("+442079460812", name="Kari Nilsen", handle="+442079460812"),
        "direction": "inbound",
        "outcome": "answered",
        "started_at": began,
        "answered_at": answered,
        "ended_at": answered + timedelta(minutes=5),
        "notes": "Wants to change her flight",
        "hold_s": 60,
    }
    return CallLog(**(values | fields))


def told(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("occurred_at", "id").values_list("kind", flat=True))


def test_an_answered_call_is_an_open_ticket_of_the_agent(line, agent):
    ticket = log_call(line, agent, a_call()).ticket
    assert (ticket.status, ticket.assignee, ticket.waiting_since) == ("open", agent, None)
    assert (ticket.subject, ticket.requester.external_id) == ("Wants to change her flight", "+442079460812")
    assert {"ticket_opened", "call_ring", "call_answered", "call_ended", "status_changed"} <= set(told(ticket))
    ended = ticket.events.get(kind="call_ended")
    assert ended.data == {"call": Call.objects.get().external_id, "talk_s": 240, "hold_s": 60, "wrap_s": 0}


def test_a_missed_call_waits_for_its_callback(line, agent):
    due = timezone.now() + timedelta(hours=2)
    missed = a_call(outcome="missed", answered_at=None, callback_due_at=due)
    ticket = log_call(line, agent, missed).ticket
    assert (ticket.status, ticket.waiting_since) == ("new", missed.started_at)
    assert ticket.events.get(kind="call_missed").data["callback_due_at"] == due.isoformat()


def test_the_same_call_told_twice_stands_once(line, agent):
    call = a_call()
    assert log_call(line, agent, call).pk == log_call(line, agent, call).pk
    assert Call.objects.count() == Message.objects.count() == Ticket.objects.count() == 1


def test_a_call_joins_the_ticket_that_the_agent_chose(line, agent):
    ticket = make.ticket()
    message = log_call(line, agent, a_call(ticket=ticket.number))
    ticket.refresh_from_db()
    assert message.ticket == ticket
    assert (ticket.visibility, ticket.waiting_since) == ("mixed", None)
    assert ticket.participants.get().role == "third_party"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"started_at": timezone.now() + timedelta(hours=1)}, "future"),
        ({"answered_at": None}, "answered"),
        ({"outcome": "missed"}, "answered"),
        ({"ended_at": timezone.now() - timedelta(hours=9)}, "first rung"),
        ({"callback_due_at": timezone.now() - timedelta(hours=9)}, "after the call"),
    ],
)
def test_impossible_calls_are_refused(line, agent, fields, words):
    with pytest.raises(Refused, match=words):
        log_call(line, agent, a_call(**fields))
    assert not Call.objects.exists()


def form(**fields):
    began = timezone.localtime() - timedelta(minutes=20)
    return {
        "call": str(uuid4()),
        "number": "020 7946 0812",
        "name": "Kari Nilsen",
        "direction": "inbound",
        "outcome": "answered",
        "started_at": began.strftime("%Y-%m-%dT%H:%M"),
        "minutes": "5",
        "notes": "Wants to change her flight",
    } | fields


def test_logging_a_call_on_the_page(line, agent, as_):
    browser = as_(agent)
    assert b"Log a call" in browser.get(reverse("log-call")).content
    sent = form(channel=line.pk)
    answer = browser.post(reverse("log-call"), sent)
    ticket = Ticket.objects.get()
    assert answer.url == ticket.get_absolute_url()
    browser.post(reverse("log-call"), sent)
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "12"}, "too few or too many digits"),
        ({"outcome": "missed"}, "has no minutes"),
        ({"hold_minutes": "9"}, "cannot be longer"),
        ({"started_at": "2999-01-01T00:00"}, "future"),
        ({"notes": ""}, "required"),
    ],
)
def test_the_form_says_what_is_wrong(line, agent, as_, fields, words):
    answer = as_(agent).post(reverse("log-call"), form(channel=line.pk) | fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Call.objects.exists()


def test_the_callers_tickets_are_offered_and_others_are_not(line, agent, as_, closed_team):
    kari = make.identity("phone", external_id="+442079460812")
    mine = make.ticket(requester=kari, subject="Lost suitcase")
    make.ticket(requester=kari, subject="A secret refund", team=closed_team)
    page = as_(agent).get(reverse("log-call"), {"number": "+442079460812"}).content.decode()
    assert f"#{mine.number} Lost suitcase" in page
    assert "secret" not in page
