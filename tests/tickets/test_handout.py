from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from tests import factories as make
from tickets.models import Ticket
from tickets.services.handout import hand_out

MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_the_most_urgent_ticket_that_nobody_has_comes_next(as_, agent, teammate, closed_team):
    make.ticket(due_in=-9 * MINUTE, assignee=teammate)
    make.ticket(due_in=-8 * MINUTE, team=closed_team)
    make.ticket(due_in=-7 * MINUTE, status="pending")
    make.ticket(due_in=-6 * MINUTE, excluded="spam")
    late, later, without_clock = make.ticket(due_in=9 * MINUTE), make.ticket(due_in=-5 * MINUTE), make.ticket()
    client = as_(agent)

    given = [client.post("/queue/next/").url for _ in range(3)]

    assert given == [ticket.get_absolute_url() for ticket in (later, late, without_clock)]
    assert Ticket.objects.filter(assignee=agent).count() == 3


@pytest.mark.django_db
def test_it_says_so_when_nothing_is_left(as_, agent):
    response = as_(agent).post("/queue/next/", follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert "Nothing is left to hand out" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_never_get_the_same(agent, teammate):
    channel = make.channel()
    made = [make.ticket(channel=channel, due_in=n * MINUTE) for n in range(12)]
    together = Barrier(4)

    def ask(person):
        together.wait(timeout=30)
        try:
            return [hand_out(person) for _ in range(3)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        given = [ticket for tickets in pool.map(ask, [agent, teammate] * 2) for ticket in tickets]

    assert sorted(ticket.pk for ticket in given) == [ticket.pk for ticket in made]
    assert Ticket.objects.filter(assignee=agent).count() == Ticket.objects.filter(assignee=teammate).count() == 6
