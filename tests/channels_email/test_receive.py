"""From a raw mail to the right ticket, with what became of it said outside."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from channels_email.receive import receive
from tests.channels_email.conftest import MAILBOX
from tickets.models import Attachment, Delivery, Event, Identity, InboundItem, Message, Ticket
from tickets.services import deliver, properties
from tickets.services.reply import send_reply

pytestmark = pytest.mark.django_db
BOUNCE = """--b

It did not arrive.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b
Content-Type: message/rfc822

Message-ID: {id}
Subject: x

body
--b--
"""


@pytest.fixture
def answered(mailbox, agent, mail, settings):
    """An answer that has left: its message."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.UNDO_SECONDS = 0

    def answer(text: str = "We found it.") -> Message:
        ticket = Ticket.objects.get()
        question = ticket.messages.filter(direction="inbound").latest("id")
        seen = properties.newest_event_id(ticket)
        message = send_reply(
            ticket.number,
            agent,
            channel_id=mailbox.pk,
            visibility="private",
            answers=question.pk,
            text=text,
            seen=seen,
            then_status="solved",
        )
        assert deliver.deliver(message.delivery.pk) == "sent"
        message.refresh_from_db()
        return message

    receive(mailbox, mail())
    return answer


def test_a_mail_opens_a_ticket(mailbox, mail):
    raw = mail("Where is it?\n\n-- \nJo", Cc="Ann <ann@mail.example>")
    told = receive(mailbox, raw)
    ticket = Ticket.objects.get()
    message = ticket.messages.get()
    assert (told.disposition, told.ticket, told.message) == ("ticket", ticket.number, message.pk)
    assert (ticket.subject, ticket.requester.external_id, ticket.visibility) == (
        "Lost bag",
        "jo@mail.example",
        "private",
    )
    assert (message.visible_text, message.cc) == ("Where is it?", [{"name": "Ann", "address": "ann@mail.example"}])
    assert bytes(InboundItem.objects.get().raw) == raw


def test_the_same_mail_again_is_the_same_row(mailbox, mail):
    assert receive(mailbox, mail()) == receive(mailbox, mail())
    assert (Message.objects.count(), Ticket.objects.count()) == (1, 1)


def test_another_mail_with_a_known_id_is_a_copy_that_changes_nothing_said_before(mailbox, mail):
    first = receive(mailbox, mail("I want my money back."))
    copy = receive(mailbox, mail("I love you.", From="Eve <eve@evil.example>"))
    assert (copy.ticket, Message.objects.count(), Ticket.objects.count()) == (first.ticket, 2, 1)
    original = Message.objects.get(pk=first.message)
    assert (original.text, original.earlier_texts) == ("I want my money back.\n", [])


@pytest.mark.parametrize("field", ["In-Reply-To", "References"])
def test_an_answer_finds_its_ticket(mailbox, mail, field):
    receive(mailbox, mail())
    told = receive(mailbox, mail("And?", **{"Message-ID": "<two@mail.example>", field: "<one@mail.example>"}))
    assert (told.disposition, told.ticket) == ("reply", Ticket.objects.get().number)


def test_the_same_subject_alone_joins_nobody(mailbox, mail):
    receive(mailbox, mail())
    told = receive(mailbox, mail(Message_ID="<two@x.example>", From="eve@evil.example", Subject="Re: Lost bag"))
    assert (told.disposition, Ticket.objects.count()) == ("ticket", 2)


def test_an_answer_to_our_answer_reopens_its_ticket(mailbox, mail, answered):
    sent = answered()
    told = receive(mailbox, mail("Thanks, but no.", Message_ID="<two@x.example>", In_Reply_To=sent.external_id))
    ticket = Ticket.objects.get()
    assert (told.disposition, ticket.status) == ("reply", "open")


