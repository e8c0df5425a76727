"""Answers leave by SMTP: what arrives, and what each refusal means."""

from dataclasses import replace

import pytest

from channels_email import sending
from channels_email.adapter import EmailAdapter
from tests.channels_email.conftest import MAILBOX, account_at
from tickets.channels.contract import Outbound, OutboundFile, Person
from tickets.channels.errors import AuthRevoked, OutcomeUnknown, RecipientGone, Rejected, Throttled, Unavailable

JO = Person("jo@mail.example", name="Jo Doe", handle="Jo@mail.example")
OUTBOUND = Outbound(
    delivery_id=1,
    visibility="private",
    text="We found it.\n\nSee <https://northwind.example/bags?a=1&b=2>",
    recipient=JO,
    in_reply_to="<one@mail.example>",
    references=("<zero@mail.example>",),
    subject="Re: Lost bag",
    to=(JO,),
    cc=(Person("ann@mail.example", name="Ann, Doe"),),
    author_name="Priya Nair",
    message_id="<answer@northwind.example>",
)


def test_what_arrives(smtp):
    sent = EmailAdapter(account_at(smtp.port, sender_name="Northwind Air")).send(OUTBOUND)
    [mail] = smtp.mails
    assert sent.external_ids == ("<answer@northwind.example>",)
    assert mail["From"] == f'"Priya Nair (Northwind Air)" <{MAILBOX}>'
    assert (mail["To"], mail["Cc"]) == ("Jo Doe <Jo@mail.example>", '"Ann, Doe" <ann@mail.example>')
    assert smtp.recipients == [["Jo@mail.example", "ann@mail.example"]]
    assert (mail["Message-ID"], mail["In-Reply-To"]) == ("<answer@northwind.example>", "<one@mail.example>")
    assert mail["References"] == "<zero@mail.example> <one@mail.example>"
    # An agent wrote it: a vacation note may answer.
    assert mail["Auto-Submitted"] is None
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain and plain.get_content().splitlines() == OUTBOUND.text.splitlines()
    assert html and 'href="https://northwind.example/bags?a=1&amp;b=2"' in html.get_content()


def test_answers_go_where_the_sender_wants_them(smtp):
    sending.send(account_at(smtp.port), replace(OUTBOUND, reply_data={"reply_to": "jo@home.example"}, cc=()))
    assert smtp.recipients == [["jo@home.example"]]


def test_names_and_subjects_cannot_add_headers(smtp):
    evil = "x\r\nBcc: eve@evil.example"
    sending.send(
        account_at(smtp.port, sender_name=evil),
        replace(OUTBOUND, subject=evil, author_name=evil, to=(Person("jo@mail.example", name=evil),)),
    )
    assert smtp.mails[0]["Bcc"] is None
    assert smtp.recipients == [["jo@mail.example", "ann@mail.example"]]


def test_files_arrive(smtp):
    file = OutboundFile("größe.pdf", "application/pdf", b"%PDF")
    sending.send(account_at(smtp.port), replace(OUTBOUND, files=(file,)))
    [part] = smtp.mails[0].iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("größe.pdf", b"%PDF")


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("RCPT", "550 5.1.1 No such user", RecipientGone),
        ("RCPT", "450 4.2.0 Greylisted, come back", Throttled),
        ("DATA", "554 5.7.1 Spam", Rejected),
        ("DATA", "451 4.3.0 Try again", Throttled),
        ("DATA", "hang up", OutcomeUnknown),
    ],
)
def test_refusals(smtp, command, answer, error):
    smtp.answers[command] = answer
    with pytest.raises(error) as raised:
        sending.send(account_at(smtp.port), OUTBOUND)
    assert type(raised.value) is error
    if answer != "hang up":
        assert raised.value.code == answer[:3]


def test_a_wrong_password_is_a_matter_for_the_admin(smtp):
    with pytest.raises(AuthRevoked):
        sending.send(account_at(smtp.port, password="wrong"), OUTBOUND)
    assert smtp.mails == []
    sending.send(account_at(smtp.port, password="right"), OUTBOUND)
    assert len(smtp.mails) == 1


def test_check_signs_in(smtp):
    assert EmailAdapter(account_at(smtp.port, password="right")).check().name == MAILBOX
    with pytest.raises(AuthRevoked):
        EmailAdapter(account_at(smtp.port, password="wrong")).check()
    with pytest.raises(Unavailable):
        EmailAdapter(account_at(1)).check()


def test_a_server_without_encryption_is_not_spoken_to_when_it_is_asked_for(smtp):
    with pytest.raises(Rejected, match="STARTTLS"):
        sending.send(account_at(smtp.port, smtp_security="starttls"), OUTBOUND)
    assert smtp.mails == []
