from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories as make
from tickets import queries
from tickets.keyset import BadCursor
from tickets.models import Ticket
from tickets.queries import VIEWS, group_counts, group_key, page_of, queue, view_counts, visible_tickets

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def numbers(tickets) -> list[int]:
    return sorted(ticket.pk for ticket in tickets)


def walk(tickets, sort: str, size: int) -> list[int]:
    """Every page, one after the other."""
    found, after = [], ""
    while True:
        page = page_of(tickets, sort, size, after)
        found += [ticket.pk for ticket in page.tickets]
        if not (after := page.after):
            return found


def test_a_closed_team_hides_its_tickets_from_others(agent, teammate, manager, stranger, open_team, closed_team):
    free, opened, closed = make.ticket(), make.ticket(team=open_team), make.ticket(team=closed_team)

    assert numbers(visible_tickets(agent)) == numbers([free, opened])
    assert numbers(visible_tickets(teammate)) == numbers(visible_tickets(manager)) == numbers([free, opened, closed])
    assert numbers(visible_tickets(stranger)) == []
    assert view_counts(agent)["all"] == 2
    assert view_counts(teammate)["all"] == 3


def test_each_view_holds_and_counts_its_tickets(agent, teammate):
    x, mail, phone = make.channel("x"), make.channel("email"), make.channel("phone")
    mine = make.ticket(channel=x, assignee=agent, status="open")
    late = make.ticket(channel=x, visibility="private", assignee=teammate, due_in=-5 * MINUTE)
    soon = make.ticket(channel=x, visibility="mixed", due_in=29 * MINUTE)
    later = make.ticket(channel=mail, visibility="private", due_in=40 * MINUTE)
    call = make.ticket(channel=phone, visibility="private")
    pending = make.ticket(channel=x, status="pending", assignee=agent, waited=None)
    held_soon = make.ticket(channel=x, status="on_hold", due_in=MINUTE)
    solved = make.ticket(channel=x, status="solved", waited=None)
    make.ticket(channel=x, status="solved", excluded="spam", waited=None)
    expected = {
        "all": [mine, late, soon, later, call],
        "mine": [mine],
        "unassigned": [soon, later, call],
        "soon": [soon, held_soon],
        "waiting": [pending],
        "held": [held_soon],
        "snoozed": [],
        "solved": [solved],
        "mentions": [mine, soon],
        "dms": [late, soon],
        "mail": [later],
        "calls": [call],
    }

    assert {key: numbers(queue(agent, view, {})) for key, view in VIEWS.items()} == {
        key: numbers(tickets) for key, tickets in expected.items()
    }
    assert view_counts(agent) == {key: len(tickets) for key, tickets in expected.items() if key != "solved"}


def test_all_counts_come_in_one_statement(agent, django_assert_num_queries):
    make.ticket()
    with django_assert_num_queries(1):
        view_counts(agent)


def test_filters_narrow_a_view(agent, open_team):
    x, mail = make.channel("x"), make.channel("email")
    urgent = make.ticket(channel=x, priority=4, tags=("refund", "vip"), team=open_team, assignee=agent)
    private = make.ticket(channel=mail, visibility="private", tags=("refund",))
    pending = make.ticket(channel=x, status="pending")
    cases = [
        ({"channel": [str(x.pk)]}, [urgent]),
        ({"priority": ["urgent", "high"]}, [urgent]),
        ({"assignee": ["me"]}, [urgent]),
        ({"assignee": ["none"]}, [private]),
        ({"assignee": ["none", str(agent.pk)]}, [urgent, private]),
        ({"team": [str(open_team.pk)]}, [urgent]),
        ({"team": ["none"]}, [private]),
        ({"tag": ["refund", "vip"]}, [urgent, private]),
        ({"tag": ["vip"], "visibility": ["private"]}, []),
        ({"visibility": ["private"]}, [private]),
        ({"status": ["pending"]}, [pending]),
    ]

    for filters, expected in cases:
        assert numbers(queue(agent, VIEWS["all"], filters)) == numbers(expected), filters


def test_a_view_about_a_status_keeps_it(agent):
    pending = make.ticket(status="pending")
    make.ticket(status="open")

    assert numbers(queue(agent, VIEWS["waiting"], {"status": ["open"]})) == [pending.pk]


def test_groups_follow_the_due_time(agent):
    for due_in in (-90 * MINUTE, -MINUTE, MINUTE, 29 * MINUTE, 31 * MINUTE, None):
        make.ticket(due_in=due_in)

    counts = group_counts(visible_tickets(agent))

    assert counts == {"breached": 2, "soon": 2, "later": 1, "none": 1}
    now = timezone.now()
    assert [group_key(ticket.sla_due_at, now) for ticket in page_of(visible_tickets(agent), "due", 10).tickets] == [
        *["breached"] * 2,
        *["soon"] * 2,
        "later",
        "none",
    ]


@pytest.mark.parametrize("sort", queries.SORTS)
def test_pages_show_every_ticket_once_and_in_order(agent, sort):
    channel = make.channel()
    now = timezone.now()
    for n in range(12):
        make.ticket(
            channel=channel,
            priority=1 + n % 4,
            # Equal times and missing ones are where pages break.
            sla_due_at=None if n % 3 == 0 else now + (n // 4) * MINUTE,
            waiting_since=None if n % 5 == 0 else now - (n // 3) * MINUTE,
            last_message_at=None if n % 6 == 0 else now - (n // 2) * MINUTE,
        )
    tickets = visible_tickets(agent)
    whole = list(tickets.order_by(*queries.SORTS[sort]).values_list("pk", flat=True))

    assert walk(tickets, sort, 5) == whole
    assert walk(tickets, sort, 1) == whole
    assert walk(tickets, sort, 12) == whole


def test_a_page_stays_where_it_is_when_tickets_arrive_before_it(agent):
    tickets = [make.ticket(due_in=n * MINUTE) for n in range(1, 5)]
    first = page_of(visible_tickets(agent), "due", 2)
    make.ticket(due_in=-MINUTE)

    second = page_of(visible_tickets(agent), "due", 2, first.after)

    assert [ticket.pk for ticket in first.tickets + second.tickets] == [ticket.pk for ticket in tickets]


@pytest.mark.parametrize(
    "position", ["x", "é", "W10", "WzEsMiwzXQ", "WyJhIiwiYiJd", "bnVsbA", "eyJhIjoxfQ", "W3t9LFtdXQ"]
)
def test_a_made_up_position_is_refused(agent, position):
    with pytest.raises(BadCursor):
        page_of(visible_tickets(agent), "due", 5, position)


def test_a_row_needs_no_statement_of_its_own(agent, django_assert_num_queries):
    for _ in range(3):
        make.ticket(assignee=agent, tags=("a",))

    with django_assert_num_queries(1):
        for ticket in page_of(visible_tickets(agent), "due", 5).tickets:
            assert ticket.channel.name and ticket.customer.name and ticket.requester.handle and ticket.assignee.name
            assert ticket.tag_names == ["a"]


def test_the_next_ticket_to_breach_says_when_it_will_appear(agent):
    make.ticket(due_in=-MINUTE)
    make.ticket(due_in=10 * MINUTE)
    make.ticket(due_in=300 * MINUTE)
    next_one = make.ticket(due_in=60 * MINUTE)

    found = queries.next_due(agent)

    assert found == next_one
    assert found.soon_at == Ticket.objects.get(pk=next_one.pk).sla_due_at - queries.SOON
