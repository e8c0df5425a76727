"""The composer's helps in a real browser."""

import pytest
from playwright.sync_api import expect

from sandbox import pictures
from tests import factories as make
from tests.browser.barriers import barriers
from tickets.models import Delivery, Macro, Message, Tag

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def ticket(db, settings):
    settings.UNDO_SECONDS = 600
    found = make.ticket(requester=make.identity("x", name="Elena Marković"))
    make.message(found, "Where is my bag?", reply_data={"summoned": True})
    return found


def test_a_macro_by_keyboard_alone(ticket, agent, open_page):
    Macro.objects.create(name="Opening hours", text="We are here from 8 to 8.")
    voucher = Macro.objects.create(name="Send voucher", text="Here it is, {{ customer.first_name }}.", status="solved")
    voucher.tags.add(Tag.objects.create(name="voucher"))
    page = open_page(agent, ticket.get_absolute_url())
    page.keyboard.press("/")
    picker = page.get_by_role("dialog", name="Macros")
    expect(picker.get_by_role("option")).to_have_count(2)
    page.keyboard.type("vouch")
    expect(picker.get_by_role("option")).to_have_count(1)
    expect(picker).to_contain_text("Also sets: status Solved, tag voucher")
    page.keyboard.press("Enter")
    text = page.get_by_role("textbox", name="Text")
    expect(text).to_have_value("Here it is, Elena.")
    expect(text).to_be_focused()
    expect(page.locator("[data-send]")).to_contain_text("and set Solved")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-undo]")).to_be_visible()
    ticket.refresh_from_db()
    assert Message.objects.get(direction="outbound").text == "Here it is, Elena."
    assert ticket.status == "solved" and [tag.name for tag in ticket.tags.all()] == ["voucher"]


def test_escape_leaves_the_macros_and_one_without_text_acts_at_once(ticket, agent, open_page):
    Macro.objects.create(name="Urgent", priority="urgent")
    page = open_page(agent, ticket.get_absolute_url())
    page.keyboard.press("/")
    picker = page.get_by_role("dialog", name="Macros")
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    page.get_by_role("button", name="Macros", exact=True).click()
    page.keyboard.press("Enter")
    expect(page.locator(".props")).to_contain_text("Urgent")


def test_files_are_chosen_dropped_and_pasted_and_may_not_fit(ticket, agent, open_page, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    page = open_page(agent, ticket.get_absolute_url())
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files([{"name": "bag.png", "mimeType": "image/png", "buffer": pictures.draw("suitcase")}])
    expect(page.locator("#written .file")).to_contain_text("bag.png")
    expect(page.locator("#written img")).to_be_visible()
    drop = """([selector, kind, name, type]) => {
      const data = new DataTransfer();
      data.items.add(new File(["words"], name, { type }));
      const options = { bubbles: true, cancelable: true };
      const event = kind === "paste" ? new ClipboardEvent(kind, { ...options, clipboardData: data })
        : new DragEvent(kind, { ...options, dataTransfer: data });
      document.querySelector(selector).dispatchEvent(event);
    }"""
    page.evaluate(drop, [".compose-box", "drop", "report.pdf", "application/pdf"])
    expect(page.locator("#written .file")).to_have_count(2)
    page.evaluate(drop, ["#composer textarea", "paste", "list.csv", "text/csv"])
    expect(page.locator("#written .file")).to_have_count(3)
    page.get_by_role("radio", name="Reply publicly").check(force=True)
    page.get_by_role("textbox", name="Text").fill("Is it this one?")
    expect(page.get_by_text("report.pdf cannot go here: only JPEG, PNG, WEBP.").locator("visible=true")).to_have_count(
        1
    )
    expect(page.locator("[data-send]")).to_be_disabled()
    for name in ("report.pdf", "list.csv"):
        page.get_by_role("button", name=f"Remove {name}").click()
        expect(page.get_by_role("button", name=f"Remove {name}")).to_have_count(0)
    assert barriers(open_page(agent, bypass_csp=True), ticket.get_absolute_url()) == []
    page.get_by_role("button", name="Post publicly and set Pending").click()
    expect(page.locator(".msg.is-pending img.photo")).to_be_visible()
    page.locator("[data-undo] button").click()
    expect(page.locator("#written .file")).to_contain_text("bag.png")


def test_a_long_public_reply_shows_its_parts_and_can_be_undone_whole(ticket, agent, open_page):
    page = open_page(agent, ticket.get_absolute_url())
    page.get_by_role("radio", name="Reply publicly").check(force=True)
    text = page.get_by_role("textbox", name="Text")
    text.fill("We found your bag in Oslo and send it on tonight. " * 12)
    expect(page.locator("#parts li")).to_have_count(3)
    expect(page.locator("#parts li").nth(1)).to_contain_text("2/3")
    expect(page.locator("[data-send]")).to_contain_text("Post publicly in 3 parts")
    page.get_by_role("radio", name="Direct message").check(force=True)
    expect(page.locator("#parts")).to_be_hidden()
    page.get_by_role("radio", name="Reply publicly").check(force=True)
    expect(page.locator("#parts li")).to_have_count(3)
    page.locator("[data-send]").click()
    expect(page.locator(".msg.is-pending.is-public")).to_have_count(3)
    page.keyboard.press("z")
    expect(text).to_have_value(("We found your bag in Oslo and send it on tonight. " * 12).strip())
    assert set(Delivery.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_a_draft_is_saved_while_writing_and_waits_in_another_browser(ticket, agent, open_page):
    page = open_page(agent, ticket.get_absolute_url())
    page.get_by_role("radio", name="Internal note").check(force=True)
    page.get_by_role("textbox", name="Text").press_sequentially("Ask the desk")
    expect(page.locator("#saved")).to_have_text("Draft saved")
    elsewhere = open_page(agent, ticket.get_absolute_url())
    expect(elsewhere.get_by_role("textbox", name="Text")).to_have_value("Ask the desk")
    expect(elsewhere.get_by_role("radio", name="Internal note")).to_be_checked()
    elsewhere.get_by_role("textbox", name="Text").press("Control+Enter")
    expect(elsewhere.locator(".timeline")).to_contain_text("Ask the desk")
    expect(elsewhere.get_by_role("textbox", name="Text")).to_have_value("")
