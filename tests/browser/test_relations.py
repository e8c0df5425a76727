"""Splitting, quoting, links to messages, and another way for what failed, in a real browser."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.barriers import barriers
from tickets.models import Delivery, Message, Ticket
from tickets.services import outcome, reply

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def ticket(db, settings):
    settings.UNDO_SECONDS = 600
    found = make.ticket(subject="Lost bag")
    make.message(found, "Where is my bag?\nIt is red.", reply_data={"summoned": True})
    make.message(found, "And a seat, too", reply_data={"summoned": True})
    return found


def test_a_message_is_quoted_and_its_link_leads_to_it(ticket, agent, open_page):
    page = open_page(agent, ticket.get_absolute_url())
    card = page.locator(".msg").first
    card.hover()
    card.get_by_role("button", name="Quote this").click()
    expect(page.get_by_role("textbox", name="Text")).to_have_value("> Where is my bag?\n> It is red.\n\n")
    card.get_by_title("Link to this message").click()
    expect(page.locator(f"#m{ticket.messages.first().pk}:target")).to_be_visible()


def test_a_link_to_a_message_of_long_ago_shows_it(ticket, agent, open_page):
    first = ticket.messages.first()
    Message.objects.bulk_create(
        Message(
            ticket=ticket,
            direction="note",
            visibility="internal",
            author_kind="agent",
            user=agent,
            text="x",
            occurred_at=first.occurred_at.replace(year=first.occurred_at.year + 1),
        )
        for _ in range(201)
    )
    page = open_page(agent, f"{ticket.get_absolute_url()}#m{first.pk}")
    expect(page.locator(f"#m{first.pk}:target")).to_be_visible()
    assert "all=1" in page.url


def test_messages_are_split_off(ticket, agent, open_page):
    page = open_page(agent, ticket.get_absolute_url())
    page.get_by_role("button", name="More", exact=True).first.click()
    page.get_by_role("link", name="Split…").click()
    page.get_by_role("checkbox", name="And a seat, too").check()
    page.get_by_role("button", name="Split them off").click()
    expect(page.get_by_role("heading", name="And a seat, too")).to_be_visible()
    new = Ticket.objects.latest("pk")
    expect(page.get_by_role("link", name=f"#{ticket.pk}").first).to_be_visible()
    assert new.messages.count() == ticket.messages.count() == 1
    assert barriers(open_page(agent, bypass_csp=True), f"/tickets/{new.pk}/split/") == []


def test_what_failed_can_be_tried_again_or_by_another_way(ticket, agent, open_page):
    question = ticket.messages.last()
    message = reply.send_reply(
        ticket.pk,
        agent,
        channel_id=question.channel_id,
        visibility="public",
        answers=question.pk,
        text="Here",
        seen=10**9,
    )
    with transaction.atomic():
        outcome.failed(message.delivery, code="403", text="X refused this message.")
    page = open_page(agent, ticket.get_absolute_url())
    card = page.locator(".msg.is-failed")
    expect(card).to_contain_text("Not delivered. X refused this message.")
    card.get_by_role("button", name="Another way").click()
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Here")
    expect(page.get_by_role("radio", name="Direct message")).to_be_checked()
    page.locator(".msg.is-failed").get_by_role("button", name="Retry").click()
    expect(page.locator(".msg.is-pending")).to_contain_text("Here")
    assert Delivery.objects.get().state == "pending"
