"""Whose mail is not taken, and what counts as spam."""

import pytest

from channels_email.parsing import mime
from channels_email.receive import receive
from channels_email.screening import is_blocked, is_named, is_spam
from channels_email.sending import message
from tests.channels_email.conftest import account_at
from tickets.channels.contract import Outbound, Person
from tickets.forms.channel import ChannelForm
from tickets.models import Event, Ticket


@pytest.mark.parametrize(
    ("listed", "named"),
    [
        ("jo@mail.example", True),
        ("a@b.example, JO@mail.example", True),
        ("a.example\n@mail.example\n", True),
        ("mail.example", True),
        ("example", False),
        ("ail.example; o@mail.example", False),
        ("@ ,", False),
        ("", False),
    ],
)
def test_lists_name_addresses_and_domains(listed, named):
    assert is_named("Jo@Mail.Example", listed) is named


@pytest.mark.parametrize(
    ("options", "blocked"),
    [
        ({"blocked": "mail.example"}, True),
        ({"blocked": "mail.example", "allowed": "jo@mail.example"}, False),
        ({"allowed": "other.example"}, False),
    ],
)
def test_whoever_is_allowed_is_not_blocked(options, blocked):
    assert is_blocked("jo@mail.example", account_at(1, **options)) is blocked


@pytest.mark.parametrize(
    ("rule", "header", "spam"),
    [
        ("X-Spam-Flag: YES", "X-Spam-Flag: yes", True),
        ("X-Spam-Flag: YES", "X-Spam-Flag: no", False),
        ("X-Spam-Flag: YES", "X-Other: yes", False),
        ("X-Spam-Score: 5", "X-Spam-Score: 7.1", True),
        ("X-Spam-Score: 5", "X-Spam-Score: 5", True),
        ("X-Spam-Score: 5", "X-Spam-Score: 4.9 (tests=x)", False),
        ("X-Spam-Score: 5", "X-Spam-Score: many", False),
        ("X-Spam-Score: 5", "X-Other: 9", False),
        ("", "X-Spam-Flag: YES", False),
    ],
)
def test_the_mailbox_says_what_marks_spam(rule, header, spam):
    head = mime.head(f"{header}\n\nbody".encode())
    assert is_spam(head, "jo@mail.example", account_at(1, spam_header=rule)) is spam
    assert not is_spam(head, "jo@mail.example", account_at(1, spam_header=rule, allowed="mail.example"))


@pytest.mark.django_db
def test_blocked_mail_is_kept_and_opens_nothing(mailbox, mail):
    assert receive(mailbox, mail()).disposition == "ticket"
    mailbox.options["blocked"] = "mail.example"
    mailbox.save()
    received = receive(mailbox, mail("Again", Message_ID="<two@mail.example>"))
    assert (received.disposition, received.reason) == ("ignored", "blocked_author")
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_spam_needs_nobody_and_can_be_found(mailbox, mail):
    mailbox.options["spam_header"] = "X-Spam-Flag: YES"
    mailbox.save()
    receive(mailbox, mail(X_Spam_Flag="YES"))
    ticket = Ticket.objects.get()
    assert (ticket.excluded, ticket.status, ticket.waiting_since) == ("spam", "solved", None)
    kinds = list(Event.objects.filter(ticket=ticket).order_by("id").values_list("kind", flat=True))
    assert kinds == ["ticket_opened", "status_changed", "spam_marked", "message_in"]
    # More of it in the thread stays there.
    receive(mailbox, mail("More", Message_ID="<2@mail.example>", In_Reply_To="<one@mail.example>"))
    ticket.refresh_from_db()
    assert Ticket.objects.count() == 1 and ticket.status == "solved"


def test_a_signature_stands_below_the_answer():
    outbound = Outbound(1, "private", "Found it.", Person("jo@mail.example"), message_id="<1@x>", subject="Re: x")
    sent = message(account_at(1, signature="Northwind & Co\r\nnorthwind.example"), outbound)
    assert sent.body == "Found it.\n\n-- \nNorthwind & Co\nnorthwind.example"
    assert "Northwind &amp; Co<br>" in sent.alternatives[0][0]
    assert "--" not in message(account_at(1), outbound).body


@pytest.mark.django_db
def test_lists_have_room_on_the_channels_page(mailbox):
    lines = "\n".join(f"spam{n}.example" for n in range(200))
    form = ChannelForm({"name": "Help", "option_blocked": lines}, kind=mailbox.spec, channel=mailbox)
    assert form.is_valid(), form.errors
    assert form.options["blocked"] == lines
    assert form.fields["option_blocked"].widget.attrs["rows"] == 4
