"""From what a customer says to what reaches them, on every channel."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import make_msgid

from tests.journeys.product import eventually


def test_a_post_reaches_the_queue_and_its_answer_stands_under_it_once(product, network):
    network.post("orla", "My suitcase did not arrive with NW 88", scene="suitcase")
    ticket = product.ticket("did not arrive with NW 88")
    assert "did not arrive with NW 88" in product.browser("agent").get("/")

    reply = product.reply(ticket, "We look for the suitcase of NW 88.")
    assert product.delivery(reply, "sent", "failed", "unknown") == "sent"

    # The network tells us our own post again: it is known.
    product.read_now()
    read = "select state from tickets_inbounditem where external_id = %s"
    eventually(lambda: product.sql(read, product.external_id(reply)) == [("done",)], "our own post is read")
    assert network.shown("We look for the suitcase of NW 88.", "orla") == 1
    assert product.said(ticket).count("We look for the suitcase of NW 88.") == 1


def test_several_people_under_one_post_have_a_ticket_each(product, network):
    post = network.act("post", author="northwindair", text="Our new desks are open.")["id"]
    network.post("pat", "Desk 41 is closed", reply_to=post)
    network.post("quin", "So is desk 42", reply_to=post)
    first, second = product.ticket("Desk 41 is closed"), product.ticket("So is desk 42")
    assert first["number"] != second["number"]
    assert (first["customer"]["name"], second["customer"]["name"]) == ("Pat", "Quin")


def test_a_direct_message_is_answered_privately(product, network):
    network.dm("rosa", "My booking code is QX7RT2")
    # Direct messages are read as often as X allows, which is once a minute.
    product.read_now("direct_messages")
    ticket = product.ticket("booking code is QX7RT2")
    assert ticket["visibility"] == "private"

    reply = product.reply(ticket, "QX7RT2 is moved to tomorrow.", "private")
    assert product.delivery(reply, "sent", "failed", "unknown") == "sent"
    assert network.shown("QX7RT2 is moved to tomorrow.", "rosa") == 1
    assert network.shown("QX7RT2 is moved to tomorrow.", "orla") == 0


def test_a_follow_up_joins_the_ticket(product, network):
    network.post("tess", "Where is the lounge of gate B71?")
    ticket = product.ticket("lounge of gate B71")
    reply = product.reply(ticket, "Opposite of B70.")
    product.delivery(reply, "sent")
    network.post("tess", "Found it, thank you B71", reply_to=product.external_id(reply))
    eventually(lambda: "B71" in product.said(ticket)[-1], "the follow-up is in the ticket")


def test_an_email_is_answered(product):
    mailbox = product.channels["email"]
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Uma <uma@mail.example>", mailbox["address"], "Invoice 5512"
    mail["Message-ID"] = make_msgid(domain="mail.example")
    mail.set_content("Kindly send me the invoice 5512 again.")
    receive = ("receive_email", "--channel", str(mailbox["id"]))

    received = product.manage(*receive, input=mail.as_string())
    assert received["disposition"] == "ticket"
    ticket = product.ticket("invoice 5512 again")
    assert product.manage(*receive, input=mail.as_string()) == received

    product.delivery(product.reply(ticket, "Here it is, Uma.", "private"), "sent")
    assert [text.strip() for text in product.said(ticket)] == [
        "Kindly send me the invoice 5512 again.",
        "Here it is, Uma.",
    ]
    sent = (product.home / "log" / "worker.log").read_text()
    assert "Subject: Re: Invoice 5512" in sent and f"In-Reply-To: {mail['Message-ID']}" in sent


def test_a_call_becomes_a_ticket(product):
    agent = product.browser("agent")
    form = agent.get("/calls/new/")
    call = form.split('name="call" value="')[1].split('"')[0]
    fields = {
        "call": call,
        "channel": product.channels["phone"]["id"],
        "number": "+44 20 7946 0999",
        "name": "Vic",
        "direction": "inbound",
    }
    fields |= {"outcome": "answered", "started_at": "2026-01-05T09:30", "minutes": "4", "notes": "Wants seat 31F."}
    page = agent.send("/calls/new/", **fields)
    assert "Wants seat 31F." in page
    agent.send("/calls/new/", **fields)
    assert product.ticket("Wants seat 31F.")["customer"]["name"] == "Vic"