def test_an_answer_goes_to_everybody_but_us(mailbox, mail, agent, answered):
    cc = f"Ann <ann@mail.example>, {MAILBOX}"
    receive(
        mailbox,
        mail("And?", To=f"{MAILBOX}, Bo <bo@mail.example>", Cc=cc, Message_ID="<2@x>", References="<one@mail.example>"),
    )
    assert [one["address"] for one in answered("Both.").cc] == ["bo@mail.example", "ann@mail.example"]


def test_a_cc_who_answers_is_a_third_party(mailbox, mail):
    receive(mailbox, mail(Cc="ann@mail.example"))
    receive(mailbox, mail("Me too", From="ann@mail.example", Message_ID="<2@x>", References="<one@mail.example>"))
    assert Message.objects.latest("id").author_kind == "third_party"
    assert Ticket.objects.get().requester.external_id == "jo@mail.example"


def test_what_a_colleague_forwards_belongs_to_the_customer(mailbox, mail):
    text = (
        "Can you help her?\n\n---------- Forwarded message ---------\nFrom: Jo Doe <jo@mail.example>\n"
        "Date: Mon, 23 Nov 2026 at 9:00\nSubject: Bag\nTo: Ann <ann@northwind.example>\n\nWhere is it?\n"
    )
    receive(mailbox, mail(text, From="Ann <ann@northwind.example>", Subject="Fwd: Bag"))
    message = Message.objects.get()
    assert (message.identity.external_id, message.visible_text) == ("jo@mail.example", "Where is it?")
    assert [one["address"] for one in message.cc] == ["ann@northwind.example"]


def test_what_a_stranger_forwards_is_the_strangers(mailbox, mail):
    text = "---------- Forwarded message ---------\nFrom: Boss <boss@bank.example>\nTo: x@y.example\n\nPay!\n"
    receive(mailbox, mail(text, Subject="Fwd: Pay"))
    assert Message.objects.get().identity.external_id == "jo@mail.example"


def test_our_own_contact_form_asks_for_its_visitor(mailbox, mail):
    receive(mailbox, mail(From=MAILBOX, Reply_To="Jo <jo@mail.example>"))
    assert Ticket.objects.get().requester.external_id == "jo@mail.example"


@pytest.mark.parametrize(
    ("fields", "disposition", "reason"),
    [
        ({"From": MAILBOX}, "ignored", "own_mail"),
        ({"Auto_Submitted": "auto-replied"}, "auto_reply", "automatic"),
        ({"From": None}, "parked", "The message names no sender."),
    ],
)
def test_what_opens_no_ticket(mailbox, mail, fields, disposition, reason):
    told = receive(mailbox, mail(**fields))
    assert (told.disposition, told.reason, Ticket.objects.count()) == (disposition, reason, 0)


def test_an_automatic_answer_in_a_ticket_reopens_nothing(mailbox, mail, answered):
    sent = answered()
    told = receive(
        mailbox, mail("Away", Auto_Submitted="auto-replied", Message_ID="<2@x>", In_Reply_To=sent.external_id)
    )
    assert (told.disposition, Ticket.objects.get().status) == ("auto_reply", "solved")


def test_a_bounce_is_shown_at_what_bounced(mailbox, mail, answered):
    sent = answered()
    body = BOUNCE.format(to="jo@mail.example", id=sent.external_id)
    told = receive(mailbox, bounce_mail(mail, body))
    delivery = Delivery.objects.get()
    assert (told.disposition, told.message, told.ticket) == ("bounce", sent.pk, sent.ticket_id)
    assert (delivery.state, delivery.error_code) == ("failed", "5.1.1")
    assert "jo@mail.example could not be reached. The address does not exist." in delivery.error_text
    assert (Ticket.objects.get().status, Event.objects.filter(kind="reply_failed").count()) == ("open", 1)


