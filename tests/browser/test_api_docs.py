"""The pages of the API, under the strict content security policy and without another host."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_description_is_shown_and_tried_out_with_the_session(open_page, agent, live_server, scheme):
    page = open_page(agent, "/api/v1/docs/", color_scheme=scheme)
    hosts = {urlsplit(url).netloc for url in page.evaluate("performance.getEntries().map(entry => entry.name)")}
    assert {host for host in hosts if host} == {urlsplit(live_server.url).netloc}

    page.locator("#operations-tickets-tickets_list .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")
