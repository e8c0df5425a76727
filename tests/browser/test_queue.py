from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import factories as make
from tests.browser.barriers import barriers
from tickets.models import Ticket
from tickets.services.properties import assign, set_status

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINUTE = timedelta(minutes=1)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def order(page: Page) -> list[str]:
    return page.eval_on_selector_all(".row", "rows => rows.map(row => row.id)")


def ids(*tickets: Ticket) -> list[str]:
    return [f"t{ticket.pk}" for ticket in tickets]


def pass_time(page: Page, until: Callable[[], bool]) -> None:
    """Minutes on the page's clock, as long as it takes; requests still take their real time."""
    for _ in range(60):
        if until():
            return
        page.clock.run_for(4_000)
    raise AssertionError("Four minutes passed on the page, and nothing happened.")


@pytest.fixture
def channel(db):
    return make.channel("x")


@pytest.fixture
def three(channel) -> list[Ticket]:
    return [make.ticket(channel=channel, due_in=n * MINUTE) for n in (40, 50, 60)]


def test_new_tickets_wait_in_the_pill_while_the_list_is_used(open_page, agent, channel, three):
    page = open_page(agent)
    page.hover(f"#t{three[1].pk}")
    urgent = make.ticket(channel=channel, due_in=5 * MINUTE)

    expect(page.locator("#newpill")).to_contain_text("1 new, show")
    expect(page.locator(".bar-title [data-live=total]")).to_have_text("4")
    assert order(page) == ids(*three)

    page.keyboard.press(".")
    expect(page.locator(".row")).to_have_count(4)
    assert order(page) == ids(urgent, *three)
    expect(page.locator("#newpill")).to_be_hidden()


def test_new_tickets_come_by_themselves_while_nobody_uses_the_list(open_page, agent, channel, three):
    page = open_page(agent)
    page.mouse.move(5, 5)
    urgent = make.ticket(channel=channel, due_in=5 * MINUTE)

    expect(page.locator(".row")).to_have_count(4)
    assert order(page) == ids(urgent, *three)
    expect(page.get_by_role("heading", name="Due in the next 30 minutes")).to_be_visible()


def test_rows_change_in_place_and_stay_when_they_no_longer_fit(open_page, agent, three):
    first, second, _ = three
    page = open_page(agent)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assign(first.pk, agent, by=agent)
    set_status(second.pk, "solved", by=agent)

    expect(page.locator(f"#t{first.pk} .row-owner")).to_contain_text("PN")
    expect(page.locator(f"#t{second.pk}")).to_have_class("row is-unread is-gone")
    assert order(page) == ids(*three)
    expect(page.locator(f"#t{second.pk} .row-link")).to_be_focused()
    expect(page.locator(".nav [data-live=count-mine]")).to_have_text("1")


def test_the_day_by_keyboard(open_page, agent, three):
    page = open_page(agent)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk")).to_contain_text("2 selected")
    page.keyboard.press("i")
    expect(page.locator(".toasts")).to_contain_text("2 tickets assigned to Priya Nair.")
    assert list(Ticket.objects.filter(assignee=agent)) == three[:2]

    expect(page.locator(f"#t{three[1].pk} .row-link")).to_be_focused()
    # Being assigned may have moved rows: up is the row above, whichever that is.
    at = order(page).index(f"t{three[1].pk}")
    above = order(page)[max(0, at - 1)]
    page.keyboard.press("k")
    expect(page.locator(f"#{above} .row-link")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{above.removeprefix('t')}/")


def test_escape_clears_the_selection(open_page, agent, three):
    page = open_page(agent)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator(".bulk")).to_be_hidden()
    expect(page.locator(".row.is-selected")).to_have_count(0)


def test_a_lost_connection_is_told_and_heals(open_page, agent, three, complaints):
    page = open_page(agent)
    page.clock.install()
    page.reload()
    page.context.set_offline(True)
    pass_time(page, until=lambda: page.locator("#offline").is_visible())
    expect(page.locator("#offline")).to_contain_text("Live updates stopped")
    expect(page.locator("#live")).to_contain_text("Reconnecting")

    page.context.set_offline(False)
    # It may have healed by itself by now, and taken the button away.
    page.locator("[data-retry]").dispatch_event("click")
    pass_time(page, until=lambda: not page.locator("#offline").is_visible())
    expect(page.locator("#live")).to_contain_text("Live")
    complaints.clear()  # Chromium's own words about requests that could not leave


