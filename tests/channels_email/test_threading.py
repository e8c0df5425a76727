"""How an answer finds its ticket when it names no known Message-ID."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from channels_email.receive import receive
from channels_email.threading import answered_by_address, answered_subject, reply_address
from tests.channels_email.conftest import MAILBOX, account_at
from tickets.models import Message, Ticket
from tickets.services import deliver, properties
from tickets.services.ingest.threads import SUBJECT_HOLDS
from tickets.services.reply import send_reply

ID = "<0b8f6f0e-5e43-4d2a-9d4e-7c9a3c1f2b11@northwind.example>"
OTHER = "<1b8f6f0e-5e43-4d2a-9d4e-7c9a3c1f2b11@northwind.example>"


def test_a_signed_address_names_its_message_whatever_the_case():
    account = account_at(1)
    address = reply_address(account, ID)
    local, domain = address.split("@")
    assert domain == "northwind.example" and local.startswith("help+") and len(local) <= 64
    assert answered_by_address(account, address) == answered_by_address(account, address.upper()) == ID


@pytest.mark.parametrize(
    "forge",
    [
        lambda address: MAILBOX,
        lambda address: "help+x@northwind.example",
        lambda address: address.replace("help+", "help+a", 1),
        lambda address: address[:5] + reply_address(account_at(1), OTHER)[5:31] + address[31:],
        lambda address: address.replace("northwind", "southwind"),
        lambda address: "help+" + "9" * 39 + "@northwind.example",
        lambda address: "",
    ],
)
def test_a_made_up_address_names_nothing(forge):
    account = account_at(1)
    assert answered_by_address(account, forge(reply_address(account, ID))) == ""


def test_where_there_is_no_room_the_mailbox_stays():
    account = account_at(1)
    account.address = "a" * 40 + "@northwind.example"
    assert reply_address(account, ID) == account.address
    assert reply_address(account_at(1), "<no-uuid@x>") == MAILBOX


@pytest.mark.parametrize(
    ("subject", "answered"),
    [("Re: Lost  Bag", "lost bag"), ("AW: Re[2]: Lost bag", "lost bag"), ("Lost bag", ""), ("Re:", ""), ("", "")],
)
def test_the_subject_that_a_reply_repeats(subject, answered):
    assert answered_subject(subject) == answered


@pytest.fixture
def answer(mailbox, agent, mail, settings):
    """What we wrote on Jo's question, as it left."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.UNDO_SECONDS = 0
    mailbox.options["reply_address"] = "signed"
    mailbox.save()
    receive(mailbox, mail())
    ticket = Ticket.objects.get()
    message = send_reply(
        ticket.number,
        agent,
        channel_id=mailbox.pk,
        visibility="private",
        answers=ticket.messages.get().pk,
        text="We found it.",
        seen=properties.newest_event_id(ticket),
    )
    assert deliver.deliver(message.delivery.pk) == "sent"
    return outbox.outbox[0]


def later(mail, **fields):
    return mail("Thanks", Message_ID="<two@mail.example>", **{"Subject": "Something new"} | fields)


@pytest.mark.django_db
def test_an_answer_to_the_signed_address_joins_its_ticket(answer, mailbox, mail):
    (address,) = answer.reply_to
    assert address != MAILBOX
    received = receive(mailbox, later(mail, To=f"Help <{address}>, friend@mail.example"))
    assert received.disposition == "reply" and Ticket.objects.count() == 1
    message = Message.objects.latest("id")
    # Answering everybody does not write to ourselves.
    assert [one["address"] for one in message.to] == [MAILBOX, "friend@mail.example"]


@pytest.mark.django_db
def test_a_forged_address_opens_a_ticket(answer, mailbox, mail):
    forged = answer.reply_to[0].replace("help+", "help+b", 1)
    assert receive(mailbox, later(mail, To=forged)).disposition == "ticket"


@pytest.mark.django_db
def test_a_reply_that_repeats_only_the_subject_joins_what_the_same_person_wrote(mailbox, mail):
    first = receive(mailbox, mail())
    assert receive(mailbox, later(mail, Subject="Re: LOST bag")).ticket == first.ticket


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"Subject": "Lost bag"},  # no reply: a new question
        {"Subject": "Re: Lost bag", "From": "Al <al@mail.example>"},
        {"Subject": "Re: Lost bag, too"},
    ],
)
def test_a_subject_alone_joins_nothing_else(mailbox, mail, fields):
    first = receive(mailbox, mail())
    second = receive(mailbox, later(mail, **fields))
    assert second.disposition == "ticket" and second.ticket != first.ticket


@pytest.mark.django_db
def test_a_subject_is_forgotten_in_time(mailbox, mail):
    receive(mailbox, mail())
    Message.objects.update(occurred_at=timezone.now() - SUBJECT_HOLDS - timedelta(minutes=1))
    assert receive(mailbox, later(mail, Subject="Re: Lost bag")).disposition == "ticket"
