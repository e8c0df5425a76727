"""Real PostgreSQL threads: two of everything at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.db import connection
from django.utils import timezone

from tests.loopback import hours_ago
from tickets.models import Customer, Delivery, Identity, InboundItem, Message, Ticket
from tickets.services import channels, deliver, properties, reply
from tickets.services.errors import Outdated
from tickets.services.ingest import translate
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """Run jobs in threads that start together; their results or exceptions."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait(10)
            return job()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_two_pollers_of_one_feed(network, channel):
    network.page_size = 10
    for n in range(50):
        network.say(f"post {n}", author=f"jo{n}")
    feed = channel.feeds.get().pk
    results = at_once(lambda: poll(feed), lambda: poll(feed), lambda: poll(feed))
    assert not [result for result in results if isinstance(result, Exception)]
    assert InboundItem.objects.count() == 50


def test_two_translators_of_one_channel(network, channel):
    for n in range(60):
        network.say(f"post {n}", author=f"jo{n % 7}", conversation="c")
    poll(channel.feeds.get().pk)
    results = at_once(*[lambda: translate(channel.pk)] * 3)
    assert not [result for result in results if isinstance(result, Exception)]
    assert sum(result.done for result in results) == 60
    assert (Message.objects.count(), Ticket.objects.count(), Customer.objects.count()) == (60, 7, 7)


def test_one_person_on_two_channels_at_the_same_moment(network, channel):
    second = channels.add("loopback", "@second", "Second", {}, {})
    for n in range(20):
        network.say(f"post {n}", author=f"jo{n}")
    for one in (channel, second):
        poll(one.feeds.get().pk)
    results = at_once(lambda: translate(channel.pk), lambda: translate(second.pk))
    assert not [result for result in results if isinstance(result, Exception)]
    assert Identity.objects.count() == Customer.objects.count() == 20


@pytest.fixture
def ticket(network, channel):
    network.say("My bag is lost", at=hours_ago(1))
    poll(channel.feeds.get().pk)
    translate(channel.pk)
    return Ticket.objects.get()


def test_two_agents_press_send_at_once(network, ticket, channel, agent, teammate):
    seen, question = properties.newest_event_id(ticket), ticket.messages.get().pk

    def send(person, text):
        return lambda: reply.send_reply(
            ticket.number, person, channel_id=channel.pk, visibility="public", answers=question, text=text, seen=seen
        )

    results = at_once(send(agent, "one"), send(teammate, "two"))
    assert sorted(type(result).__name__ for result in results) == ["Message", "Outdated"]
    assert isinstance(next(result for result in results if not isinstance(result, Message)), Outdated)
    assert Delivery.objects.count() == 1


def test_four_workers_send_one_delivery(network, ticket, channel, agent):
    reply.send_reply(
        ticket.number,
        agent,
        channel_id=channel.pk,
        visibility="public",
        answers=ticket.messages.get().pk,
        text="We look for it",
        seen=properties.newest_event_id(ticket),
    )
    delivery = Delivery.objects.get().pk
    results = at_once(*[lambda: deliver.deliver(delivery)] * 4)
    assert results.count("sent") == 1
    assert len(network.sent) == 1


def test_undo_against_the_worker(network, ticket, channel, agent):
    for n in range(5):
        message = reply.send_reply(
            ticket.number,
            agent,
            channel_id=channel.pk,
            visibility="public",
            answers=ticket.messages.filter(direction="inbound").get().pk,
            text=f"answer {n}",
            seen=0,
            anyway=True,
        )
        delivery = message.delivery.pk
        network.sent.clear()
        at_once(lambda d=delivery: reply.withdraw(d, agent), lambda d=delivery: deliver.deliver(d))
        state = Delivery.objects.get(pk=delivery).state
        assert (state, len(network.sent)) in [("withdrawn", 0), ("sent", 1)]


def test_a_ticket_that_is_reopened_meanwhile_is_not_closed(ticket, agent):
    properties.set_status(ticket.number, "solved", agent)
    Ticket.objects.update(solved_at=timezone.now() - timedelta(days=20))
    listed, reopened = Event(), Event()

    def wait_for_the_agent(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not listed.is_set():
            listed.set()
            reopened.wait(10)
        return result

    def close():
        with connection.execute_wrapper(wait_for_the_agent):
            return properties.close_solved(timezone.now() - timedelta(days=14))

    def reopen():
        listed.wait(10)
        properties.set_status(ticket.number, "open", agent)
        reopened.set()

    assert at_once(close, reopen) == [0, None]
    assert Ticket.objects.get().status == "open"


def test_a_renewal_of_credentials_happens_once(network, channel):
    account = [channels.account_of(channel) for _ in range(3)]
    exchanges = []

    def exchange(stored):
        if stored.get("refresh_token") == "second":
            return stored
        exchanges.append(stored)
        return {**stored, "refresh_token": "second"}

    results = at_once(*[lambda a=one: a.renew(exchange) for one in account])
    assert [result["refresh_token"] for result in results] == ["second"] * 3
    assert len(exchanges) == 1
