"""The ticket's page in a real browser: writing, undoing, and staying fresh without touching the draft."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.barriers import barriers
from tickets.models import Attachment, Call, Delivery, Event, InboundItem, Message, Ticket
from tickets.services import channels, properties

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SUMMONED = {"reply_data": {"summoned": True}}


@pytest.fixture
def channel(db):
    return make.channel("x", address="@northwind", name="Northwind on X")


@pytest.fixture
def ticket(channel, settings) -> Ticket:
    settings.UNDO_SECONDS = 600
    found = make.ticket(channel=channel, subject="Lost bag", due_in=timedelta(minutes=40))
    make.message(found, "Where is my bag?", **SUMMONED)
    return found


def says(ticket: Ticket, text: str, **fields: object) -> None:
    """The customer writes once more, as ingest would record it."""
    message = make.message(ticket, text, **SUMMONED | fields)
    now = timezone.now()
    Event.objects.create(
        ticket=ticket, message=message, kind="message_in", actor_kind="customer", visibility="public", occurred_at=now
    )
    Ticket.objects.filter(pk=ticket.pk).update(version=ticket.version + 1)
    ticket.refresh_from_db()


def test_a_public_reply_can_be_undone(open_page, agent, ticket):
    page = open_page(agent, ticket.get_absolute_url())
    expect(page.get_by_text("Public reply as @northwind. Anyone can see this.")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("We look for it")
    expect(page.get_by_text("14/280")).to_be_visible()
    page.get_by_role("button", name="Post publicly and set Pending").click()

    card = page.locator(".msg.is-pending.is-public")
    expect(card).to_contain_text("We look for it")
    expect(card).to_contain_text("Goes out in")
    page.keyboard.press("z")
    expect(page.get_by_label("Text", exact=True)).to_have_value("We look for it")
    expect(page.get_by_text("took a reply back before it left")).to_be_visible()
    assert Delivery.objects.get().state == "withdrawn"


def test_the_mode_decides_colour_words_and_where_it_goes(open_page, agent, ticket):
    page = open_page(agent, ticket.get_absolute_url())
    page.keyboard.press("d")
    expect(page.get_by_text("Private message to")).to_be_visible()
    expect(page.get_by_text("Anyone can see this.")).to_be_hidden()
    page.keyboard.type("Your code?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.is-out:not(.is-public)")).to_contain_text("Your code?")

    page.keyboard.press("b")
    page.keyboard.type("Mind the tone")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".msg.is-note")).to_contain_text("Mind the tone")
    assert list(Message.objects.filter(user=agent).order_by("pk").values_list("visibility", flat=True)) == [
        "private",
        "internal",
    ]


def test_a_text_that_is_too_long_cannot_be_sent(open_page, agent, ticket):
    page = open_page(agent, ticket.get_absolute_url())
    page.get_by_label("Text", exact=True).fill("x" * 3000)
    expect(page.locator(".counter.is-breach")).to_have_text("3000/280")
    expect(page.get_by_role("button", name="Post publicly and set Pending")).to_be_disabled()


def test_new_messages_come_without_touching_the_draft(open_page, agent, ticket):
    page = open_page(agent, ticket.get_absolute_url())
    text = page.get_by_label("Text", exact=True)
    text.fill("We look for")
    seen = page.locator("[name=seen]").input_value()
    says(ticket, "It is blue")
    expect(page.locator(".timeline")).to_contain_text("It is blue")
    expect(text).to_have_value("We look for")
    expect(text).to_be_focused()
    assert int(page.locator("[name=seen]").input_value()) > int(seen)


def test_a_message_below_the_fold_does_not_count_as_seen(open_page, agent, ticket, complaints):
    for n in range(15):
        make.message(ticket, f"Nudge {n}", **SUMMONED)
    page = open_page(agent, ticket.get_absolute_url())
    seen = page.locator("[name=seen]").input_value()
    page.locator("#scroll").evaluate("element => { element.scrollTop = 0; }")
    says(ticket, "It is blue")
    chip = page.get_by_role("button", name="New messages below")
    expect(chip).to_be_visible()
    assert page.locator("[name=seen]").input_value() == seen

    page.get_by_label("Text", exact=True).fill("We look for it")
    page.get_by_role("button", name="Post publicly and set Pending").click()
    expect(page.get_by_role("alert")).to_contain_text("The customer wrote publicly")
    expect(page.get_by_label("Text", exact=True)).to_have_value("We look for it")
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator(".msg.is-pending")).to_contain_text("We look for it")
    complaints.clear()  # the browser notes the guard's 409


def test_properties_change_without_losing_the_draft(open_page, agent, ticket):
    page = open_page(agent, ticket.get_absolute_url())
    text = page.get_by_label("Text", exact=True)
    text.fill("We look for it")
    page.get_by_role("button", name="Status New").click()
    page.get_by_role("button", name="On hold", exact=True).click()
    expect(page.get_by_role("button", name="Status On hold")).to_be_visible()
    page.get_by_role("button", name="Assigned to Nobody").click()
    page.get_by_role("button", name="Assign to me").click()
    expect(page.get_by_role("button", name="Assigned to Priya Nair")).to_be_visible()
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Tags, between commas").fill("NW214")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="NW214 remove")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("Status New to On hold")
    expect(text).to_have_value("We look for it")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("on_hold", agent)


def test_all_of_it_works_without_scripts(open_page, agent, ticket):
    page = open_page(agent, ticket.get_absolute_url(), java_script_enabled=False)
    page.get_by_label("Text", exact=True).fill("We look for it")
    page.get_by_role("button", name="Other ways to send").click()
    page.get_by_role("button", name="Send and set Solved").click()
    expect(page.locator(".msg.is-pending")).to_contain_text("We look for it")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("We look for it")
    page.get_by_role("button", name="Priority normal Normal").click()
    page.get_by_role("button", name="Urgent").click()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority_name) == ("new", "urgent"), "undone, nothing was solved"


def test_on_a_phone_nothing_overflows_and_the_customer_is_a_drawer(open_page, agent, ticket):
    page = open_page(agent, ticket.get_absolute_url(), **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("#side")).to_be_hidden()
    page.get_by_role("link", name="Customer and details").click()
    expect(page.locator("#side")).to_be_visible()


def test_no_barriers_in_light_and_dark(open_page, agent, admin, ticket, channel):
    """A ticket with one of everything, and the other pages around it."""
    now = timezone.now()
    make.message(ticket, "", deleted_at=now, deleted_reason="Deleted by the author.")
    message = make.message(ticket, "Now blue", earlier_texts=[{"text": "red"}], edited_at=now, visibility="private")
    Attachment.objects.create(message=message, state="refused", reason="Too large.")
    make.message(ticket, "Mind the tone", direction="note", user=agent)
    call = make.message(ticket, "Bag found", visibility="private")
    Call.objects.create(message=call, channel=channel, external_id="1", started_at=now, callback_due_at=now)
    for state in ("pending", "sent", "failed", "unknown", "withdrawn"):
        sent = make.message(ticket, f"It is {state}", direction="outbound", user=agent)
        Delivery.objects.create(
            message=sent, channel=channel, state=state, text_key=state, due_at=now, give_up_at=now, error_text="No."
        )
    properties.add_tags(ticket.pk, ["NW214"], agent)
    properties.assign(ticket.pk, agent, agent)
    properties.set_status(ticket.pk, "pending", agent)
    InboundItem.objects.create(channel=channel, external_id="1", state="parked", reason="No id.", payload={"a": 1})
    channels.pause(make.channel("x"), code="AuthRevoked", text="The login ended.")
    pages = [
        ticket.get_absolute_url(),
        reverse("customer", args=[ticket.customer_id]),
        reverse("customer-note", args=[ticket.customer_id]),
        reverse("channels"),
        reverse("channel", args=[channel.pk]),
        reverse("add-channel", args=["x"]),
        reverse("channel-prices", args=["x"]),
        reverse("parked-items"),
        reverse("unsent"),
    ]
    page = open_page(admin, bypass_csp=True)
    assert [barrier for address in pages for barrier in barriers(page, address)] == []


def test_the_keys_are_shown_and_do_what_they_say(open_page, agent, ticket):
    page = open_page(agent, ticket.get_absolute_url())
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()

    page.keyboard.press("s")
    expect(page.locator("#status-menu button").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.type("late bag")
    page.keyboard.press("Enter")
    expect(page.locator("#conv-head .tag", has_text="late bag")).to_be_visible()
    page.keyboard.press("i")
    expect(page.locator("#conv-head")).to_contain_text(agent.name)
    page.keyboard.press("e")
    expect(page.locator("#conv-head .prop").first).to_contain_text("Solved")
