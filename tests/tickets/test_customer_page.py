import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def jo(channel):
    return make.identity("loopback", name="Jo Doe", handle="@jo", followers=1200)


@pytest.fixture
def page(jo):
    return reverse("customer", args=[jo.customer_id])


def test_identities_and_tickets_in_order(jo, channel, agent, as_, page):
    make.identity("gone-network", of=jo.customer, handle="@jo-elsewhere")
    make.ticket(channel=channel, requester=jo, subject="Solved one", status="solved")
    make.ticket(channel=channel, requester=jo, subject="Open one")
    text = as_(agent).get(page).content.decode()
    assert "@jo-elsewhere" in text and "1.2K followers" in text and "1 open" in text
    assert text.index("Open one") < text.index("Solved one")


def test_a_customer_of_closed_teams_only_does_not_exist_for_others(
    jo, channel, agent, teammate, as_, page, closed_team
):
    make.ticket(channel=channel, requester=jo, subject="Secret matter", team=closed_team)
    for address in (page, reverse("customer-note", args=[jo.customer_id])):
        assert as_(agent).get(address).status_code == 404
    assert "Secret matter" in as_(teammate).get(page).content.decode()
    make.ticket(channel=channel, requester=jo, subject="Open matter")
    text = as_(agent).get(page).content.decode()
    assert "Open matter" in text and "Secret matter" not in text


def test_the_note_is_written_kept_and_shown(jo, agent, as_, page):
    address = reverse("customer-note", args=[jo.customer_id])
    browser = as_(agent)
    answer = browser.post(address, {"note": "Needs a fridge <b>"}, follow=True)
    assert "Needs a fridge &lt;b&gt;" in answer.content.decode()
    assert "Needs a fridge" in browser.get(address).content.decode()
    answer = browser.post(address, {"note": "x" * 5001})
    assert "at most 5000 characters" in answer.content.decode()


def test_statements_do_not_grow_with_tickets(jo, channel, agent, as_, page):
    browser = as_(agent)
    browser.get(page)

    def statements():
        with CaptureQueriesContext(connection) as queries:
            browser.get(page)
        return len(queries)

    make.ticket(channel=channel, requester=jo, assignee=agent)
    few = statements()
    for _ in range(10):
        make.ticket(channel=channel, requester=jo, assignee=agent)
        make.identity("loopback", of=jo.customer)
    assert statements() == few
