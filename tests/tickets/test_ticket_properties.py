"""Changing a ticket by the small forms of its head."""

import pytest
from django.urls import reverse

from tests import factories as make
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(channel):
    found = make.ticket(channel=channel, subject="Lost bag", tags=("old",))
    make.message(found, "Where is my bag?")
    return found


@pytest.fixture
def change(ticket, agent, as_):
    def post(name, **fields):
        answer = as_(agent).post(reverse(name, args=[ticket.pk]), fields, follow=True)
        ticket.refresh_from_db()
        return answer.content.decode()

    return post


def test_status_priority_and_assignee(change, ticket, teammate):
    change("ticket-status", status="on_hold")
    change("ticket-priority", priority="urgent")
    change("ticket-assignee", assignee=teammate.pk)
    assert (ticket.status, ticket.priority_name, ticket.assignee) == ("on_hold", "urgent", teammate)
    change("ticket-assignee", assignee="")
    assert ticket.assignee is None


def test_team_tags_and_work(change, ticket, open_team):
    change("ticket-team", team=open_team.pk)
    change("ticket-tags", tags="NW214,  lost   bag , NW214,")
    change("ticket-untag", tags="old")
    page = change("log-work", minutes="15")
    assert ticket.team == open_team
    assert set(ticket.tags.values_list("name", flat=True)) == {"NW214", "lost bag"}
    assert "15 minutes of work" in page


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("ticket-status", {"status": "asleep"}, "asleep is not one of the available choices"),
        ("ticket-priority", {"priority": "9"}, "9 is not one of the available choices"),
        ("ticket-assignee", {"assignee": "999999"}, "does not work here any more"),
        ("ticket-team", {"team": "999999"}, "This team was removed."),
        ("ticket-tags", {"tags": " , "}, "Write the tag first."),
        ("ticket-tags", {"tags": "x" * 51}, "at most 50 characters"),
        ("ticket-tags", {"tags": ",".join(map(str, range(30)))}, "at most 20 tags"),
        ("log-work", {"minutes": "a while"}, "Write whole minutes"),
        ("log-work", {"minutes": "5000"}, "At most a day"),
    ],
)
def test_bad_values_are_refused_in_words(name, fields, words, change, ticket):
    version = ticket.version
    assert words in change(name, **fields)
    assert ticket.version == version


def test_a_transition_that_is_not_in_the_table_is_refused(change, ticket):
    Ticket.objects.update(status="closed")
    assert "cannot become open" in change("ticket-status", status="open")


def test_no_reply_needed_spam_and_block(change, ticket):
    change("no-reply-needed")
    assert (ticket.status, ticket.excluded) == ("solved", "no_reply_needed")
    change("ticket-spam")
    assert ticket.excluded == "spam"
    assert "Author blocked" in change("block-author")
    ticket.requester.refresh_from_db()
    assert ticket.requester.blocked_at


def test_answered_outside(change, ticket):
    assert "Marked as answered outside the helpdesk" in change("answered-outside")
    assert (ticket.status, ticket.waiting_since) == ("pending", None)


def test_only_those_who_see_a_closed_team_can_be_given_its_tickets(change, ticket, closed_team, agent, teammate, as_):
    ticket.team = closed_team
    ticket.save()
    for person, assignee in ((agent, None), (teammate, teammate)):
        as_(teammate).post(reverse("ticket-assignee", args=[ticket.pk]), {"assignee": person.pk})
        ticket.refresh_from_db()
        assert ticket.assignee == assignee


def test_handing_a_ticket_out_of_sight_leads_back_to_the_queue(ticket, agent, as_, closed_team):
    address = reverse("ticket-team", args=[ticket.pk])
    answer = as_(agent).post(address, {"team": closed_team.pk})
    assert answer.url == reverse("queue")


def test_a_script_gets_the_changed_parts(ticket, agent, as_):
    address = reverse("ticket-status", args=[ticket.pk])
    answer = as_(agent).post(address, {"status": "pending"}, headers={"X-Requested-With": "fetch"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in page and 'data-live="head"' in page
    assert answer.headers["ETag"].startswith(f'"{Ticket.objects.get().version}-')
    assert Event.objects.filter(kind="status_changed", actor=agent).count() == 1
