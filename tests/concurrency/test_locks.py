"""Agents and workers take the locks of one ticket in the same order: nobody's page fails because mail comes in."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from threading import Barrier, BrokenBarrierError, Event

import pytest
from django.db import connection, transaction

from tests.concurrency.test_races import at_once
from tests.loopback import BRAND, hours_ago
from tickets.channels.contract import Person
from tickets.models import InboundItem, Message, Thread, Ticket
from tickets.services import channels, deliver, properties, reply
from tickets.services.ingest import translate
from tickets.services.ingest.people import find_or_create
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket(network, channel):
    network.say("My bag is lost", at=hours_ago(2), conversation="c1")
    poll(channel.feeds.get().pk)
    translate(channel.pk)
    return Ticket.objects.get()


@pytest.fixture
def waiting(network, channel, ticket):
    """The customer's next message is stored and waits to be translated."""
    network.say("Hello?", at=hours_ago(1), conversation="c1")
    poll(channel.feeds.get().pk)


def both(first, second):
    """Each is (table, job): both hold their first lock on a row of their table, then both go on."""
    barrier = Barrier(2)

    def meeting(table, job):
        def pause(execute, sql, params, many, context):
            result = execute(sql, params, many, context)
            if f'FROM "{table}"' in sql and " FOR " in sql:
                with suppress(BrokenBarrierError):
                    barrier.wait(1)
            return result

        def run():
            with connection.execute_wrapper(pause):
                return job()

        return run

    results = at_once(meeting(*first), meeting(*second))
    assert [result for result in results if isinstance(result, Exception)] == []


def test_an_answer_while_the_customer_writes(ticket, waiting, channel, agent):
    question = ticket.messages.get().pk

    def answer():
        return reply.send_reply(
            ticket.number, agent, channel_id=channel.pk, visibility="public", answers=question, text="Yes", seen=10**9
        )

    both(("tickets_ticket", answer), ("tickets_identity", lambda: translate(channel.pk)))
    assert ticket.messages.count() == 3


def test_blocking_an_author_who_writes(ticket, waiting, channel, agent):
    both(
        ("tickets_ticket", lambda: properties.block_author(ticket.number, agent)),
        ("tickets_identity", lambda: translate(channel.pk)),
    )
    ticket.requester.refresh_from_db()
    assert ticket.requester.blocked_at


def test_an_author_who_edits_and_writes_while_being_blocked(ticket, waiting, network, channel, agent):
    network.say("My bags are lost", id="1000", ids=["1009", "1000"], revision="2", conversation="c1")
    network.say("RT", author="sam", repost_of="1000", reposts=3)
    poll(channel.feeds.get().pk)
    both(
        ("tickets_ticket", lambda: translate(channel.pk)),
        ("tickets_identity", lambda: properties.block_author(ticket.number, agent)),
    )


def test_an_answer_while_a_token_is_renewed(ticket, channel, agent):
    question = ticket.messages.get().pk
    answered = []

    def answer():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            answered.append(
                reply.send_reply(
                    ticket.number,
                    agent,
                    channel_id=channel.pk,
                    visibility="public",
                    answers=question,
                    text="x",
                    seen=9**9,
                )
            )

    def exchange(stored):
        results = at_once(answer)
        assert results == [None]
        return stored

    channels.account_of(channel).renew(exchange)
    assert Message.objects.filter(pk=answered[0].pk).exists()


def test_two_channels_meet_the_same_strangers_in_another_order(network, channel):
    people = [Person(str(n), name=f"Person {n}") for n in range(12000)]
    barrier = Barrier(2)

    def together(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "tickets_identity"'):
            barrier.wait(10)
        return execute(sql, params, many, context)

    def meet(order):
        with connection.execute_wrapper(together), transaction.atomic():
            return len(find_or_create("loopback", {person.external_id: person for person in order}))

    assert at_once(lambda: meet(people), lambda: meet(people[::-1])) == [12000, 12000]


def test_our_post_is_read_while_its_delivery_is_being_stored(ticket, network, channel, agent):
    """Looked for among the known ids just before it is one, and among the deliveries just after it was one."""
    message = reply.send_reply(
        ticket.number,
        agent,
        channel_id=channel.pk,
        visibility="public",
        answers=ticket.messages.get().pk,
        text="Yes",
        seen=10**9,
    )
    looked_up, stored = Event(), Event()

    def slow(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if 'FROM "tickets_messageref"' in sql:
            looked_up.set()
            stored.wait(1)
        return result

    def read():
        with connection.execute_wrapper(slow):
            translate(channel.pk)
        looked_up.set()

    def meanwhile():
        network.say("Yes", author=BRAND, id="5000", replies_to=["1000"])
        network.ids = count(5000)  # the answer's own id
        poll(channel.feeds.get().pk)
        readers.append(pool.submit(at_once, read))
        looked_up.wait(10)

    readers = []
    network.during["send"] = meanwhile
    with ThreadPoolExecutor(1) as pool:
        assert deliver.deliver(message.delivery.pk) == "sent"
        stored.set()
        assert [reader.result() for reader in readers] == [[None]]
    InboundItem.objects.update(not_before=None)
    translate(channel.pk)
    assert InboundItem.objects.filter(state="parked").count() == 0
    assert Message.objects.filter(direction="outbound").count() == 1


def test_a_conversation_that_begins_twice_at_once(network, channel):
    """Our answer opens it just before the customer's message does: nobody has to replay the message."""
    network.say("It is AB123", private=True)
    poll(channel.feeds.get().pk)
    begun = []

    def begin_before(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "tickets_thread"') and not begun:
            begun.extend(at_once(lambda: Thread.objects.create(channel=channel, key="dm-jo", visibility="private")))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(begin_before):
        assert translate(channel.pk).parked == 0
    assert Message.objects.get().thread == begun[0]
