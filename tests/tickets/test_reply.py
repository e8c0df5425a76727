"""An agent answers: refused, guarded, queued, sent, failed, unknown, confirmed by a poll."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.loopback import BRAND, MAX_LENGTH
from tickets.channels.errors import (
    AuthRevoked,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unavailable,
    WindowClosed,
)
from tickets.models import Delivery, Event, Message, Ticket
from tickets.services import channels, deliver, properties, reply
from tickets.services.compose import options_for
from tickets.services.errors import Outdated, Refused
from tickets.timeline import timeline_of

pytestmark = pytest.mark.django_db


def delivery() -> Delivery:
    return Delivery.objects.get()


def events(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def test_a_public_reply_reaches_the_network_once(network, ticket, answer):
    message = answer(then_status="pending")
    assert deliver.due() == [delivery().pk]
    assert deliver.deliver(delivery().pk) == "sent"
    assert deliver.deliver(delivery().pk) is None
    [sent] = network.sent
    assert (sent.text, sent.in_reply_to, sent.visibility) == ("We look for it", "1000", "public")
    message.refresh_from_db()
    ticket.refresh_from_db()
    assert message.external_id
    assert (ticket.status, ticket.waiting_since) == ("pending", None)
    assert (events("reply_queued"), events("reply_sent")) == (1, 1)
    assert delivery().tries.get().outcome == "sent"


def test_our_own_post_seen_by_the_next_poll_is_not_a_second_message(network, answer, read):
    answer()
    deliver.deliver(delivery().pk)
    network.say("We look for it", author=BRAND, id=Message.objects.get(direction="outbound").external_id)
    read()
    assert Message.objects.filter(direction="outbound").count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [("  \n ", "empty"), ("x" * (MAX_LENGTH + 3), "103 of 100. Shorten it by 3")],
)
def test_an_empty_or_overlong_reply_is_refused_with_words(answer, text, words):
    with pytest.raises(Refused, match=words):
        answer(text)
    assert not Delivery.objects.exists()


def test_the_same_answer_twice_is_refused(answer):
    answer()
    with pytest.raises(Refused, match="same answer"):
        answer("We  look for it", anyway=True)


def test_what_the_network_would_refuse_is_known_before(network, read, agent, channel, ticket, answer):
    network.say("Not to you", conversation="1000", refuses="They did not mention us.")
    read()
    public = [option for option in options_for(ticket) if option.visibility == "public"]
    assert (public[0].allowed, public[0].reason) == (False, "They did not mention us.")
    with pytest.raises(Refused, match="did not mention us"):
        answer()


def test_the_send_guard_stops_an_answer_that_does_not_know_the_newest_message(network, ticket, answer, read, teammate):
    seen = properties.newest_event_id(ticket)
    network.say("Found it, thank you!", conversation="1000")
    read()
    with pytest.raises(Outdated) as stopped:
        answer(seen=seen)
    assert [event.kind for event in stopped.value.events] == ["message_in"]
    assert answer(seen=seen, anyway=True)


def test_the_send_guard_stops_a_second_agent(ticket, answer, teammate):
    seen = properties.newest_event_id(ticket)
    answer()
    with pytest.raises(Outdated):
        answer("Me too", by=teammate, seen=seen)


@pytest.fixture
def beside(network, channel, read):
    """Two tickets of one post that names two of our accounts."""
    second = channels.add("loopback", "@second", "Second", {}, {})
    network.say("@brand @second help")
    read()
    read(second)
    return Ticket.objects.get(channel=channel), Ticket.objects.get(channel=second)


def test_the_send_guard_knows_of_an_answer_from_another_account_of_ours(beside, answer_of, teammate):
    one, other = beside
    seen = properties.newest_event_id(one)
    answer_of(other)
    with pytest.raises(Outdated):
        answer_of(one, by=teammate, seen=seen)
    assert answer_of(one, by=teammate, seen=timeline_of(one).seen)


def test_the_same_post_to_another_account_is_no_news(beside, answer_of):
    for ticket in beside:
        assert answer_of(ticket)


def test_the_send_guard_does_not_tell_what_one_did_oneself(ticket, answer, agent, teammate):
    seen = properties.newest_event_id(ticket)
    properties.answered_outside(ticket.number, agent)
    with pytest.raises(Outdated):
        answer(by=teammate, seen=seen)
    assert answer(seen=seen)


def test_undo_before_it_leaves(settings, network, answer, agent):
    settings.UNDO_SECONDS = 10
    answer()
    assert deliver.due() == []
    reply.withdraw(delivery().pk, agent)
    assert deliver.deliver(delivery().pk) is None
    assert network.sent == []
    assert events("reply_withdrawn") == 1


def test_a_refusal_comes_back_to_us_with_its_reason(network, ticket, answer):
    network.fail("send", Rejected("X refused the link as unsafe.", code="226"), applied=False)
    answer(then_status="pending")
    assert deliver.deliver(delivery().pk) == "failed"
    ticket.refresh_from_db()
    assert (delivery().error_text, delivery().error_code) == ("X refused the link as unsafe.", "226")
    assert ticket.status == "open"
    assert ticket.waiting_since is not None
    assert events("reply_sent") == 0


def test_a_failed_answer_can_be_sent_again(network, answer, agent):
    network.fail("send", Rejected("No."), applied=False)
    answer()
    deliver.deliver(delivery().pk)
    reply.retry(delivery().pk, agent)
    assert deliver.deliver(delivery().pk) == "sent"


@pytest.mark.parametrize("error", [Unavailable("X is down."), Throttled("Slow down.")])
def test_trouble_before_it_was_applied_is_tried_again_later(network, answer, error):
    network.fail("send", error, applied=False)
    answer()
    assert deliver.deliver(delivery().pk) == "pending"
    assert delivery().due_at > timezone.now()
    Delivery.objects.update(due_at=timezone.now())
    assert deliver.deliver(delivery().pk) == "sent"
    assert delivery().tries.count() == 2


def test_it_gives_up_by_age_and_says_so(network, answer):
    network.fail("send", Unavailable("X is down."), applied=False)
    answer()
    Delivery.objects.update(give_up_at=timezone.now())
    assert deliver.deliver(delivery().pk) == "failed"
    assert "gave up" in delivery().error_text


def test_revoked_credentials_keep_the_answer_waiting(network, answer, channel):
    network.fail("send", AuthRevoked("Reconnect."), applied=False)
    answer()
    assert deliver.deliver(delivery().pk) == "pending"
    assert deliver.due() == []
    channel.refresh_from_db()
    channels.resume(channel)
    assert deliver.deliver(deliver.due()[0]) == "sent"


def test_an_unknown_outcome_is_never_sent_again_alone(network, ticket, answer):
    network.fail("send", OutcomeUnknown("X did not answer in time."), applied=True)
    answer()
    assert deliver.deliver(delivery().pk) == "unknown"
    assert deliver.due() == []
    assert deliver.sweep_dead() == 0
    assert len(network.sent) == 1
    assert events("reply_sent") == 0


def test_an_adapter_that_breaks_leaves_the_outcome_unknown(network, answer):
    network.fail("send", RuntimeError("bug"), applied=True)
    answer()
    assert deliver.deliver(delivery().pk) == "unknown"


def test_the_next_poll_settles_an_unknown_outcome(network, answer, read, ticket):
    network.fail("send", OutcomeUnknown("X did not answer in time."), applied=True)
    message = answer("We look for it https://northwind.example/bags")
    deliver.deliver(delivery().pk)
    network.say("@jo We look for it https://t.co/abc", author=BRAND, replies_to=["1000"])
    read()
    assert delivery().state == "sent"
    message.refresh_from_db()
    assert message.external_id == "1001"
    assert Message.objects.filter(direction="outbound").count() == 1
    ticket.refresh_from_db()
    assert ticket.waiting_since is None


def test_our_post_seen_while_it_is_still_being_sent_waits(network, answer, read, channel):
    answer()

    def seen_meanwhile():
        network.say("We look for it", author=BRAND, replies_to=["1000"])
        read()

    network.during["send"] = seen_meanwhile
    deliver.deliver(delivery().pk)
    assert Message.objects.filter(direction="outbound").count() == 1


def test_an_unknown_answer_not_seen_in_two_polls_is_offered_again(network, answer, read, channel, agent):
    network.fail("send", OutcomeUnknown("X did not answer in time."), applied=False)
    answer()
    deliver.deliver(delivery().pk)
    assert deliver.offer_again() == 0
    Delivery.objects.update(unknown_since=timezone.now() - timedelta(minutes=6))
    channel.feeds.update(ok_at=timezone.now() - timedelta(minutes=7))
    read()
    assert deliver.offer_again() == 0
    read()
    assert deliver.offer_again() == 1
    assert network.sent == []
    reply.retry(delivery().pk, agent)
    assert deliver.deliver(delivery().pk) == "sent"


def test_a_worker_that_died_while_sending_leaves_the_outcome_unknown(network, answer):
    answer()
    Delivery.objects.update(state="sending", leased_until=timezone.now() - timedelta(seconds=1))
    assert deliver.sweep_dead() == 1
    assert delivery().state == "unknown"


def test_a_private_answer_to_a_public_post_expects_their_private_answer_here(network, answer, read, ticket):
    answer("What is your reference?", visibility="private")
    assert deliver.deliver(delivery().pk) == "sent"
    network.say("AB123", private=True)
    read()
    assert Ticket.objects.get().messages.count() == 3


def test_a_refused_private_message_is_remembered(network, answer, ticket):
    network.fail("send", WindowClosed("They accept no direct messages."), applied=False)
    answer(visibility="private")
    assert deliver.deliver(delivery().pk) == "failed"
    private = next(option for option in options_for(ticket) if option.visibility == "private")
    assert not private.allowed


def test_notes_never_reach_a_network(network, ticket, agent):
    note = reply.add_note(ticket.number, agent, "Ask the baggage desk")
    assert (note.visibility, note.direction) == ("internal", "note")
    assert not Delivery.objects.exists()
    with pytest.raises(Refused, match="empty"):
        reply.add_note(ticket.number, agent, " ")


def test_answering_takes_an_unassigned_ticket(ticket, answer, agent):
    answer()
    ticket.refresh_from_db()
    assert ticket.assignee == agent
