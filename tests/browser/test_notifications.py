"""Calling a colleague by keyboard, and being told."""

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.barriers import barriers
from tickets.models import Notification
from tickets.services import properties, reply

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def ticket(db):
    found = make.ticket(subject="Lost bag")
    make.message(found, "Where is my bag?", reply_data={"summoned": True})
    return found


def test_a_colleague_is_called_by_keyboard_alone(ticket, agent, teammate, open_page):
    page = open_page(agent, ticket.get_absolute_url())
    picker = page.get_by_role("listbox", name="Colleagues")
    page.keyboard.press("p")
    page.keyboard.type("Hello @mi")
    expect(picker).to_be_hidden()
    page.get_by_role("textbox", name="Text").fill("")
    page.keyboard.press("Tab")
    page.get_by_role("radio", name="Internal note").check(force=True)
    page.get_by_role("textbox", name="Text").focus()
    page.keyboard.type("Ask @")
    expect(picker.get_by_role("option")).to_have_count(2)
    page.keyboard.type("team")
    expect(picker.get_by_role("option")).to_have_text(["MTMia Team-Mate"])
    page.keyboard.press("Enter")
    text = page.get_by_role("textbox", name="Text")
    expect(text).to_have_value("Ask @Mia Team-Mate ")
    expect(picker).to_be_hidden()
    page.keyboard.type("about @a")
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    expect(text).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.is-note .mention")).to_have_text("@Mia Team-Mate")
    assert [one.user for one in Notification.objects.all()] == [teammate]


def test_the_bell_counts_and_the_browser_tells_when_nobody_looks(ticket, agent, teammate, open_page):
    page = open_page(agent, "/")
    page.context.grant_permissions(["notifications"])
    calm = page.locator(".nav-bell .i").evaluate("icon => getComputedStyle(icon).color")
    page.evaluate("""() => {
      window.told = [];
      window.Notification = class extends EventTarget {
        static permission = 'granted';
        constructor(title, options) { super(); told.push([title, options.body, options.tag]); }
      };
      Object.defineProperty(document, 'hidden', { get: () => true });
    }""")
    reply.add_note(ticket.pk, teammate, "@Priya Nair look")
    page.evaluate("dispatchEvent(new Event('parley:notified'))")
    expect(page.locator(".nav-bell [data-unread]")).to_contain_text("1")
    one = Notification.objects.get()
    assert page.evaluate("told") == [[f"Mia Team-Mate mentioned you in #{ticket.pk}", "Lost bag", f"parley-{one.pk}"]]
    assert page.locator(".nav-bell .i").evaluate("icon => getComputedStyle(icon).color") != calm
    page.get_by_role("link", name="Notifications").click()
    page.get_by_role("link", name="Mia Team-Mate mentioned you").click()
    expect(page.locator(f"#m{one.message_id}")).to_be_visible()
    expect(page.locator(".nav-bell [data-unread]")).to_be_hidden()


def test_no_barriers(ticket, agent, teammate, open_page):
    properties.assign(ticket.pk, agent, teammate)
    page = open_page(agent, bypass_csp=True)
    assert barriers(page, "/notifications/") + barriers(page, "/notifications/choices/") == []
