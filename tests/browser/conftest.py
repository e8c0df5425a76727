"""A real Chromium (the Debian package), signed in as one of the cast, on a live server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accounts.models import User

# Playwright's loop lives in this thread, and Django would refuse the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# A busy machine may need longer than Playwright's five seconds until a page has asked again.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if not path:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What pages wrote to the console as errors: must be empty in the end. A test that provokes some clears it."""
    found: list[str] = []
    yield found
    assert not found


@pytest.fixture
def open_page(chromium, live_server, as_, complaints) -> Iterator[Callable[..., Page]]:
    """`open_page(agent, "/")` is a page in a browser of its own; further arguments are Playwright's for the context."""
    contexts = []

    def open_(person: User | None, path: str = "/", **options: object) -> Page:
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        if person:
            cookie = as_(person).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
