"""The pages of webhooks: no barrier in either theme, on a phone and on a desk."""

import pytest
from django.urls import reverse

from tests import factories as make
from tests.browser.barriers import barriers
from tests.tickets.test_webhooks import happen, hook, receiver, send
from tickets.services import webhooks

__all__ = ["hook", "receiver"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_stands_in_the_way(open_page, admin, hook, receiver, width):
    receiver.statuses = [500, 200]
    happen(make.ticket(tags=("vip",)), "note_added")
    happen(make.ticket(), "spam_marked")
    send(hook)
    webhooks.pause(hook, "Nothing arrived for three days.")
    page = open_page(admin, bypass_csp=True, viewport={"width": width, "height": 900})
    delivery = hook.deliveries.last()
    addresses = [
        reverse("webhooks"),
        reverse("new-webhook"),
        hook.get_absolute_url(),
        reverse("webhook-delivery", args=[hook.pk, delivery.pk]),
    ]
    assert [line for address in addresses for line in barriers(page, address)] == []
    page.goto(hook.get_absolute_url())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