def test_somebody_signed_out_elsewhere_is_told(open_page, agent, three):
    page = open_page(agent)
    page.context.clear_cookies()

    expect(page.locator("#signed-out")).to_contain_text("You are signed out.")


def test_clocks_tick(open_page, agent, channel):
    make.ticket(channel=channel, due_in=timedelta(seconds=130), waited=timedelta(seconds=59 * 60))
    page = open_page(agent)
    clock, wait = page.locator(".sla time"), page.locator(".row-wait time")
    shown = clock.inner_text()

    expect(clock).not_to_have_text(shown)
    assert wait.inner_text() == "59m"


def test_show_more_adds_to_the_list_that_is_there(open_page, agent, channel):
    made = [make.ticket(channel=channel, due_in=(29 - n % 2) * MINUTE + n * MINUTE) for n in range(60)]
    page = open_page(agent)
    expect(page.locator(".row")).to_have_count(50)

    page.get_by_role("link", name="Show more").click()

    expect(page.locator(".row")).to_have_count(60)
    assert sorted(order(page)) == sorted(ids(*made))
    assert order(page) == ids(*Ticket.objects.order_by("sla_due_at"))
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)


def test_the_list_grows_while_it_is_scrolled(open_page, agent, channel):
    for n in range(60):
        make.ticket(channel=channel, due_in=timedelta(hours=n + 1))
    page = open_page(agent)
    expect(page.locator(".row")).to_have_count(50)
    page.locator("#list").evaluate("list => list.scrollTo(0, list.scrollHeight)")
    expect(page.locator(".row")).to_have_count(60)


def test_filters_and_pages_work_without_a_script(open_page, agent, channel):
    for n in range(55):
        make.ticket(channel=channel, priority=1 + n % 4)
    page = open_page(agent, java_script_enabled=False)
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".row")).to_have_count(5)
    page.get_by_role("button", name="Priority").click()
    page.get_by_role("link", name="Urgent").click()

    expect(page.get_by_role("button", name="Priority: Urgent")).to_be_visible()
    expect(page.locator(".row")).to_have_count(13)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_rows_tabs_and_every_view(open_page, agent, three, scheme):
    page = open_page(agent, color_scheme=scheme, **PHONE)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator(".nav")).to_be_hidden()
    page.get_by_role("button", name="More").click()
    page.locator("#more-menu").get_by_role("link", name="Unassigned").click()
    expect(page.get_by_role("heading", name="Unassigned", level=1)).to_be_visible()
    expect(page.locator(".row")).to_have_count(3)


def test_a_theme_chosen_by_hand_stays(open_page, agent):
    page = open_page(agent, color_scheme="light")
    page.get_by_title("Workspace menu").click()
    page.locator("#org-menu").get_by_text("Switch light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_hostile_names_run_nothing(open_page, agent: User, channel):
    hostile = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    asker = make.identity(name=hostile, handle=hostile)
    make.ticket(channel=channel, requester=asker, subject=hostile, preview=hostile[:200], tags=(hostile[:50],))
    page = open_page(agent)
    page.hover(".row")
    make.ticket(channel=channel, requester=asker, subject=hostile, preview=hostile[:200])
    expect(page.locator("#newpill")).to_be_visible()
    page.keyboard.press(".")
    expect(page.locator(".row")).to_have_count(2)

    expect(page.locator(".row-link").first).to_have_text(hostile)
    assert page.title().startswith("All open")


@pytest.mark.parametrize("size", [{}, PHONE], ids=["wide", "phone"])
def test_the_queue_has_no_barriers(open_page, agent, channel, three, size):
    make.channel("email", state="paused", pause_text="The mail server refused the password.")
    make.ticket(channel=channel, due_in=-MINUTE, tags=("refund",), assignee=agent, priority=4)
    make.ticket(
        channel=channel, due_in=MINUTE, visibility="private", requester=make.identity(verified=True, followers=9)
    )
    make.ticket(channel=channel, waited=None, sla_state="met", subject="")
    page = open_page(agent, bypass_csp=True, **size)
    addresses = ("/?priority=urgent&priority=normal&team=x", "/?view=soon&tag=nothing", "/?view=held")

    assert [found for address in addresses for found in barriers(page, address)] == []
