"""The whole product in a real browser, with its worker and its sandbox: from the sign-in to what customers read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_from_the_sign_in_to_a_public_answer_and_a_direct_message(chromium, product, complaints):
    product.network.post("wanda", "No vegetarian meal on NW 12")
    product.network.dm("xeno", "My passport is lost at NW 13")
    product.read_now("direct_messages")
    context = chromium.new_context(base_url=product.url)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto("/")
    login = next(login for login in product.ready["logins"] if login["role"] == "agent")
    page.get_by_label("Work email").fill(login["username"])
    page.get_by_label("Password", exact=True).fill(login["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/$"))

    open_ticket(page, "No vegetarian meal on NW 12")
    page.locator(".mode", has_text="Reply publicly").click()
    answer(page, "Sorry, Wanda. The crew of NW 12 brings fruit.")
    assert product.network.shown("The crew of NW 12 brings fruit.", "wanda") == 1

    open_ticket(page, "My passport is lost at NW 13")
    answer(page, "The desk at gate 4 keeps it.")
    assert product.network.shown("The desk at gate 4 keeps it.", "xeno") == 1
    assert product.network.shown("The desk at gate 4 keeps it.", "wanda") == 0
    context.close()


def open_ticket(page: Page, words: str) -> None:
    """Find it in the queue, the newest first."""
    page.goto("/?sort=newest")
    page.get_by_role("link", name=words).click()
    expect(page.get_by_role("region", name="Timeline")).to_contain_text(words)


def answer(page: Page, text: str) -> None:
    """Write it, send it, and wait until the page says by itself that it is sent."""
    page.get_by_label("Text", exact=True).fill(text)
    page.locator("[data-send]").click()
    expect(page.locator(".msg.is-out", has_text=text).locator("footer")).to_contain_text("Sent", timeout=60_000)
