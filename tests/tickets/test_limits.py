"""Times and numbers of a network that cannot be."""

import pytest
from django.utils import timezone

from tickets.models import InboundItem, Message, Ticket

pytestmark = pytest.mark.django_db


def only_ticket() -> Ticket:
    return Ticket.objects.get()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("0001-01-01T00:00:00+00:00", "is before 1970"),
        ("1969-12-31T23:59:59+00:00", "is before 1970"),
        ("2026-01-01T00:00:00", "says no time zone"),
    ],
)
def test_a_time_that_cannot_be_is_parked_with_words(network, read, at, words):
    network.say("My bag is lost", at=at)
    network.say("Mine too")
    result = read()
    assert (result.done, result.parked) == (1, 1)
    assert words in InboundItem.objects.get(state="parked").reason


def test_nothing_happens_in_the_future(network, read):
    network.say("My bag is lost", at="9999-12-31T23:59:59+00:00")
    read()
    ticket = only_ticket()
    assert ticket.opened_at == ticket.waiting_since == ticket.last_message_at <= timezone.now()
    assert all(event.occurred_at <= timezone.now() for event in ticket.events.all())


@pytest.mark.parametrize(
    ("number", "kept"), [(10**12, 2**31 - 1), (-5, 0), (float("nan"), 0), (float("inf"), 0), (7, 7)]
)
def test_numbers_of_a_network_are_kept_within_what_can_be(network, read, number, kept):
    network.say("My bag is lost", id="1", followers=number, reach={"reposts": number})
    network.say("RT", author="sam", repost_of="1", reposts=number)
    read()
    network.say("RT", author="ann", repost_of="1", reposts=number)
    result = read()
    assert result.parked == 0
    assert only_ticket().reposts == (only_ticket().followers or 0) == kept


def test_a_ticket_shows_the_reposts_of_its_most_repeated_post(network, read):
    network.say("My bag is lost", id="1", conversation="1", reach={"reposts": 3, "likes": 0})
    network.say("And my coat", id="2", conversation="1")
    read()
    assert only_ticket().reposts == 3
    for post, reposts in (("1", 50), ("2", 10), ("1", 40)):
        network.say("RT", author="sam", repost_of=post, reposts=reposts)
        read()
    assert only_ticket().reposts == 50
    assert Message.objects.get(external_id="1").reach == {"reposts": 50, "likes": 0}