@pytest.mark.parametrize(("to", "id_"), [("somebody@else.example", None), ("jo@mail.example", "<unknown@x>")])
def test_a_bounce_about_something_else_changes_nothing(mailbox, mail, answered, to, id_):
    sent = answered()
    told = receive(mailbox, bounce_mail(mail, BOUNCE.format(to=to, id=id_ or sent.external_id)))
    assert (told.disposition, Delivery.objects.get().state) == ("bounce", "sent")


def bounce_mail(mail, body: str) -> bytes:
    return mail(
        body,
        From="MAILER-DAEMON@mx.example",
        Subject="Undelivered Mail Returned to Sender",
        Message_ID="<bounce@mx.example>",
        Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
    )


def test_times_are_those_of_the_nearest_server(mailbox, mail):
    at = timezone.now() - timedelta(hours=3)
    received = f"from mx by here; {at:%a, %d %b %Y %H:%M:%S} +0000"
    receive(mailbox, mail(Received=received, Date="Mon, 1 Jan 1990 00:00:00 +0000"))
    assert abs(Message.objects.get().occurred_at - at) < timedelta(seconds=2)


def test_nobody_wrote_after_we_received_it(mailbox, mail):
    receive(mailbox, mail(Date="Mon, 1 Jan 2085 00:00:00 +0000"))
    assert Message.objects.get().occurred_at <= timezone.now()


def test_files_are_kept(mailbox, mail, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = 'Content-Type: image/png\nContent-Disposition: attachment; filename="../a.png"\n\nPNG'
    body = f"--b\n\nSee it\n--b\n{file}\n--b--"
    receive(mailbox, mail(body, Content_Type="multipart/mixed; boundary=b"))
    kept = Attachment.objects.get()
    assert (kept.filename, kept.size, kept.file.read()) == ("a.png", 3, b"PNG")


def test_blocked_people_are_ignored(mailbox, mail):
    receive(mailbox, mail())
    Identity.objects.update(blocked_at=timezone.now())
    told = receive(mailbox, mail(Message_ID="<2@x>"))
    assert (told.disposition, told.reason) == ("ignored", "blocked_author")


# The commands


@pytest.fixture
def piped(monkeypatch):
    def run(raw: bytes, *args: object) -> tuple[list[dict], int]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        out, code = io.StringIO(), 0
        try:
            call_command("receive_email", *args, stdout=out, stderr=io.StringIO())
        except SystemExit as ended:
            code = int(ended.code or 0)
        return [json.loads(line) for line in out.getvalue().splitlines()], code

    return run


def test_an_mta_pipes_mail_in(mailbox, mail, piped):
    [told], code = piped(mail(), "--channel", mailbox.pk)
    ticket = Ticket.objects.get()
    assert code == 0
    assert told == {"disposition": "ticket", "ticket": ticket.number, "message": ticket.messages.get().pk, "reason": ""}


def test_files_come_in_too(mailbox, mail, piped, tmp_path):
    for n in range(2):
        (tmp_path / f"{n}.eml").write_bytes(mail(Message_ID=f"<{n}@x>"))
    told, code = piped(b"", "--channel", mailbox.pk, *sorted(map(str, tmp_path.iterdir())))
    assert ([one["disposition"] for one in told], code) == (["ticket", "ticket"], 0)


def test_nonsense_is_stored_and_parked(mailbox, piped):
    [told], code = piped(b"\x00\xff nonsense", "--channel", mailbox.pk)
    assert (told["disposition"], code, InboundItem.objects.count()) == ("parked", 0, 1)


def test_nothing_stored_asks_the_mta_to_try_again(db, mail, piped):
    assert piped(mail(), "--channel", 4711) == ([], 75)


def test_parse_email_stores_nothing(db, mail, tmp_path):
    (tmp_path / "a.eml").write_bytes(mail())
    out = io.StringIO()
    call_command("parse_email", str(tmp_path / "a.eml"), stdout=out)
    assert json.loads(out.getvalue())["subject"] == "Lost bag"
    assert not InboundItem.objects.exists()
