"""What becomes of an answer after its first try: a late success, an undo, a failure in the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories as make
from tests.loopback import BRAND
from tickets.channels.errors import OutcomeUnknown, Rejected
from tickets.models import Delivery, IdentityChannel, Message, Ticket
from tickets.services import channels, deliver, properties, reply

pytestmark = pytest.mark.django_db


def outbound() -> Message:
    return Message.objects.get(direction="outbound")


@pytest.fixture
def slow(network):
    """Sends an answer whose worker is taken for dead during the call, which then ends well; `then` happens between."""

    def send(message: Message, then=lambda delivery: None) -> None:
        def meanwhile():
            network.during.clear()
            Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
            deliver.sweep_dead()
            then(message.delivery.pk)

        network.during["send"] = meanwhile
        deliver.deliver(message.delivery.pk)

    return send


def test_a_success_that_is_learned_late_ends_what_was_to_be_sent_again(network, answer, agent, slow):
    slow(answer(), lambda delivery: reply.retry(delivery, agent))
    assert deliver.due() == []
    assert (len(network.sent), outbound().delivery.state) == (1, "sent")


def test_a_late_error_says_nothing_about_a_newer_try(network, answer, agent, slow):
    def second_try(delivery: int) -> None:
        reply.retry(delivery, agent)
        network.fail("send", OutcomeUnknown("X was silent."), applied=True)
        deliver.deliver(delivery)
        network.fail("send", Rejected("No."), applied=False)

    slow(answer(), second_try)
    assert outbound().delivery.state == "unknown"


def test_a_second_copy_is_known_when_a_poll_sees_it(network, answer, agent, read, slow):
    def second_try(delivery: int) -> None:
        reply.retry(delivery, agent)
        deliver.deliver(delivery)

    slow(answer(), second_try)
    assert outbound().refs.count() == 2
    for ref in outbound().refs.all():
        network.say("We look for it", author=BRAND, id=ref.external_id, replies_to=["1000"])
    read()
    assert outbound().events.filter(kind="reply_sent").count() == 1


def test_what_no_poll_can_settle_does_not_keep_others_from_being_offered(network, answer_of, read, channel):
    second = channels.add("loopback", "@second", "Second", {}, {})
    for n in range(3):
        network.say("Where is my bag?", author=f"jo{n}")
    read()
    for ticket in Ticket.objects.all():
        answer_of(ticket)
    Delivery.objects.update(state="unknown", unknown_since=timezone.now() - timedelta(hours=1))
    lost = Delivery.objects.latest("pk")
    Delivery.objects.exclude(pk=lost.pk).update(channel=second)
    read()
    read()
    assert deliver.offer_again() == 1
    assert Delivery.objects.exclude(offered_again_at=None).get() == lost


@pytest.mark.parametrize("status", ["pending", "on_hold", "solved"])
def test_undo_leaves_the_ticket_as_if_nothing_was_sent(status, ticket, answer, agent):
    message = answer("Write to us", visibility="private", then_status=status)
    reply.withdraw(message.delivery.pk, agent)
    after = Ticket.objects.get()
    assert (after.status, after.waiting_since, after.solved_at) == ("new", ticket.waiting_since, None)
    assert not IdentityChannel.objects.exclude(invited_ticket=None).exists()


def test_undo_leaves_a_status_alone_that_somebody_changed_since(answer, agent):
    message = answer(then_status="pending")
    properties.set_status(message.ticket_id, "on_hold", agent)
    reply.withdraw(message.delivery.pk, agent)
    assert Ticket.objects.get().status == "on_hold"


@pytest.mark.parametrize("status", ["pending", "on_hold", "solved"])
def test_an_answer_that_fails_in_the_end_brings_the_ticket_back(status, network, ticket, answer, agent):
    message = answer(then_status=status)
    Ticket.objects.update(snoozed_until=timezone.now() + timedelta(days=1))
    network.fail("send", Rejected("No."), applied=False)
    deliver.deliver(message.delivery.pk)
    after = Ticket.objects.get()
    assert (after.status, after.waiting_since, after.snoozed_until) == ("open", ticket.waiting_since, None)


def test_an_answer_that_solves_ends_the_wait_when_it_is_sent(answer):
    message = answer(then_status="solved")
    deliver.deliver(message.delivery.pk)
    after = Ticket.objects.get()
    assert (after.status, after.waiting_since) == ("solved", None)


@pytest.mark.parametrize("subject", ["x" * 998, "Re: " + "x" * 994])
def test_the_subject_of_an_answer_is_no_longer_than_a_line_may_be(subject):
    channel = make.channel("email")
    ticket = make.ticket(channel=channel, visibility="private")
    question = make.message(ticket, subject=subject)
    message = reply.send_reply(
        ticket.pk, make.user(), channel_id=channel.pk, visibility="private", answers=question.pk, text="Hi", seen=0
    )
    assert message.subject == ("Re: " + subject.removeprefix("Re: "))[:998]
