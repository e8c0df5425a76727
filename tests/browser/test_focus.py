"""The browser measures how long somebody works at a ticket."""

import time
from datetime import datetime

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests import factories as make
from tickets.models import Event

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_leaving_the_page_ends_a_session(open_page, agent):
    cache.delete(f"focus:{agent.pk}")
    ticket = make.ticket()
    # The page's clock is moved instead of waiting.
    page = open_page(agent, "/")
    page.clock.install()
    page.goto(f"/tickets/{ticket.pk}/")
    page.mouse.move(200, 200)
    page.clock.run_for(90_000)
    page.goto("/")
    expect(page.locator("#list")).to_be_visible()
    # A beacon leaves with the page and arrives on its own.
    deadline = time.monotonic() + 15
    while not Event.objects.filter(kind="focused").exists() and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    session = Event.objects.get(kind="focused")
    assert session.actor == agent and session.ticket == ticket
    assert (datetime.fromisoformat(session.data["until"]) - session.occurred_at).total_seconds() in (90, 91)
