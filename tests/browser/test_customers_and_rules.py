"""The pages of customers, rules and tags, and the first steps, have no barrier."""

import pytest

from tests import factories as make
from tests.browser.barriers import barriers
from tickets.models import Rule, Tag

pytestmark = pytest.mark.django_db(transaction=True)


def test_they_have_no_barrier(open_page, admin, complaints):
    page = open_page(admin, "/", bypass_csp=True)
    assert page.get_by_role("heading", name="First steps").is_visible()
    found = barriers(page, "/")
    ticket = make.ticket(channel=make.channel("x"), tags=("bags",))
    ticket.customer.is_vip = ticket.customer.do_not_contact = True
    ticket.customer.save()
    other = make.identity("x")
    rule = Rule.objects.create(name="Luggage", trigger="opened", priority="high")
    customer = f"/customers/{ticket.customer_id}/"
    pages = [customer, f"{customer}merge/", f"{customer}merge/?source={other.customer_id}", "/rules/"]
    for address in [*pages, rule.get_absolute_url(), "/tags/", f"/tags/{Tag.objects.get(name='bags').pk}/"]:
        found += barriers(page, address)
    complaints.clear()  # no live server here
    assert not found
