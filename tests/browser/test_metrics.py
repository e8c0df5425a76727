"""The managers' page in a real browser: nothing breaks, and everybody can read it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories as make
from tests.browser.barriers import barriers
from tests.metrics.recorded import measured_wait

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def answers():
    channel = make.channel(name="Acme on X")
    for day in range(3):
        for n in range(22):
            ended = timezone.now() - timedelta(days=day, minutes=n)
            measured_wait(make.ticket(channel=channel), ended, 60 * (n + 1) * (day + 1))


@pytest.mark.parametrize("size", [{}, {"viewport": {"width": 390, "height": 844}}], ids=["wide", "phone"])
def test_no_barriers(open_page, manager, answers, size):
    page = open_page(manager, "/metrics/", bypass_csp=True, **size)
    addresses = ("/metrics/", "/metrics/?days=7&clock=sun", "/metrics/tickets/?measure=first_response&live=0")
    assert [found for address in addresses for found in barriers(page, address)] == []


def test_from_a_number_to_its_tickets_and_back(open_page, manager, answers):
    page = open_page(manager, "/metrics/?clock=business")
    page.locator("#first_response").get_by_role("link", name="66").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Answers: 66"
    page.get_by_role("link", name="Metrics").last.click()
    assert page.get_by_label("Count time in").get_by_role("link", name="Business hours").get_attribute("aria-current")


def test_dates_are_chosen_without_losing_the_rest(open_page, manager, answers):
    page = open_page(manager, "/metrics/?clock=business")
    page.get_by_role("button", name="Dates").click()
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_label("To", exact=True).fill("2026-01-07")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**from=2026-01-01**")
    assert "clock=business" in page.url
    assert page.get_by_text("No first answer in this period.").is_visible()
