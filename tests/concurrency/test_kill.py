"""kill -9 before every single statement: nothing is lost, nothing is there twice, nothing public is sent twice.

The work runs in a forked process that kills itself before its n-th SQL statement, for every n until it comes through.
That passes each numbered step of docs/decisions (page fetched … outcome stored), and everything between.
"""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from tests.loopback import BRAND, hours_ago
from tickets.models import Delivery, Event, Feed, InboundItem, Message, MessageRef, Ticket
from tickets.services import deliver, properties, reply
from tickets.services.ingest import translate
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STATEMENTS = 200


def dies_before(statement: int, job) -> bool:
    """Run `job` in a process of its own; True when it was killed, False when it came to its end."""
    connection.close()
    pid = os.fork()
    if pid == 0:
        # Where a browser's event loop ran in this process, the fork sees another connection, not closed above.
        connection.connection = None
        try:
            _run_and_die(statement, job)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the job failed by itself"
    return os.WIFSIGNALED(status)


def _run_and_die(statement: int, job) -> None:
    count = 0

    def kill(execute, sql, params, many, context):
        nonlocal count
        count += 1
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(kill):
        job()
    connection.close()
    os._exit(0)


def every_death(job, prepare, check) -> int:
    """`prepare(n)`, then `job(n)` killed before its n-th statement, then `check(n)`; how often it was killed."""
    for n in range(1, MOST_STATEMENTS):
        prepare(n)
        killed = dies_before(n, lambda n=n: job(n))
        check(n)
        if not killed:
            return n - 1
    raise AssertionError("the job never came to its end")


@pytest.fixture
def feed(network, channel):
    return channel.feeds.get()


def test_ingest_killed_anywhere_loses_nothing(network, channel, feed):
    def ingest(n=0):
        poll(feed.pk)
        translate(channel.pk)

    def say(n):
        network.say(f"post {n}", author=f"jo{n}", at=hours_ago(1))

    def recover(n):
        Feed.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        ingest()
        assert InboundItem.objects.filter(state="done").count() == n
        assert Message.objects.count() == Ticket.objects.count() == n
        assert Event.objects.filter(kind="message_in").count() == n

    assert every_death(ingest, say, recover) > 20


@pytest.fixture
def ticket(network, channel, feed):
    network.say("My bag is lost", at=hours_ago(1))
    poll(feed.pk)
    translate(channel.pk)
    return Ticket.objects.get()


@pytest.fixture
def write(ticket, channel, agent):
    question = ticket.messages.get().pk

    def one(n):
        return reply.send_reply(
            ticket.number,
            agent,
            channel_id=channel.pk,
            visibility="public",
            answers=question,
            text=f"answer {n}",
            seen=0,
            anyway=True,
        )

    return one


def test_a_reply_is_written_whole_or_not_at_all(ticket, write):
    def check(n):
        texts = set(Message.objects.filter(direction="outbound").values_list("text", flat=True))
        assert texts == set(Delivery.objects.values_list("message__text", flat=True))
        assert len(texts) == Event.objects.filter(kind="reply_queued").count()

    assert every_death(write, lambda n: None, check) > 10


def test_a_public_reply_killed_anywhere_is_never_sent_twice(network, channel, feed, ticket, write, tmp_path: Path):
    reached = tmp_path / "reached"
    reached.touch()

    def note_send():
        with reached.open("a") as lines:
            lines.write(f"{deliver_n[0]}\n")

    deliver_n = [0]
    network.during["send"] = note_send

    def prepare(n):
        write(n)
        deliver_n[0] = n

    def send(n):
        deliver.deliver(Delivery.objects.get(message__text=f"answer {n}").pk)

    def check(n):
        one = Delivery.objects.get(message__text=f"answer {n}")
        Delivery.objects.filter(pk=one.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
        deliver.sweep_dead()
        one.refresh_from_db()
        applied = reached.read_text().split().count(str(n))
        assert one.state in {0: ("pending", "unknown"), 1: ("sent", "unknown")}[applied]
        if one.state == "unknown" and applied:
            network.say(f"answer {n}", author=BRAND, replies_to=["1000"])
            poll(feed.pk)
            translate(channel.pk)
        for delivery in deliver.due():
            deliver.deliver(delivery)
        one.refresh_from_db()
        assert reached.read_text().split().count(str(n)) == (0 if one.state == "unknown" else 1)
        Delivery.objects.filter(pk=one.pk, state="unknown").update(state="failed")
        assert MessageRef.objects.filter(message=one.message).count() <= 1

    assert every_death(send, prepare, check) > 8
    assert Message.objects.filter(direction="outbound", author_kind="native_app").count() == 0
    assert properties.newest_event_id(ticket) > 0
