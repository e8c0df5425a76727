"""Who is given a ticket that nobody has: in turn or by load, never somebody away."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Team
from tests import factories as make
from tickets.models import Event, Ticket
from tickets.services import properties
from tickets.services.assignment import distribute
from tickets.services.handout import hand_out
from tickets.tasks import tick

pytestmark = pytest.mark.django_db
ROUND_ROBIN, LOAD = Team.Assignment.ROUND_ROBIN, Team.Assignment.LOAD


@pytest.fixture
def team(open_team, agent, teammate):
    """Priya and Mia, in turn."""
    Team.objects.filter(pk=open_team.pk).update(assignment=ROUND_ROBIN)
    open_team.refresh_from_db()
    return open_team


def waiting(team, n: int = 1, **fields) -> list[Ticket]:
    return [make.ticket(team=team, due_in=timedelta(minutes=10 + m), **fields) for m in range(n)]


def owners(tickets) -> list:
    return [Ticket.objects.get(pk=ticket.pk).assignee for ticket in tickets]


def test_each_in_turn_the_most_urgent_first(team, agent, teammate):
    tickets = waiting(team, 5)
    tick()
    assert owners(tickets) == [agent, teammate, agent, teammate, agent]
    more = waiting(team)
    tick()
    assert owners(more) == [teammate], "the turn goes on where it was"
    told = Event.objects.filter(kind="assigned").order_by("id")
    assert [(event.actor, event.data["reason"]) for event in told] == [(None, "round_robin")] * 6


def test_whoever_has_the_fewest_open_tickets(team, agent, teammate):
    Team.objects.update(assignment=LOAD)
    for _ in range(2):
        make.ticket(assignee=agent)
    make.ticket(assignee=teammate, status="pending", waited=None)
    make.ticket(assignee=teammate, status="solved", waited=None)
    tickets = waiting(team, 3)
    distribute()
    assert owners(tickets) == [teammate, teammate, agent]
    assert set(Event.objects.filter(kind="assigned").values_list("data__reason", flat=True)) == {"load"}


@pytest.mark.parametrize("rule", [ROUND_ROBIN, LOAD])
def test_never_to_somebody_away_or_gone(team, agent, teammate, rule, as_):
    Team.objects.update(assignment=rule)
    as_(teammate).post(reverse("availability"), {"away": "1"})
    tickets = waiting(team, 2)
    distribute()
    assert owners(tickets) == [agent, agent]

    agent.is_active = False
    agent.save()
    tickets = waiting(team, 2)
    distribute()
    assert owners(tickets) == [None, None], "they wait"

    as_(teammate).post(reverse("availability"), {"away": "0"})
    distribute()
    assert owners(tickets) == [teammate, teammate], "until somebody is back"


def test_teams_without_a_rule_and_tickets_without_a_team_wait_for_a_hand(team, closed_team):
    tickets = [*waiting(closed_team), *waiting(None)]
    distribute()
    assert owners(tickets) == [None, None]


@pytest.mark.parametrize(
    "fields", [{"status": "pending"}, {"status": "solved"}, {"excluded": "spam"}, {"awaits_assignee": False}]
)
def test_only_what_waits_for_us(team, fields):
    tickets = waiting(team, **fields)
    distribute()
    assert owners(tickets) == [None]


def test_what_is_given_back_by_hand_waits_for_a_hand(team, agent, closed_team):
    [ticket] = waiting(team)
    distribute()
    properties.assign(ticket.pk, None, agent)
    distribute()
    assert owners([ticket]) == [None]

    properties.set_team(ticket.pk, closed_team, agent)
    properties.set_team(ticket.pk, team, agent)
    distribute()
    assert owners([ticket]) != [None], "in a team that it comes to, it is new"


def test_what_is_put_off_is_given_out_when_it_is_back(team, agent):
    [ticket] = waiting(team)
    properties.snooze(ticket.pk, ticket.sla_due_at, agent)
    distribute()
    assert owners([ticket]) == [None]


def test_nothing_to_give_costs_one_statement(team, django_assert_num_queries):
    with django_assert_num_queries(1):
        distribute()


@pytest.mark.django_db(transaction=True)
def test_two_workers_give_each_ticket_once(team, agent, teammate):
    tickets = waiting(team, 20)

    def work():
        distribute()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Event.objects.filter(kind="assigned").count() == 20
    assert owners(tickets).count(agent) == 10


def test_every_way_is_on_record(agent, team):
    free = make.ticket()
    hand_out(agent)
    properties.assign(free.pk, None, agent)
    reasons = Event.objects.filter(kind="assigned").order_by("id").values_list("data__reason", flat=True)
    assert list(reasons) == ["next_ticket", "agent"]


def test_the_timeline_says_why(team, agent, as_):
    [ticket] = waiting(team)
    distribute()
    page = as_(agent).get(ticket.get_absolute_url()).content.decode()
    assert "Assigned to Priya Nair, whose turn it was" in page


# ---- saying so ----


def test_the_menu_says_who_is_away(as_, agent, teammate):
    client = as_(agent)
    assert "Available" in client.get("/").content.decode()
    answer = client.post(reverse("availability"), {"away": "1", "next": "/?view=mine"})
    assert answer["Location"] == "/?view=mine"
    agent.refresh_from_db()
    assert agent.is_away
    assert "I am available" in client.get("/").content.decode()
    assert "<small>away</small>" in as_(teammate).get("/").content.decode(), "where one assigns by hand"


def test_the_way_back_stays_here(as_, agent):
    answer = as_(agent).post(reverse("availability"), {"away": "1", "next": "https://elsewhere.example/"})
    assert answer["Location"] == reverse("profile")


def test_a_teams_rule_is_its_setting(as_, admin, team, agent, teammate):
    client = as_(admin)
    address = reverse("team", args=[team.pk])
    client.post(address, {"name": team.name, "members": [agent.pk], "assignment": "load"})
    team.refresh_from_db()
    assert team.assignment == LOAD
    client.post(address, {"name": team.name, "members": [agent.pk]})
    team.refresh_from_db()
    assert team.assignment == LOAD
    assert "The member with the fewest open tickets" in client.get(reverse("teams")).content.decode()
    assert "Select a valid choice" in client.post(address, {"name": "x", "assignment": "dice"}).content.decode()
