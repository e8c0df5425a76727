"""The list beside an open ticket, and walking it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.barriers import barriers
from tickets.models import Ticket
from tickets.services import properties

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE, SMALL = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def tickets(db) -> list[Ticket]:
    """Two of a list by tag, and one that is not in it."""
    channel = make.channel("x")
    made = [make.ticket(channel=channel, due_in=timedelta(minutes=n), tags=("bags",)) for n in (40, 50)]
    made.append(make.ticket(channel=channel, due_in=timedelta(minutes=45)))
    for ticket in made:
        make.message(ticket, "Where is it?")
    return made


def open_from_list(page, ticket) -> None:
    page.locator(f"#t{ticket.pk} .row-link").click()
    page.wait_for_url(f"**{ticket.get_absolute_url()}")


def test_the_list_that_one_came_from_stands_beside_the_ticket(open_page, agent, tickets):
    first, second, other = tickets
    page = open_page(agent, "/?tag=bags", viewport=WIDE)
    open_from_list(page, first)

    pane = page.locator("#pane")
    expect(pane.locator(".row")).to_have_count(2)
    expect(pane.locator("[aria-current=true]")).to_have_id(f"t{first.pk}")
    expect(pane.locator(f"#t{other.pk}")).to_have_count(0)

    page.keyboard.press("j")
    page.wait_for_url(f"**{second.get_absolute_url()}")
    expect(pane.locator("[aria-current=true]")).to_have_id(f"t{second.pk}")
    page.keyboard.press("k")
    page.wait_for_url(f"**{first.get_absolute_url()}")

    pane.get_by_role("link", name="Back to the queue").click()
    page.wait_for_url("**/?tag=bags")


def test_it_stays_fresh_and_nothing_moves_while_it_is_used(open_page, agent, tickets):
    first, second, _other = tickets
    page = open_page(agent, first.get_absolute_url(), viewport=WIDE)
    pane = page.locator("#pane")
    expect(pane.locator(".row")).to_have_count(3)
    expect(pane.get_by_role("heading", name="All open")).to_be_visible()

    pane.locator(f"#t{second.pk}").hover()
    properties.set_status(second.pk, "solved", agent)
    make.ticket(channel=first.channel, due_in=timedelta(minutes=5))
    expect(pane.locator(f"#t{second.pk}")).to_have_class("row is-unread is-gone")
    expect(pane.locator("#newpill")).to_be_visible()
    pane.locator("#newpill").click()
    expect(pane.locator(f"#t{second.pk}")).to_have_count(0)
    expect(pane.locator("[aria-current=true]")).to_have_id(f"t{first.pk}")


def test_n_brings_the_next_ticket_from_a_ticket(open_page, agent, tickets):
    page = open_page(agent, tickets[1].get_absolute_url(), viewport=WIDE)
    page.keyboard.press("n")
    page.wait_for_url(f"**{tickets[0].get_absolute_url()}")
    assert Ticket.objects.get(pk=tickets[0].pk).assignee == agent


def test_a_phone_asks_for_no_pane_and_reaches_the_next_ticket(open_page, agent, tickets):
    page = open_page(agent, viewport=SMALL)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "rows=" in request.url else None)
    own = tickets[1].get_absolute_url()
    page.goto(own)
    # By the time the ticket asks for its own news, a pane would have asked for its rows.
    page.wait_for_event("request", lambda request: request.resource_type == "fetch" and request.url.endswith(own))
    expect(page.locator("#pane")).to_be_hidden()
    assert not [url for url in asked if "view=all" in url]

    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Next ticket").click()
    page.wait_for_url(f"**{tickets[0].get_absolute_url()}")
    page.goto("/")
    expect(page.locator("#next")).to_be_in_viewport()
    expect(page.get_by_role("link", name="New ticket")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_another_person_in_the_same_tab_gets_a_list_of_their_own(open_page, agent, teammate, as_, tickets, live_server):
    page = open_page(agent, "/?tag=bags", viewport=WIDE)
    open_from_list(page, tickets[0])
    session = as_(teammate).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(tickets[1].get_absolute_url())
    expect(page.locator("#pane .row")).to_have_count(3)
    page.get_by_role("link", name="Back to the queue").click()
    page.wait_for_url("**/?view=all")


def test_single_keys_can_be_switched_off(open_page, agent, tickets):
    agent.single_keys = False
    agent.save()
    page = open_page(agent, "/", viewport=WIDE)
    page.keyboard.press("n")
    page.keyboard.press("j")
    expect(page.locator(".row-link:focus")).to_have_count(0)
    open_from_list(page, tickets[0])
    for key in "jn":
        page.keyboard.press(key)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    assert page.url.endswith(tickets[0].get_absolute_url())
    assert not Ticket.objects.exclude(assignee=None).exists()


def test_three_panes_have_no_barriers(open_page, agent, tickets):
    page = open_page(agent, viewport=WIDE, bypass_csp=True)
    assert barriers(page, tickets[0].get_absolute_url()) == []
