"""The managers' pages in a real browser: everybody can read them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from metrics.pages.registry import PAGES
from metrics.services.folding import fold_tickets
from tests import factories as make
from tests.browser.barriers import barriers
from tests.metrics.recorded import happened, measured_wait, opened, replied

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [{}, {"viewport": {"width": 390, "height": 844}}], ids=["wide", "phone"])
def test_no_barriers(open_page, manager, agent, size):
    now, channel = timezone.now(), make.channel()
    for visibility in ("public", "private"):
        for n in range(20):
            measured_wait(make.ticket(channel=channel), now - timedelta(minutes=n), 600 + n, visibility=visibility)
    answered, waiting = opened(now - timedelta(hours=5)), opened(now - timedelta(hours=3))
    replied(answered, now - timedelta(hours=2), agent)
    happened(answered, "status_changed", now - timedelta(hours=1), by="agent", to="solved")
    fold_tickets([answered.pk, waiting.pk])
    page = open_page(manager, "/metrics/now/", bypass_csp=True, **size)
    addresses = [f"/metrics/{key}/" for key in [*PAGES, "wallboard"]]
    assert [found for address in addresses for found in barriers(page, address)] == []
