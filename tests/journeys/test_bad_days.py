"""A network that misbehaves: refused credentials, odd answers, time-outs, items that nobody understands."""

from __future__ import annotations

from tests.journeys.product import eventually


def test_refused_credentials_pause_the_channel_and_nothing_is_lost(product, network):
    network.post("edda", "Question of the day before")
    ticket = product.ticket("Question of the day before")
    network.fault("unauthorized", "post_create")
    reply = product.reply(ticket, "Answer of the day before.")

    agent = product.browser("agent")
    eventually(lambda: "Northwind Air on X is paused." in agent.get("/"), "the queue says so")
    assert "An admin must reconnect" in agent.get("/")
    assert "Waits: Northwind Air on X is paused." in agent.get(f"/tickets/{ticket['number']}/")
    assert "no longer accepts this account" in agent.get("/channels/")
    network.post("fay", "Said while nobody listened")

    _reconnect(product, consumer_secret="wrong")
    eventually(lambda: "Northwind Air on X is paused." in agent.get("/"), "wrong credentials pause it again")
    assert product.delivery(reply, "pending")
    assert network.shown("Answer of the day before.", "edda") == 0

    _reconnect(product, **network.credentials())
    assert product.ticket("Said while nobody listened")
    assert product.delivery(reply, "sent", "failed", "unknown") == "sent"
    assert network.shown("Answer of the day before.", "edda") == 1
    assert "is paused" not in agent.get("/")


def _reconnect(product, **credentials: str) -> None:
    fields = {f"credential_{name}": value for name, value in credentials.items()}
    product.change_channel(**fields)
    product.admin.send(f"/channels/{product.channel}/resume/")


READ = {
    "rate_limited": {"reset_in": 2},
    "rate_limited_without_reset": {},
    "server_error": {},
    "unavailable": {},
    "cloudflare": {},
    "html": {},
    "empty_body": {},
    "truncated": {},
    "hang_before": {"seconds": 2},
    "reset_before": {},
    "empty_page": {},
    "missing_includes": {},
}


def test_a_post_arrives_although_reading_fails_in_every_way_first(product, network):
    for fault, options in READ.items():
        network.fault(fault, "mentions", **options)
    network.post("gwen", "Asked on a bad day")

    def every_fault_happened() -> bool:
        # It would be read again by itself, after pauses that grow.
        product.read_now()
        return not network.waiting_faults()

    eventually(every_fault_happened, "every fault happens")
    eventually(lambda: product.read_now() or product.tickets("Asked on a bad day"), "the post arrives all the same")
    assert product.said(product.ticket("Asked on a bad day")) == ["@northwindair Asked on a bad day"]


APPLIED = ("hang_after", "reset_after", "unavailable_after", "empty_body", "html", "truncated")
NOT_APPLIED = ("hang_before", "reset_before", "server_error", "unavailable", "cloudflare")


def test_answers_that_arrived_unconfirmed_are_found_and_not_sent_again(product, network):
    answers = _answered_on_a_bad_day(product, network, APPLIED)
    for text, reply in answers.items():
        product.read_now()
        assert product.delivery(reply, "sent", "failed") == "sent"
        assert network.shown(text, "hanna") == 1


def test_answers_that_may_not_have_arrived_are_left_to_the_agent(product, network):
    answers = _answered_on_a_bad_day(product, network, NOT_APPLIED)
    agent = product.browser("agent")
    for text, reply in answers.items():
        assert product.delivery(reply, "unknown", "sent", "failed") == "unknown"
        assert network.shown(text, "hanna") == 0
        assert f'#m{product.message_id(reply)}"' in agent.get("/channels/unsent/")

        (delivery,) = product.sql("select id from tickets_delivery where message_id = %s", product.message_id(reply))[0]
        agent.send(f"/deliveries/{delivery}/retry/")
        assert product.delivery(reply, "sent", "failed") == "sent"
        assert network.shown(text, "hanna") == 1


def test_an_answer_waits_as_long_as_the_network_asks(product, network):
    [(text, reply)] = _answered_on_a_bad_day(product, network, ("rate_limited",), reset_in=3).items()
    assert product.delivery(reply, "sent", "failed", "unknown") == "sent"
    assert network.shown(text, "hanna") == 1


def _answered_on_a_bad_day(product, network, faults: tuple[str, ...], **options: float) -> dict[str, str]:
    """One ticket and one answer for each fault; the answers' texts with their addresses."""
    # One word that is no beginning of another: the search for it finds beginnings.
    words = {fault: f"{fault.replace('_', '')}day" for fault in faults}
    for word in words.values():
        network.post("hanna", f"Is it a {word} for writing?")
    tickets = {fault: product.ticket(word) for fault, word in words.items()}
    for fault in faults:
        network.fault(fault, "post_create", **({"seconds": 2} if fault.startswith("hang") else options))
    answers = {
        f"Yes, {fault} it is.": product.reply(ticket, f"Yes, {fault} it is.") for fault, ticket in tickets.items()
    }
    eventually(lambda: not network.waiting_faults(), f"{faults} happen")
    return answers


def test_an_item_that_cannot_be_understood_is_parked_and_replayed(product, network):
    network.fault("broken_item", "mentions")
    network.post("iris", "Something odd")
    # The newest of the page is broken, which may be another one by now.
    parked = "select id, external_id from tickets_inbounditem where state = 'parked'"
    [(item, post)] = eventually(lambda: product.sql(parked), "it is parked")
    assert f'value="{item}"' in product.admin.get("/channels/parked/")
    network.post("jana", "The one behind it")
    assert product.ticket("The one behind it")

    [(author,)] = product.sql("select external_id from tickets_identity where handle ilike '%%jana'")
    # What a mended adapter would see in it.
    product.sql(
        "update tickets_inbounditem set payload = jsonb_set(jsonb_set(jsonb_set(payload, '{item,text}', %s),"
        " '{item,created_at}', %s), '{item,author_id}', %s) - 'x' where id = %s",
        '"@northwindair The odd one made whole"',
        '"2026-01-05T09:30:00.000Z"',
        f'"{author}"',
        item,
    )
    product.admin.send("/channels/parked/replay/", items=item)
    assert product.ticket("The odd one made whole")
    assert post not in product.admin.get("/channels/parked/")
