"""From what the network gave to the right message in the right ticket."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.loopback import BRAND, hours_ago
from tickets.models import Customer, Event, Identity, InboundItem, Message, Thread, Ticket, TicketLink
from tickets.services import channels, properties
from tickets.services.ingest import replay, translate
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db


def only_ticket() -> Ticket:
    return Ticket.objects.get()


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("occurred_at", "id").values_list("kind", flat=True))


def test_a_mention_becomes_a_ticket(network, read):
    network.say("@brand @other Where is my bag? It was on NW214.", author="jo", name="Jo Doe", at=hours_ago(1))
    assert read().done == 1
    ticket = only_ticket()
    assert (ticket.status, ticket.visibility, ticket.subject) == ("new", "public", "Where is my bag?")
    assert ticket.customer.name == "Jo Doe"
    assert ticket.requester.handle == "@jo"
    assert ticket.waiting_since == ticket.opened_at == ticket.messages.get().occurred_at
    assert kinds(ticket) == ["ticket_opened", "message_in"]
    assert ticket.events.get(kind="ticket_opened").data["customer"] == ticket.customer_id


def test_a_customer_known_by_an_id_gets_the_name_that_comes_later(network, read):
    network.say("one")
    read()
    assert only_ticket().customer.name == "@jo"
    network.say("two", conversation="1000", name="Jo Doe")
    read()
    assert only_ticket().customer.name == "Jo Doe"


def test_the_same_page_twice_changes_nothing(network, read, channel):
    network.say("hello")
    read()
    channel.feeds.update(cursor={})
    assert read().done == 0
    assert Message.objects.count() == Ticket.objects.count() == 1


def test_several_authors_under_one_post_get_a_ticket_each(network, read):
    network.say("Big news today", author=BRAND, conversation="c1")
    network.say("My bag is lost", author="jo", conversation="c1", replies_to=["1000"])
    network.say("Mine too", author="sam", conversation="c1", replies_to=["1000"])
    network.say("And again", author="jo", conversation="c1", replies_to=["1000"])
    read()
    assert {ticket.requester.external_id for ticket in Ticket.objects.all()} == {"jo", "sam"}
    assert Ticket.objects.get(requester__external_id="jo").messages.count() == 2
    brand_post = Message.objects.get(text="Big news today")
    assert brand_post.ticket is None
    assert brand_post.answers.count() == 3


def test_a_stranger_who_answers_our_reply_is_not_put_under_the_first_customer(network, read):
    asked = network.say("My bag is lost", author="jo", conversation="c1")
    read()
    answer = network.say("We look for it", author=BRAND, conversation="c1", replies_to=[asked])
    network.say("They never found mine", author="sam", conversation="c1", replies_to=[answer, asked])
    read()
    assert Ticket.objects.get(requester__external_id="sam").messages.get().text == "They never found mine"
    assert Ticket.objects.get(requester__external_id="jo").messages.count() == 2


def test_what_we_write_in_the_networks_own_app_stops_the_clock(network, read):
    asked = network.say("My bag is lost", at=hours_ago(2))
    network.say("We look for it", author=BRAND, replies_to=[asked], at=hours_ago(1))
    read()
    ticket = only_ticket()
    assert ticket.waiting_since is None
    assert ticket.status == "pending"
    assert ticket.messages.get(direction="outbound").author_kind == "native_app"
    assert kinds(ticket) == ["ticket_opened", "message_in", "status_changed", "message_out"] or kinds(ticket) == [
        "ticket_opened",
        "message_in",
        "message_out",
        "status_changed",
    ]


def test_a_repost_opens_no_ticket_and_raises_reach(network, read):
    post = network.say("My bag is lost")
    read()
    network.say("RT", author="sam", repost_of=post, reposts=7)
    assert read().ignored == {"repost": 1}
    assert only_ticket().reposts == 7


def test_an_answer_reopens_a_solved_ticket(network, read, agent):
    network.say("My bag is lost", at=hours_ago(5))
    read()
    properties.set_status(only_ticket().number, "solved", agent)
    network.say("Still lost", conversation="1000", at=hours_ago(1))
    read()
    ticket = only_ticket()
    assert ticket.status == "open"
    assert ticket.solved_at is None
    assert ticket.events.filter(kind="status_changed", data__reason="reopened").count() == 1


def test_an_answer_to_a_closed_ticket_opens_a_linked_follow_up(network, read, agent):
    network.say("My bag is lost", at=hours_ago(5))
    read()
    old = only_ticket()
    properties.set_status(old.number, "closed", agent)
    network.say("Lost again", conversation="1000")
    read()
    new = Ticket.objects.exclude(pk=old.pk).get()
    assert TicketLink.objects.get(ticket=new).other == old
    assert old.messages.get().text == "My bag is lost"
    assert Thread.objects.get().ticket == new


def test_a_follow_up_stays_with_the_team(network, read, agent, closed_team):
    network.say("first", conversation="c", at=hours_ago(2))
    read()
    properties.set_team(only_ticket().number, closed_team, agent)
    properties.set_status(only_ticket().number, "closed", agent)
    network.say("second", conversation="c", at=hours_ago(1))
    read()
    assert Ticket.objects.latest("number").team == closed_team
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("becomes", ["solved", "closed"])
def test_more_spam_opens_no_follow_up(becomes, network, read, agent):
    network.say("Buy now", conversation="c", at=hours_ago(2))
    read()
    properties.mark_spam(only_ticket().number, agent)
    Ticket.objects.update(status=becomes, solved_at=timezone.now() - timedelta(days=20))
    network.say("Buy two", conversation="c", at=hours_ago(1))
    read()
    assert (only_ticket().status, only_ticket().messages.count()) == (becomes, 2)


def test_context_follows_up_nothing(network, read, agent):
    network.say("My bag is lost", at=hours_ago(5))
    read()
    properties.set_status(only_ticket().number, "closed", agent)
    network.say("Look at this @brand", conversation="1000", asks=False)
    read()
    assert only_ticket().status == "closed"
    assert only_ticket().messages.count() == 2


def test_two_messages_of_one_page_share_the_follow_up(network, read, agent):
    network.say("My bag is lost", at=hours_ago(5))
    read()
    properties.set_status(only_ticket().number, "closed", agent)
    network.say("Lost again", conversation="1000")
    network.say("Hello?", conversation="1000")
    read()
    assert Ticket.objects.count() == 2
    assert Ticket.objects.order_by("number").last().messages.count() == 2


def test_a_private_message_after_an_invitation_joins_the_public_ticket(network, read, channel):
    network.say("My bag is lost")
    read()
    ticket = only_ticket()
    ticket.requester.on_channels.create(channel=channel, invited_at=ticket.opened_at, invited_ticket=ticket)
    network.say("It is AB123", private=True)
    read()
    assert only_ticket().visibility == "mixed"
    assert ticket.messages.count() == 2


def test_a_private_message_without_invitation_is_a_ticket_of_its_own(network, read):
    network.say("My bag is lost")
    network.say("It is AB123", private=True)
    read()
    assert Ticket.objects.count() == 2
    assert Customer.objects.count() == 1


def test_one_bad_item_is_parked_and_the_rest_go_on(network, read, agent):
    network.say("one")
    network.say("two", broken=True)
    network.say("three", crash=True)
    network.say("four", author="x" * 300)
    result = read()
    assert (result.done, result.parked) == (1, 3)
    reasons = list(InboundItem.objects.filter(state="parked").order_by("id").values_list("reason", flat=True))
    assert reasons[0] == "The item has no id."
    assert "a bug in the adapter" in reasons[1]
    assert "too long" in reasons[2]


def test_a_parked_item_can_be_replayed(network, read, agent, channel):
    network.say("two", broken=True)
    read()
    item = InboundItem.objects.get()
    InboundItem.objects.update(payload={**item.payload, "broken": False})
    assert replay([item.pk], agent) == 1
    assert translate(channel.pk).done == 1
    assert only_ticket().messages.get().text == "two"


def test_a_blocked_author_is_ignored(network, read, agent):
    network.say("Buy pills")
    read()
    properties.block_author(only_ticket().number, agent)
    network.say("Buy more pills")
    network.say("Buy other pills", ids=["3", "1000"], id="1000", revision="2")
    assert read().ignored == {"blocked_author": 2}
    ticket = only_ticket()
    assert (ticket.status, ticket.excluded, ticket.messages.get().text) == ("solved", "spam", "Buy pills")


def test_one_post_to_two_accounts_makes_two_tickets_that_show_each_other(network, read, channel):
    second = channels.add("loopback", "@second", "Second", {}, {})
    network.say("@brand @second help")
    read()
    read(second)
    one, two = Ticket.objects.order_by("number")
    assert one.links.get().other == two
    assert two.links.get().other == one
    assert Identity.objects.count() == 1


def test_a_page_of_a_hundred_costs_a_constant_number_of_statements(
    network, channel, django_capture_on_commit_callbacks
):
    for n in range(100):
        network.say(f"Where is bag {n}?", author=f"jo{n}", media=["https://pictures.example/1.png"])
    with CaptureQueriesContext(connection) as statements, django_capture_on_commit_callbacks(execute=True):
        poll(channel.feeds.get().pk)
        assert translate(channel.pk).done == 100
    # The beginnings and ends of transactions apart, which are savepoints within a test.
    assert len([one for one in statements if "SAVEPOINT" not in one["sql"]]) <= 60
    assert Ticket.objects.count() == 100


def test_events_cannot_be_changed_or_removed(network, read):
    from django.db import IntegrityError, transaction

    network.say("hello")
    read()
    for write in (lambda: Event.objects.update(kind="x"), lambda: Event.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            write()


def test_text_with_a_nul_character_is_kept_without_it(network, read):
    network.say("be\x00fore")
    assert read().done == 1
    assert only_ticket().messages.get().text == "before"
