"""Rules: what calls them, what they do, and that they do it once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as make
from tickets import tasks
from tickets.event_words import names_for, words_for
from tickets.models import Delivery, Event, Macro, Message, Rule, RuleCall, Tag, Ticket
from tickets.services import rules

pytestmark = pytest.mark.django_db


def rule(trigger="opened", tags=(), **fields) -> Rule:
    made = Rule.objects.create(name=fields.pop("name", "Luggage first"), trigger=trigger, **fields)
    made.tags.set([Tag.objects.get_or_create(name=name)[0] for name in tags])
    return made


def runs() -> int:
    return Event.objects.filter(kind="rule_ran").count()


def test_a_ticket_that_opens_is_handed_on_and_it_is_on_record(network, read, open_team, agent):
    macro = Macro.objects.create(name="VIP care", text="Hello!", status="on_hold")
    made = rule(
        conditions={"text": ["BAG"], "visibility": ["public"]},
        tags=["luggage"],
        team=open_team,
        assignee=agent,
        priority="high",
        note="Look at the tracker",
        macro=macro,
    )
    network.say("My bag is lost")
    network.say("Thank you", author="somebody-else")
    read()
    rules.run_called()

    ticket = Ticket.objects.get(preview__contains="bag")
    assert (ticket.team, ticket.assignee, ticket.priority_name, ticket.status) == (open_team, agent, "high", "on_hold")
    assert [tag.name for tag in ticket.tags.all()] == ["luggage"]
    assert ticket.messages.get(direction="note").author_kind == Message.AuthorKind.AUTOMATION
    assert not Delivery.objects.exists() and not RuleCall.objects.exists()
    event = Event.objects.get(kind="rule_ran")
    assert (event.ticket, event.actor_kind, event.data) == (ticket, "automation", {"rule": made.pk, "refused": False})
    words = words_for(event, names_for([event]))
    assert words and words.text == "The rule Luggage first ran"


def test_order_counts_and_what_is_off_rests(network, read):
    rule(name="Second", position=2, priority="low")
    rule(name="First", position=1, priority="urgent")
    rule(name="Off", position=3, priority="high", is_active=False)
    network.say("Hello")
    read()
    rules.run_called()
    assert (Ticket.objects.get().priority_name, runs()) == ("low", 2)


def test_a_customer_who_writes_calls_and_a_rule_does_not(ticket, network, read):
    rule("wrote", status="on_hold")
    rule("opened", name="Never", priority="urgent")
    network.say("And now?", conversation=ticket.messages.get().external_id)
    read()
    for _ in range(3):
        rules.run_called()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority_name, runs()) == ("on_hold", "normal", 1)


def test_any_condition_or_all(ticket):
    made = rule(match="any", conditions={"text": ["nothing"], "status": ["new"]}, priority="low")
    assert list(rules.matching(made)) == [ticket]
    made.match = "all"
    assert list(rules.matching(made)) == []
    made.conditions = {"customer": ["vip"]}
    assert list(rules.matching(made)) == []


def test_what_comes_by_time_comes_once_for_each_wait(channel):
    ticket = make.ticket(channel=channel, waited=timedelta(hours=5))
    make.ticket(channel=channel, waited=timedelta(hours=3))
    rule("waiting", hours=4, tags=["late"])
    tasks.sweep()
    tasks.sweep()
    assert [event.ticket for event in Event.objects.filter(kind="rule_ran")] == [ticket]
    assert list(Ticket.objects.filter(tags__name="late")) == [ticket]


def test_what_is_impossible_is_said_and_nothing_of_it_is_done(channel, agent, closed_team):
    made = rule("age", hours=1, team=closed_team, assignee=agent, priority="high")
    ticket = make.ticket(channel=channel, opened_at=timezone.now() - timedelta(hours=2))
    rules.run_timed()
    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee, ticket.priority_name) == (None, None, "normal")
    assert Event.objects.get(kind="rule_ran").data == {"rule": made.pk, "refused": True}


FIELDS = {"name": "Refunds", "trigger": "opened", "match": "all", "position": 1, "is_active": "on"}


def test_the_page_makes_changes_tries_and_removes(admin, as_, channel):
    make.ticket(channel=channel, subject="A refund for me")
    make.ticket(channel=channel, subject="Other")
    browser, new = as_(admin), reverse("new-rule")
    fields = FIELDS | {"text": "refund, money", "priority": "high", "tag_names": "refund"}
    tried = browser.post(new, fields | {"try": "1"}).content.decode()
    assert "1 of the newest 200 tickets match" in tried and "A refund for me" in tried and "Other" not in tried
    assert not Rule.objects.exists()
    assert "is saved" in browser.post(new, fields, follow=True).content.decode()
    made = Rule.objects.get()
    assert made.conditions == {"text": ["refund", "money"]}
    assert "refund, money" in browser.get(made.get_absolute_url()).content.decode()
    browser.post(reverse("remove-rule", args=[made.pk]))
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "does nothing yet"),
        ({"trigger": "quiet", "priority": "high"}, "after how many hours"),
        ({"trigger": "quiet", "hours": "0", "priority": "high"}, "greater than or equal to 1"),
        ({"channel": "99", "priority": "high"}, "not one of the available choices"),
    ],
)
def test_what_makes_no_rule_is_refused_with_words(admin, as_, fields, words):
    page = as_(admin).post(reverse("new-rule"), FIELDS | fields).content.decode()
    assert words in page, [line for line in page.splitlines() if "error" in line]
    assert not Rule.objects.exists()


@pytest.mark.parametrize("address", ["rules", "new-rule"])
def test_rules_are_for_admins(agent, manager, as_, address):
    assert [as_(person).get(reverse(address)).status_code for person in (agent, manager)] == [403, 403]
