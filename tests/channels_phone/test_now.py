"""A call at one's own telephone: shown as it rings, joined to a ticket by one click, worked on afterwards."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as make
from tests.channels_phone.test_events import KARI, line, priya, tell  # noqa: F401
from tickets.models import Call, Ticket
from tickets.services import calls

pytestmark = pytest.mark.django_db


def now(event: str, ago_s: int, **fields):
    at = (timezone.now() - timedelta(seconds=ago_s)).isoformat()
    return {"call": "c-1", "event": event, "at": at, "number": KARI, "extension": "201", **fields}


@pytest.fixture
def kari(db):
    return make.identity("phone", external_id=KARI, name="Kari Nilsen", handle=KARI)


def shown(browser) -> str:
    return browser.get(reverse("calls-now")).content.decode()


def test_a_ringing_call_shows_its_customers_tickets_to_its_agent_only(line, priya, teammate, kari, as_, closed_team):  # noqa: F811
    make.ticket(requester=kari, subject="Lost suitcase")
    make.ticket(requester=kari, subject="A secret refund", team=closed_team)
    tell(line, now("ring", 5))
    page = shown(as_(priya))
    assert "Ringing" in page and "Kari Nilsen" in page and "Lost suitcase" in page
    assert "secret" not in page
    assert "Kari" not in shown(as_(teammate))
    assert as_(teammate).post(reverse("join-call", args=[Call.objects.get().pk])).status_code == 404


def test_a_call_joins_an_open_ticket_and_counts_there(line, priya, kari, as_):  # noqa: F811
    ticket = make.ticket(requester=kari, subject="Lost suitcase")
    tell(line, now("ring", 300), now("answered", 290))
    call = Call.objects.get()
    for _twice in range(2):
        answer = as_(priya).post(reverse("join-call", args=[call.pk]), {"ticket": ticket.pk})
        assert answer.url == ticket.get_absolute_url()
    tell(line, now("held", 200), now("resumed", 170), now("hung_up", 60))
    assert Ticket.objects.get() == ticket
    ended = ticket.events.get(kind="call_ended")
    assert (ended.data["talk_s"], ended.data["hold_s"]) == (200, 30)
    as_(priya).post(reverse("finish-call", args=[call.pk]), {"notes": "Found in Oslo"})
    call.refresh_from_db()
    assert call.message.text == "Found in Oslo"
    assert 60 <= call.wrap_s <= 600
    assert ticket.events.filter(kind="work_logged", actor=priya).count() == 1
    assert "Kari" not in shown(as_(priya))


def test_a_ticket_out_of_sight_cannot_be_joined(line, priya, kari, as_, closed_team):  # noqa: F811
    secret = make.ticket(requester=kari, team=closed_team)
    tell(line, now("ring", 5))
    answer = as_(priya).post(reverse("join-call", args=[Call.objects.get().pk]), {"ticket": secret.pk})
    assert answer.status_code == 404
    assert Call.objects.get().message.ticket is None


def test_a_call_opens_a_new_ticket_of_the_agent(line, priya, as_):  # noqa: F811
    tell(line, now("ring", 20), now("answered", 10))
    answer = as_(priya).post(reverse("join-call", args=[Call.objects.get().pk]))
    ticket = Ticket.objects.get()
    assert (answer.url, ticket.assignee, ticket.status) == (ticket.get_absolute_url(), priya, "open")


def test_a_finished_call_of_which_nobody_said_a_word_is_not_lost(line, priya):  # noqa: F811
    tell(line, now("ring", 60), now("answered", 50), now("hung_up", 20))
    assert calls.place_overdue() == 0
    Call.objects.update(ended_at=timezone.now() - timedelta(minutes=11), started_at=timezone.now() - timedelta(hours=1))
    Call.objects.update(answered_at=timezone.now() - timedelta(minutes=59))
    assert calls.place_overdue() == 1
    assert Ticket.objects.get().assignee == priya
