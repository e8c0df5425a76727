"""Drafts stay on the server until they are sent, and nobody else sees them."""

import pytest
from django.urls import reverse

from tests import factories as make
from tickets.models import Draft
from tickets.services import properties

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(channel, settings):
    settings.UNDO_SECONDS = 10
    found = make.ticket(channel=channel)
    make.message(found, "Where is my bag?")
    return found


@pytest.fixture
def write(as_, ticket):
    def post(person, text, way="note", **fields):
        return as_(person).post(reverse("draft", args=[ticket.pk]), {"text": text, "way": way} | fields)

    return post


def test_a_draft_comes_back_in_any_browser_of_its_writer(write, ticket, agent, teammate, as_, channel):
    assert write(agent, "  Half an ans", way=f"{channel.pk}-public").status_code == 204
    page = as_(agent).get(ticket.get_absolute_url()).content.decode()
    assert "  Half an ans</textarea>" in page and f'value="{channel.pk}-public" data-mode="public"' in page
    assert "Half an ans" not in as_(teammate).get(ticket.get_absolute_url()).content.decode()


def test_the_newest_text_wins_and_an_empty_one_forgets(write, agent):
    write(agent, "One")
    write(agent, "Two")
    assert Draft.objects.get().text == "Two"
    write(agent, " \n")
    assert not Draft.objects.exists()


def test_each_person_has_their_own(write, agent, teammate):
    write(agent, "Mine")
    write(teammate, "Hers")
    assert set(Draft.objects.values_list("user__name", "text")) == {("Priya Nair", "Mine"), ("Mia Team-Mate", "Hers")}


@pytest.mark.parametrize("way", ["note", "public"])
def test_sending_ends_it(way, write, ticket, agent, teammate, as_, channel):
    write(agent, "Half an answer")
    write(teammate, "Hers")
    key = way if way == "note" else f"{channel.pk}-{way}"
    data = {"way": key, "text": "The answer", "seen": properties.newest_event_id(ticket)}
    assert as_(agent).post(reverse("reply", args=[ticket.pk]), data).status_code == 302
    assert Draft.objects.get().user == teammate


def test_a_refused_reply_keeps_it(write, ticket, agent, as_, channel):
    write(agent, "Half an answer")
    data = {"way": f"{channel.pk}-public", "text": "x" * 500, "seen": properties.newest_event_id(ticket)}
    assert as_(agent).post(reverse("reply", args=[ticket.pk]), data).status_code == 422
    assert Draft.objects.exists()


@pytest.mark.parametrize("wrong", [{"text": "x" * 100_001}, {"way": "x" * 65}, {"way": ""}, {"subject": "x" * 256}])
def test_what_cannot_be_kept(wrong, write, agent):
    answer = write(agent, **{"text": "Half"} | wrong)
    assert answer.status_code == 422 and answer.json()["errors"]
    assert not Draft.objects.exists()


def test_no_draft_in_a_ticket_that_one_does_not_see(write, ticket, agent, closed_team):
    properties.set_team(ticket.pk, closed_team, None)
    assert write(agent, "Half").status_code == 404


def test_a_withdrawn_reply_is_shown_before_a_draft(write, ticket, agent, as_, channel):
    browser = as_(agent)
    data = {"way": f"{channel.pk}-public", "text": "The answer", "seen": properties.newest_event_id(ticket)}
    browser.post(reverse("reply", args=[ticket.pk]), data)
    delivery = ticket.messages.get(direction="outbound").delivery
    page = browser.post(reverse("withdraw", args=[delivery.pk]), follow=True).content.decode()
    assert "The answer</textarea>" in page
    assert Draft.objects.get(user=agent).text == "The answer"
