"""Mail through Postfix and Dovecot: read by IMAP, answered by SMTP, bounced for real."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from imap_tools import AND

from channels_email.watching import Listener, LookRound
from tests.live.conftest import MAILBOX, count, wait_for_more
from tests.live.mail_servers import DOMAIN
from tickets.channels.errors import AuthRevoked
from tickets.models import Channel, Delivery, Feed, InboundItem, Message, Ticket
from tickets.services import channels, deliver, properties
from tickets.services.channels import account_of
from tickets.services.ingest import store, translate
from tickets.services.poll import poll
from tickets.services.reply import send_reply

pytestmark = pytest.mark.django_db
CUSTOMER = f"customer@{DOMAIN}"


@pytest.fixture(autouse=True)
def _no_undo(settings, tmp_path):
    settings.UNDO_SECONDS = 0
    settings.MEDIA_ROOT = tmp_path


def read(channel: Channel, name: str = "INBOX"):
    polled = poll(channel.feeds.get(name=name).pk)
    translate(channel.pk)
    return polled


def unread(box) -> list[str]:
    box.folder.set("INBOX")
    return box.uids(AND(seen=False))


def fresh_folder(box, name: str) -> None:
    if box.folder.exists(name):
        box.folder.delete(name)
    box.folder.create(name)


def answer(channel: Channel, agent, text: str = "We found it.") -> Message:
    ticket = Ticket.objects.get()
    question = ticket.messages.filter(direction="inbound").latest("id")
    sent = send_reply(
        ticket.number,
        agent,
        channel_id=channel.pk,
        visibility="private",
        answers=question.pk,
        text=text,
        seen=properties.newest_event_id(ticket),
    )
    deliver.deliver(sent.delivery.pk)
    return sent


def test_mail_becomes_a_ticket_and_is_marked_as_read_once_it_is_stored(connect, box, deliver_mail, mail):
    deliver_mail(mail(From=CUSTOMER))
    channel = connect()
    assert read(channel).new == 1
    assert Ticket.objects.get().requester.external_id == CUSTOMER
    assert unread(box) == []
    assert (read(channel).fetched, Message.objects.count()) == (0, 1)


def test_the_first_contact_takes_only_what_is_unread_and_later_everything_new(connect, box, deliver_mail, mail):
    deliver_mail(mail(Message_ID="<old@x>"))
    box.flag(box.uids(), "\\Seen", True)
    channel = connect(imap_after="leave")
    assert read(channel).fetched == 0
    deliver_mail(mail(Message_ID="<new@x>"))
    # Somebody reads it in another program before we come.
    box.flag(box.uids(), "\\Seen", True)
    assert read(channel).new == 1


def test_mail_is_moved_once_it_is_stored(connect, box, deliver_mail, mail):
    channel = connect(imap_after="move", imap_done_folder="Done & read")
    deliver_mail(mail())
    assert read(channel).new == 1
    assert count(box) == 0
    assert box.folder.status("Done & read")["MESSAGES"] == 1


def test_a_death_between_store_and_flag_loses_and_doubles_nothing(connect, box, deliver_mail, mail):
    channel = connect()
    deliver_mail(mail())
    feed = channel.feeds.get()
    page = channels.adapter_for(channel).fetch("INBOX", {})
    # What a poller had in its hands when it died before it stored: the mailbox knows nothing.
    assert len(page.items) == 1
    assert len(unread(box)) == 1
    # And what one leaves that died right after.
    store(channel, page.items, "INBOX")
    Feed.objects.filter(pk=feed.pk).update(cursor=page.cursor)
    assert len(unread(box)) == 1
    assert read(channel).new == 0
    assert unread(box) == []
    assert Message.objects.count() == 1


def test_a_folder_that_was_made_anew_is_read_again_without_doubling(connect, box, mail):
    fresh_folder(box, "Orders")
    box.append(mail(Message_ID="<1@x>"), "Orders")
    channel = connect(imap_folder="Orders")
    read(channel, "Orders")
    validity = channel.feeds.get().cursor["uidvalidity"]
    fresh_folder(box, "Orders")
    for id_ in ("<1@x>", "<2@x>"):
        box.append(mail(Message_ID=id_), "Orders")
    assert read(channel, "Orders").new == 1
    assert channel.feeds.get().cursor["uidvalidity"] != validity
    assert (Message.objects.count(), read(channel, "Orders").fetched) == (2, 0)


def test_one_mail_in_two_folders_is_one_message(connect, box, deliver_mail, mail):
    fresh_folder(box, "Orders")
    deliver_mail(mail())
    box.folder.set("INBOX")
    box.copy(box.uids(), "Orders")
    channel = connect(imap_folder="INBOX, Orders")
    read(channel)
    read(channel, "Orders")
    assert (InboundItem.objects.count(), Message.objects.count()) == (1, 1)


def test_many_messages_come_in_pages(connect, box, mail):
    for n in range(120):
        box.append(mail(Message_ID=f"<{n}@x>", From=f"c{n}@mail.example"), "INBOX")
    assert read(connect()).new == 120
    assert Ticket.objects.count() == 120


def test_an_answer_from_another_mail_program_stops_the_clock(connect, box, deliver_mail, mail):
    channel = connect(imap_sent_folder="Sent")
    read(channel, "sent:Sent")
    deliver_mail(mail())
    read(channel)
    box.append(
        mail(
            "We found it.", From=MAILBOX, To="jo@mail.example", Message_ID="<own@x>", In_Reply_To="<one@mail.example>"
        ),
        "Sent",
    )
    assert read(channel, "sent:Sent").new == 1
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.waiting_since) == ("pending", None)
    assert ticket.messages.latest("id").author_kind == "native_app"


def test_an_answer_arrives_and_its_answer_comes_back(connect, agent, servers, deliver_mail, mail):
    channel = connect()
    deliver_mail(mail(From=f"Jo <{CUSTOMER}>"))
    read(channel)
    sent = answer(channel, agent)
    assert Delivery.objects.get().state == "sent"
    deliver_mail(mail("Thanks!", From=CUSTOMER, Message_ID="<2@x>", In_Reply_To=sent.external_id))
    read(channel)
    assert (Ticket.objects.count(), Message.objects.filter(direction="inbound").count()) == (1, 2)


def test_a_real_bounce_is_shown_at_the_answer(connect, agent, box, deliver_mail, mail):
    channel = connect()
    deliver_mail(mail(From=f"Jo <gone@{DOMAIN}>"))
    read(channel)
    before = count(box)
    answer(channel, agent)
    assert Delivery.objects.get().state == "sent"
    wait_for_more(box, before)
    read(channel)
    delivery = Delivery.objects.get()
    assert (delivery.state, Ticket.objects.count()) == ("failed", 1)
    assert f"gone@{DOMAIN} could not be reached" in delivery.error_text


def test_a_large_file_comes_through(connect, box, mail):
    body = "--b\n\nSee it\n--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
    body += 'Content-Disposition: attachment; filename="big.pdf"\n\n' + "QUJD" * 7_500_000 + "\n--b--"
    box.append(mail(body, Content_Type="multipart/mixed; boundary=b"), "INBOX")
    read(connect())
    assert Message.objects.get().attachments.get().size == 22_500_000


def test_what_is_too_large_is_parked_and_stays_in_the_mailbox(connect, box, mail):
    box.append(mail("x" * 70 + ("\n" + "x" * 70) * 680_000), "INBOX")
    read(connect())
    item = InboundItem.objects.get()
    assert (item.state, item.reason) == ("parked", "The message is larger than 45 MB.")
    assert count(box) == 1


def test_a_wrong_password_pauses_the_channel(connect, box):
    channel = connect({"username": MAILBOX, "password": "wrong"})
    read(channel)
    channel.refresh_from_db()
    assert (channel.state, channel.pause_code) == ("paused", "AuthRevoked")
    with pytest.raises(AuthRevoked):
        channels.check(channel)


def test_a_server_that_is_gone_is_tried_again_later(connect, box):
    channel = connect(imap_port="1")
    assert "cannot be reached" in read(channel).error
    channel.refresh_from_db()
    assert channel.state == "active"
    assert channel.feeds.get().next_poll_at < timezone.now() + timedelta(minutes=15)


def test_a_folder_that_is_not_there_is_named(connect, box):
    assert "no folder of that name" in read(connect(imap_folder="Nowhere"), "Nowhere").error


def test_an_access_token_opens_the_mailbox_and_is_renewed_in_time(connect, tokens, agent, deliver_mail, mail):
    credentials = {"client_id": "parley", "client_secret": "s", "refresh_token": "r"}
    channel = connect(credentials, oauth_token_url=tokens.url)
    deliver_mail(mail(From=CUSTOMER))
    asked = tokens.asked
    assert (read(channel).error, tokens.asked) == ("", asked + 1)
    assert read(channel).error == ""
    answer(Channel.objects.get(), agent)
    # The token still holds: nobody asked for another.
    assert (Delivery.objects.get().state, tokens.asked) == ("sent", asked + 1)


def test_a_mailbox_that_was_disconnected_pauses_the_channel(connect, tokens, box):
    tokens.refuses = True
    try:
        read(connect({"client_id": "parley", "client_secret": "s", "refresh_token": "r"}, oauth_token_url=tokens.url))
    finally:
        tokens.refuses = False
    channel = Channel.objects.get()
    assert (channel.state, channel.pause_code) == ("paused", "AuthRevoked")
    assert "Connect it again" in channel.pause_text


def test_new_mail_rings_at_once(connect, box, deliver_mail, mail):
    rung = threading.Event()
    listener = Listener(account_of(connect()), rung.set)
    listener.start()
    assert rung.wait(20), "it rings when it begins to listen"
    rung.clear()
    deliver_mail(mail())
    assert rung.wait(20)
    listener.stop.set()
    listener.join(20)
    assert not listener.is_alive()


def test_every_mailbox_has_one_listener(connect, servers, box):
    channel = connect()
    cache.delete(f"mailbox-listener:{channel.pk}")
    one, other = LookRound(), LookRound()
    one.look()
    other.look()
    assert (list(one.listeners), list(other.listeners)) == ([channel.pk], [])
    listener = one.listeners[channel.pk]
    channels.pause(channel)
    one.look()
    listener.join(20)
    assert (one.listeners, listener.is_alive()) == ({}, False)
