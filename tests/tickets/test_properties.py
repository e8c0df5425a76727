"""What agents change: once, with its event, and refused in words where it makes no sense."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories as make
from tickets import states
from tickets.models import Ticket
from tickets.services import properties
from tickets.services.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(channel) -> Ticket:
    return make.ticket(channel=channel)


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.values_list("kind", flat=True))


def test_assigning_twice_is_one_event(ticket, agent):
    properties.assign(ticket.number, agent, agent)
    properties.assign(ticket.number, agent, agent)
    properties.assign(ticket.number, None, agent)
    assert [event.data["to"] for event in ticket.events.order_by("id")] == [agent.pk, None]


def test_nobody_who_left_can_be_assigned(ticket, agent, stranger):
    with pytest.raises(Refused, match="no longer works here"):
        properties.assign(ticket.number, stranger, agent)


@pytest.mark.parametrize("current", states.TRANSITIONS)
@pytest.mark.parametrize("to", states.TRANSITIONS)
def test_the_table_of_states_decides(ticket, agent, current, to):
    Ticket.objects.filter(pk=ticket.pk).update(status=current)
    if to == current or states.may_change(current, to):
        properties.set_status(ticket.number, to, agent)
        assert len(kinds(ticket)) == (0 if to == current else 1)
    else:
        with pytest.raises(Refused, match="cannot become"):
            properties.set_status(ticket.number, to, agent)


def test_tags_are_made_once_and_recorded_by_id(ticket, agent):
    properties.add_tags(ticket.number, ["baggage", " lost  bag "], agent)
    properties.add_tags(ticket.number, ["baggage"], agent)
    properties.remove_tags(ticket.number, ["baggage"], agent)
    assert [tag.name for tag in ticket.tags.all()] == ["lost bag"]
    assert sorted(kinds(ticket)) == ["tagged", "untagged"]


def test_no_reply_needed_leaves_the_queue(ticket, agent):
    properties.no_reply_needed(ticket.number, agent)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.excluded) == ("solved", "no_reply_needed")


def test_an_answered_ticket_that_needs_no_more_reply_stays_in_the_measures(ticket, agent):
    properties.answered_outside(ticket.number, agent)
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=timezone.now(), status="open")
    for _ in range(2):
        properties.no_reply_needed(ticket.number, agent)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.excluded, ticket.waiting_since) == ("solved", "", None)
    assert ticket.events.get(kind="no_reply_needed").data == {"scope": "message"}


def test_answered_outside_stops_the_clock_once(ticket, agent):
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=timezone.now() - timedelta(hours=1), status="open")
    properties.answered_outside(ticket.number, agent)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == ("pending", None)
    assert kinds(ticket).count("answered_outside") == 1


@pytest.mark.parametrize(("start", "until"), [(1, 2), (2, 2), (-1, -2), (30 * 60, 1)])
def test_impossible_working_time_is_refused(ticket, agent, start, until):
    now = timezone.now()
    with pytest.raises(Refused):
        properties.log_work(ticket.number, agent, now - timedelta(minutes=start), now - timedelta(minutes=until))


def test_every_change_raises_the_version_and_asks_for_measuring(ticket, agent):
    Ticket.objects.filter(pk=ticket.pk).update(needs_fold=False)
    properties.set_priority(ticket.number, "urgent", agent)
    ticket.refresh_from_db()
    assert (ticket.version, ticket.needs_fold) == (1, True)


def test_solved_tickets_close_after_a_while(ticket, agent):
    properties.set_status(ticket.number, "solved", agent)
    assert properties.close_solved(timezone.now() - timedelta(days=14)) == 0
    assert properties.close_solved(timezone.now()) == 1
    ticket.refresh_from_db()
    assert ticket.status == "closed"
