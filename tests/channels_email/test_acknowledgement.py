"""A mailbox says that a question has arrived: to people, not too often, and without counting as an answer."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from channels_email.receive import receive
from tests import factories as make
from tests.channels_email.conftest import MAILBOX
from tickets.models import Event, Message, Ticket
from tickets.services import deliver, standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def acknowledging(mailbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.UNDO_SECONDS = 0
    mailbox.options["acknowledgement"] = "We have it: {number}."
    mailbox.save()


def sent() -> list[Message]:
    automatic = Message.objects.filter(author_kind="automation", direction="outbound")
    for message in automatic.filter(delivery__state="pending"):
        assert deliver.deliver(message.delivery.pk) == "sent"
    return list(automatic)


def test_who_opens_a_ticket_is_told_so(mailbox, mail):
    receive(mailbox, mail())
    (message,) = sent()
    ticket = Ticket.objects.get()
    assert message.text == f"We have it: {ticket.number}."
    (left,) = outbox.outbox
    assert left.to == ["Jo Doe <jo@mail.example>"] and left.subject == "Re: Lost bag"
    assert left.extra_headers["Auto-Submitted"] == "auto-replied"
    assert left.extra_headers["In-Reply-To"] == "<one@mail.example>"


def test_the_customer_waits_as_before(mailbox, mail):
    receive(mailbox, mail())
    waiting = Ticket.objects.get().waiting_since
    assert waiting and sent()
    ticket = Ticket.objects.get()
    assert (ticket.waiting_since, ticket.status) == (waiting, "new")
    assert not standing.was_answered(ticket)
    standing.refresh(ticket)
    assert ticket.waiting_since == waiting
    ours = Event.objects.filter(kind__in=["reply_queued", "reply_sent"])
    assert {event.actor_kind for event in ours} == {"automation"} and len(ours) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto-Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List-Id": "<news.mail.example>"},
        {"From": "noreply@mail.example"},
        {"Return-Path": "<>"},
        {"X-Auto-Response-Suppress": "All"},
        {"X-Spam-Flag": "YES"},
        {"From": MAILBOX, "Reply-To": "jo@mail.example"},
    ],
)
def test_programs_and_lists_get_none(mailbox, mail, fields):
    receive(mailbox, mail(**fields))
    assert Ticket.objects.count() == 1 and sent() == []


def test_spam_old_mail_and_further_messages_get_none(mailbox, mail):
    mailbox.options["spam_header"] = "X-Mark: spam"
    mailbox.save()
    receive(mailbox, mail(X_Mark="spam"))
    old = timezone.now() - timedelta(days=2)
    receive(mailbox, mail(Message_ID="<2@mail.example>", Date=old.strftime("%a, %d %b %Y %H:%M:%S +0000")))
    assert sent() == []
    receive(mailbox, mail(Message_ID="<3@mail.example>"))
    receive(mailbox, mail(Message_ID="<4@mail.example>", In_Reply_To="<3@mail.example>"))
    assert len(sent()) == 1


def test_nobody_gets_more_than_so_many_an_hour(mailbox, mail, settings):
    settings.AUTOMATIC_PER_HOUR = 2
    for n in range(4):
        receive(mailbox, mail(f"Question {n}", Message_ID=f"<{n}@mail.example>"))
    receive(mailbox, mail(Message_ID="<al@mail.example>", From="al@mail.example"))
    assert [message.identity.external_id for message in sent()] == ["jo@mail.example"] * 2 + ["al@mail.example"]
    Message.objects.update(received_at=timezone.now() - timedelta(hours=2))
    receive(mailbox, mail("Later", Message_ID="<later@mail.example>"))
    assert len(sent()) == 4


def test_our_own_mailboxes_do_not_acknowledge_each_other(mailbox, mail):
    make.channel("email", address="Sales@northwind.example")
    receive(mailbox, mail(From="sales@northwind.example"))
    assert Ticket.objects.count() == 1 and sent() == []


def test_off_by_default(mailbox, mail):
    mailbox.options = {}
    mailbox.save()
    receive(mailbox, mail())
    assert sent() == []
