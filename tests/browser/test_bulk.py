"""The bar over the queue while tickets are selected."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import factories as make
from tickets.models import Macro, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three(db) -> list[Ticket]:
    channel = make.channel("x")
    return [make.ticket(channel=channel, due_in=timedelta(minutes=n)) for n in (40, 50, 60)]


def row_link(page: Page, ticket: Ticket) -> Locator:
    return page.locator(f"#t{ticket.pk} .row-link")


def focus(page: Page, ticket: Ticket) -> None:
    row_link(page, ticket).focus()


def test_every_action_by_keyboard(open_page, agent, teammate, three):
    page = open_page(agent)
    for key in "jxjx":
        page.keyboard.press(key)
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Assign to me I")).to_be_focused()
    page.get_by_role("button", name="Mia Team-Mate").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toasts")).to_contain_text("2 tickets assigned to Mia Team-Mate.")
    expect(row_link(page, three[1])).to_be_focused()
    assert list(Ticket.objects.filter(assignee=teammate)) == three[:2]

    focus(page, three[0])
    page.keyboard.press("t")
    expect(page.get_by_label("Tags, between commas")).to_be_focused()
    page.keyboard.type("refund")
    page.keyboard.press("Enter")
    # The tag may come live before the page that follows: the focus is only there.
    expect(row_link(page, three[0])).to_be_focused()
    expect(page.locator(f"#t{three[0].pk} .tag")).to_have_text("refund")

    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".toasts")).to_contain_text("1 ticket set to Pending.")
    # It waits for the customer now and has left the list: the next one has its place.
    expect(row_link(page, three[1])).to_be_focused()

    page.keyboard.press("m")
    page.keyboard.type(str(three[2].pk))
    page.keyboard.press("Enter")
    expect(page.locator(".toasts")).to_contain_text(f"1 ticket merged into #{three[2].pk}.")
    expect(row_link(page, three[2])).to_be_focused()

    page.keyboard.press("e")
    expect(page.locator(".toasts")).to_contain_text("1 ticket set to Solved.")
    assert Ticket.objects.get(pk=three[2].pk).status == "solved"


def test_a_macro_for_many_and_z_takes_it_back(open_page, agent, three):
    Macro.objects.create(name="Escalate", text="We look into it.", priority="urgent")
    page = open_page(agent)
    for key in "jxjx/":
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Escalate")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toasts")).to_contain_text("Escalate done to 2 tickets.")
    assert Ticket.objects.filter(priority=4).count() == 2

    page.keyboard.press("z")
    expect(page.locator(".toasts")).to_contain_text("2 tickets as before.")
    assert not Ticket.objects.filter(priority=4).exists()


def test_n_brings_the_next_ticket(open_page, agent, three):
    page = open_page(agent)
    page.keyboard.press("n")
    page.wait_for_url(f"**{three[0].get_absolute_url()}")
    assert Ticket.objects.get(pk=three[0].pk).assignee == agent


def test_the_bar_works_without_a_script(open_page, agent, three):
    page = open_page(agent, java_script_enabled=False)
    page.locator(f"#t{three[1].pk} .row-check input").check()
    page.get_by_role("button", name="Tag T").click()
    page.get_by_label("Tags, between commas").fill("refund")
    page.keyboard.press("Enter")
    assert not Ticket.objects.exclude(assignee=None).exists(), "Enter in a field is no action of its own"
    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.locator(f"#t{three[1].pk} .tag")).to_have_text("refund")
    assert Ticket.objects.filter(tags__name="refund").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_bar_and_its_menus_fit_every_screen(open_page, agent, teammate, three, scheme, width):
    page = open_page(agent, color_scheme=scheme, viewport={"width": width, "height": 844})
    page.locator(f"#t{three[0].pk} .row-check input").check()
    page.locator("#bulk").get_by_role("button", name="Assign").click()
    expect(page.get_by_role("button", name="Mia Team-Mate")).to_be_in_viewport()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
