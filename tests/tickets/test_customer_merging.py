"""Two customers who are one person."""

import pytest
from django.urls import reverse

from tests import factories as make
from tickets.customers import suggestions, visible_customers
from tickets.models import Customer, Identity
from tickets.services import customer_merging, customers
from tickets.services.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def jo(channel):
    jo = make.ticket(channel=channel, requester=make.identity("loopback", name="Jo", external_id="jo")).customer
    customers.set_note(jo, "Likes windows")
    return jo


@pytest.fixture
def joanna(channel):
    other = make.identity("loopback", name="Joanna", external_id="joanna@mail.example")
    make.ticket(channel=channel, requester=other, subject="Hers")
    customers.set_note(other.customer, "Allergic to nuts")
    return other.customer


def test_everything_moves_and_comes_back_with_what_came_later(jo, joanna, agent, channel):
    customers.set_mark(joanna, customers.VIP, True, agent)
    customer_merging.merge(joanna.pk, jo.pk, agent)
    jo.refresh_from_db()
    assert (jo.identities.count(), jo.tickets.count(), jo.is_vip) == (2, 2, True)
    assert jo.note == "Likes windows\n\nAllergic to nuts"
    assert list(visible_customers(agent)) == [jo]

    make.ticket(channel=channel, requester=Identity.objects.get(external_id="joanna@mail.example"))
    customer_merging.unmerge(joanna.pk, agent)
    jo.refresh_from_db()
    assert (jo.tickets.count(), joanna.tickets.count(), jo.is_vip, jo.note) == (1, 2, False, "Likes windows")
    assert [event.kind for event in jo.events.all()] == ["merged_in", "unmerged"]
    with pytest.raises(Refused, match="undone already"):
        customer_merging.unmerge(joanna.pk, agent)


def test_what_makes_no_sense_is_refused(jo, joanna, agent, channel):
    third = make.ticket(channel=channel).customer
    with pytest.raises(Refused, match="with themselves"):
        customer_merging.merge(jo.pk, jo.pk, agent)
    customer_merging.merge(joanna.pk, jo.pk, agent)
    with pytest.raises(Refused, match="merged already"):
        customer_merging.merge(third.pk, joanna.pk, agent)
    customer_merging.merge(jo.pk, third.pk, agent)
    with pytest.raises(Refused, match="Undo that first"):
        customer_merging.unmerge(joanna.pk, agent)


def test_the_pages_search_preview_merge_and_undo(jo, joanna, agent, as_):
    page, browser = reverse("merge-customer", args=[jo.pk]), as_(agent)
    assert f"?source={joanna.pk}" in browser.get(page, {"q": "joan"}).content.decode()
    preview = browser.get(page, {"source": joanna.pk}).content.decode()
    assert "Merge Joanna into Jo?" in preview and "1 ticket that you see" in preview and "Allergic" in preview
    assert Customer.objects.get(pk=joanna.pk).merged_into is None
    assert "Joanna is merged in" in browser.post(page, {"source": joanna.pk}, follow=True).content.decode()
    moved = browser.get(reverse("customer", args=[joanna.pk]))
    assert moved["Location"] == reverse("customer", args=[jo.pk])
    undo = browser.post(reverse("unmerge-customer", args=[jo.pk]), {"source": joanna.pk}, follow=True)
    assert "their own again" in undo.content.decode() and joanna.tickets.count() == 1


def test_customers_of_closed_teams_cannot_be_merged_by_others(jo, joanna, agent, teammate, closed_team, as_):
    joanna.tickets.update(team=closed_team)
    page = reverse("merge-customer", args=[jo.pk])
    assert f"?source={joanna.pk}" not in as_(agent).get(page, {"q": "joan"}).content.decode()
    assert as_(agent).get(page, {"source": joanna.pk}).status_code == 404
    assert as_(agent).post(page, {"source": joanna.pk}).status_code == 404
    as_(teammate).post(page, {"source": joanna.pk})
    assert "Hers" not in as_(agent).get(reverse("customer", args=[jo.pk])).content.decode()


def test_an_address_suggests_and_a_name_never_does(jo, joanna, agent, teammate, closed_team, as_):
    make.identity("loopback", name="Jo")
    phone = make.identity("loopback", external_id="+441632960001").customer
    first = jo.tickets.get()
    make.message(first, "Write to Joanna@mail.example or call +44 1632 960-001.")
    found = {(one.customer, one.number) for one in suggestions(jo, agent)}
    assert found == {(joanna, first.pk), (phone, first.pk)}
    page = as_(agent).get(reverse("merge-customer", args=[jo.pk])).content.decode()
    assert f"joanna@mail.example was named in #{first.pk}" in page

    make.ticket(channel=first.channel, requester=first.requester)
    first.team = closed_team
    first.save()
    assert suggestions(jo, agent) == []
    assert len(suggestions(jo, teammate)) == 2
