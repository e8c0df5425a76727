"""Merging from the ticket's page, only into what one sees."""

import pytest
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db


def merge(browser, ticket, target):
    return browser.post(reverse("ticket-merge", args=[ticket.number]), {"target": target}, follow=True)


def test_merge_leads_to_the_other_ticket_and_can_be_undone(agent, as_):
    source, target = make.ticket(subject="Bag"), make.ticket(subject="Lost bag")
    browser = as_(agent)
    answer = merge(browser, source, f"#{target.number}")
    assert answer.redirect_chain[-1][0] == target.get_absolute_url()
    assert b"Merged in" in answer.content
    page = browser.get(source.get_absolute_url()).content.decode()
    assert "Undo the merge" in page
    browser.post(reverse("ticket-unmerge", args=[source.number]))
    source.refresh_from_db()
    assert source.excluded == ""


@pytest.mark.parametrize("target", ["", "abc", "4711", "99999999999999999999"])
def test_a_wrong_number_says_so(agent, as_, target):
    source = make.ticket()
    page = merge(as_(agent), source, target).content.decode()
    assert "Write the number" in page or "There is no ticket #4711" in page


def test_what_one_does_not_see_cannot_be_merged_into(agent, as_, closed_team):
    source, hidden = make.ticket(), make.ticket(team=closed_team)
    assert f"There is no ticket #{hidden.number}" in merge(as_(agent), source, hidden.number).content.decode()
    assert as_(agent).post(reverse("ticket-merge", args=[hidden.number]), {"target": source.number}).status_code == 404
