"""Promising by when the customer hears from us: in the ticket, in the queue's row, on the clock."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tickets.models import Event
from tickets.services import properties
from tickets.services.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def promise(ticket, agent, as_, django_capture_on_commit_callbacks):
    def post(**fields):
        with django_capture_on_commit_callbacks(execute=True):
            answer = as_(agent).post(reverse("promise-update", args=[ticket.pk]), fields, follow=True)
        ticket.refresh_from_db()
        return answer.content.decode()

    return post


def in_local(hours: float) -> str:
    return timezone.localtime(timezone.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def test_the_promise_feeds_the_clock_and_is_shown(promise, ticket, agent, as_):
    properties.set_status(ticket.pk, "pending", agent)
    promise(until="custom", at=in_local(0.3))
    page = as_(agent).get(ticket.get_absolute_url()).content.decode()
    assert (ticket.sla_metric, ticket.sla_due_at) == ("next_update", ticket.promised_at)
    assert "Update promised by" in page and "Promised an update by" in page
    row = as_(agent).get("/?view=soon").content.decode()
    assert f'id="t{ticket.pk}"' in row and "Update promised by" in row


def test_the_next_answer_keeps_it(promise, ticket, answer, network, django_capture_on_commit_callbacks):
    promise(until="later")
    assert ticket.promised_at
    with django_capture_on_commit_callbacks(execute=True):
        properties.answered_outside(ticket.pk, ticket.messages.get().user)
    ticket.refresh_from_db()
    assert ticket.promised_at is None


def test_it_can_be_taken_back_and_is_recorded_once(promise, ticket):
    promise(until="tomorrow")
    promise(until="tomorrow")
    assert Event.objects.filter(kind="update_promised").count() == 1
    page = promise(until="now")
    assert ticket.promised_at is None and "Promise of an update taken back" in page
    promise(until="now")
    assert Event.objects.filter(kind="update_promised").count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"until": "custom", "at": in_local(-1)}, "Choose a time to come"),
        ({"until": "custom", "at": in_local(24 * 400)}, "at most a year ahead"),
        ({"until": "custom"}, "Choose the day and time first."),
        ({"until": "custom", "at": "soon"}, "Write the day and time"),
        ({"until": "never"}, "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(fields, words, promise, ticket):
    assert words in promise(**fields)
    assert ticket.promised_at is None and not Event.objects.filter(kind="update_promised").exists()


def test_a_solved_ticket_promises_nothing(ticket, agent):
    properties.set_status(ticket.pk, "solved", agent)
    with pytest.raises(Refused, match="needs no promise"):
        properties.promise_update(ticket.pk, timezone.now() + timedelta(hours=1), agent)
