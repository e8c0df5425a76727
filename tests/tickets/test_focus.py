"""Handling time as the browser measures it: counted once, and shown to nobody else."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from metrics.models import HandleSession
from metrics.services.folding import sweep
from tests import factories as make
from tests.metrics.recorded import opened
from tickets.models import Event, Ticket
from tickets.services import focus as service

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted_yet(agent, teammate):
    cache.delete_many([f"focus:{agent.pk}", f"focus:{teammate.pk}"])


@pytest.fixture
def ticket():
    return opened(timezone.now() - timedelta(hours=2))


def worked(browser, ticket, seconds):
    return browser.post(reverse("focus", args=[ticket.pk]), {"seconds": seconds})


def spent() -> list[int]:
    sweep()
    return list(HandleSession.objects.order_by("pk").values_list("seconds", flat=True))


def test_a_session_becomes_handling_time(as_, agent, ticket):
    assert worked(as_(agent), ticket, 90).status_code == 204
    event = Event.objects.get(kind="focused")
    assert (event.actor, event.ticket) == (agent, ticket)
    assert spent() == [90]


def test_a_look_in_passing_is_dropped_and_a_forgotten_page_is_cut(as_, agent, ticket):
    worked(as_(agent), ticket, 2)
    assert spent() == []
    worked(as_(agent), ticket, 50_000)
    assert spent() == [3600]


def test_two_tabs_never_count_the_same_minute_twice(as_, agent, teammate, ticket):
    other = make.ticket()
    worked(as_(agent), ticket, 600)
    worked(as_(agent), other, 600)
    assert Event.objects.filter(kind="focused").count() == 1
    # Another person's minutes are their own.
    worked(as_(teammate), other, 600)
    assert Event.objects.filter(kind="focused").count() == 2


def test_what_follows_the_counted_stretch_counts(as_, agent, ticket):
    cache.set(f"focus:{agent.pk}", timezone.now() - timedelta(seconds=60))
    worked(as_(agent), ticket, 600)
    assert spent()[0] in (60, 61)


@pytest.mark.parametrize("seconds", ["", "-5", "1.5", "soon", "99999999999"])
def test_no_number_of_seconds_is_refused(as_, agent, ticket, seconds):
    assert worked(as_(agent), ticket, seconds).status_code == 400
    assert not Event.objects.filter(kind="focused").exists()


def test_only_at_tickets_that_one_sees(as_, agent, closed_team):
    hidden = make.ticket(team=closed_team)
    assert worked(as_(agent), hidden, 90).status_code == 404
    assert worked(as_(None), hidden, 90).status_code == 302


def test_open_pages_are_not_told_and_the_measures_are(as_, agent, ticket, django_capture_on_commit_callbacks):
    Ticket.objects.update(needs_fold=False)
    with django_capture_on_commit_callbacks() as told:
        service.log_focus(ticket, agent, 60)
    assert told == []
    assert Ticket.objects.get(pk=ticket.pk).needs_fold


def test_shown_to_oneself_and_to_the_lead_only(as_, agent, teammate, manager, open_team, ticket):
    assert Membership.objects.get(user=teammate, is_lead=True).team == open_team
    Membership.objects.get_or_create(user=agent, team=open_team)
    Ticket.objects.filter(pk=ticket.pk).update(team=open_team)
    worked(as_(agent), ticket, 90)
    sweep()
    assert b"1m 30s" in as_(agent).get(reverse("profile")).content
    assert b"1m 30s" not in as_(teammate).get(reverse("profile")).content

    def rows(person):
        blocks = as_(person).get("/metrics/team/").context["content"].blocks
        return [[cell.text for cell in row] for block in blocks if block.key == "handling" for row in block.table.rows]

    assert rows(teammate) == [[agent.name, "1m 30s", "1"]]
    assert rows(manager) == []
    events = f"/api/v1/tickets/{ticket.pk}/events/"
    seen = [[e["kind"] for e in as_(person).get(events).json()["results"]] for person in (agent, teammate)]
    assert [kinds.count("focused") for kinds in seen] == [1, 0]
