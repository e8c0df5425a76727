"""Processes and servers that die in the middle: nothing is lost, nothing is there twice."""

from __future__ import annotations

import signal

from tests.journeys.product import eventually


def _goes_on(product, network, words: str, mishap) -> None:
    """A post, an answer on its way and another post around a mishap: each ends up where it belongs, once."""
    network.post("ada", f"{words} before")
    ticket = product.ticket(f"{words} before")
    reply = product.reply(ticket, f"We know about {words}.")
    network.post("bea", f"{words} during")
    mishap()
    network.post("cleo", f"{words} after")

    for when in ("during", "after"):
        assert product.said(product.ticket(f"{words} {when}")) == [f"@northwindair {words} {when}"]
    if product.delivery(reply, "sent", "unknown", "failed") == "unknown":
        product.read_now()
    assert product.delivery(reply, "sent", "failed") == "sent"
    assert network.shown(f"We know about {words}.", "ada") == 1
    assert product.said(ticket) == [f"@northwindair {words} before", f"We know about {words}."]


def test_valkey_is_wiped(product, network):
    _goes_on(product, network, "the wipe", product.forget_everything_in_valkey)


def test_valkey_is_killed(product, network):
    _goes_on(product, network, "the broker", lambda: product.kill_server("valkey", signal.SIGKILL))


def test_postgresql_restarts(product, network):
    _goes_on(product, network, "the database", lambda: product.kill_server("postgres", signal.SIGINT))


def test_every_process_is_killed_at_once(product, network):
    _goes_on(product, network, "the crash", lambda: [product.kill(part) for part in ("worker", "beat", "gunicorn")])


def test_a_worker_killed_while_the_network_has_applied_the_write(product, network):
    network.post("dora", "Seat map of NW 511 is wrong")
    ticket = product.ticket("Seat map of NW 511")
    network.fault("hang_after", "post_create", seconds=300)
    reply = product.reply(ticket, "NW 511 has a new seat map.")
    eventually(lambda: network.shown("NW 511 has a new seat map.", "dora"), "the network applied it")
    assert product.delivery(reply, "sending") == "sending"
    product.kill("worker")

    # Nobody knows yet who has it: the lease of the dead worker must end first.
    product.sql("update tickets_delivery set leased_until = now() where state = 'sending'")
    product.sql("update tickets_inbounditem set not_before = null where state = 'received'")
    assert product.delivery(reply, "unknown", "sent") in ("unknown", "sent")
    product.sql("update tickets_inbounditem set not_before = null where state = 'received'")

    assert product.delivery(reply, "sent") == "sent"
    assert product.events(ticket).index("reply_unknown") < product.events(ticket).index("reply_sent")
    assert network.shown("NW 511 has a new seat map.", "dora") == 1
    assert product.said(ticket).count("NW 511 has a new seat map.") == 1
