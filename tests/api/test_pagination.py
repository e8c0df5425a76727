"""Pages do not lose or repeat a row while others write."""

from datetime import timedelta
from itertools import chain

import pytest
from django.utils import timezone

from tests import factories as make
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

TICKETS = "/api/v1/tickets/"


@pytest.fixture
def tickets(channel):
    """Seven, some with equal due times and some with none."""
    due = [5, 5, None, 7, None, 5, 9]
    return [
        make.ticket(channel=channel, priority=n % 2 + 1, due_in=d and timedelta(minutes=d)) for n, d in enumerate(due)
    ]


def walk(client, url, direction="next"):
    pages = []
    while url:
        page = client.get(url).json()
        pages.append([row["number"] for row in page["results"]])
        url = page[direction]
    return pages


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("name", ["created", "updated", "priority", "sla_due"])
def test_pages_add_up_to_the_whole_forwards_and_backwards(by, agent, tickets, name, sign):
    client = by(agent)
    whole = walk(client, f"{TICKETS}?ordering={sign}{name}")[0]
    pages = walk(client, f"{TICKETS}?ordering={sign}{name}&page_size=3")
    assert [len(page) for page in pages] == [3, 3, 1]
    assert list(chain(*pages)) == whole

    first = client.get(f"{TICKETS}?ordering={sign}{name}&page_size=3").json()
    second = client.get(first["next"]).json()
    last = client.get(second["next"]).json()
    assert (first["previous"], last["next"]) == (None, None)
    assert walk(client, last["previous"], "previous") == [pages[1], pages[0]]
    assert [
        row["number"] for row in client.get(client.get(last["previous"]).json()["next"]).json()["results"]
    ] == pages[2]


def test_rows_that_arrive_or_go_meanwhile_neither_repeat_nor_hide_others(by, agent, channel, tickets):
    client = by(agent)
    first = client.get(f"{TICKETS}?page_size=3").json()
    shown = [row["number"] for row in first["results"]]
    make.ticket(channel=channel)
    make.ticket(channel=channel, opened_at=timezone.now() - timedelta(days=30))
    Ticket.objects.filter(pk=shown[-1]).update(status="solved", updated_at=timezone.now())
    rest = list(chain(*walk(client, first["next"])))
    assert set(shown) & set(rest) == set()
    assert {ticket.pk for ticket in tickets} <= {*shown, *rest}


def test_filters_stay_with_the_links(by, agent, tickets):
    pages = walk(by(agent), f"{TICKETS}?priority=low&page_size=2")
    assert [len(page) for page in pages] == [2, 2]


def test_an_empty_list_has_no_further_pages(by, agent):
    assert by(agent).get(TICKETS).json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "f.-created.",
        "f.-created.e30",
        "f.-created.W10",
        "f.-created.bnVsbA",
        "f.created.WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsMV0",
        "f.-created.WyJ4IiwxXQ",
        "f.-created.WzEsSW5maW5pdHld",
        "f.-created.é",
        "f.-created." + "A" * 201,
    ],
)
def test_a_made_up_cursor_is_refused(by, agent, cursor):
    answer = by(agent).get(TICKETS, {"cursor": cursor})
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == ["cursor"]
