"""The contact form of a web site opens ordinary tickets."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from channels_email.receive import receive
from channels_email.views import MOST_OF_ONE
from tests import factories as make
from tickets.models import InboundItem, Message, Ticket

pytestmark = pytest.mark.django_db
SITE = "https://www.northwind.example"


@pytest.fixture
def address(mailbox, admin):
    cache.clear()
    mailbox.options["contact_sites"] = f"{SITE}, http://localhost:8080"
    mailbox.save()
    return reverse("contact-form", args=[mailbox.pk])


def filled(n=1, **fields):
    said = {"name": "Jo Doe", "email": "jo@mail.example", "subject": "Lost bag", "text": "Where is it?\nThanks"}
    return said | {"id": f"0b8f6f0e-5e43-4d2a-9d4e-{n:012}"} | fields


def test_the_form_stands_only_in_the_sites_named(address, as_):
    page = as_(None).get(address)
    assert page.status_code == 200 and "X-Frame-Options" not in page and not page.cookies
    assert page["Content-Security-Policy"].endswith(f"frame-ancestors {SITE} http://localhost:8080")
    script = as_(None).get(reverse("contact-script", args=address.split("/")[2:3]))
    assert script["Content-Type"].startswith("text/javascript") and b"iframe" in script.content


def test_a_message_opens_a_ticket_whose_writer_nobody_proved(address, mailbox, agent, as_):
    page = as_(None).post(address, filled())
    assert page.status_code == 200 and "Your message is with us" in page.content.decode()
    message = Message.objects.get()
    assert (message.ticket.subject, message.text.strip()) == ("Lost bag", "Where is it?\nThanks")
    assert message.identity.external_id == "jo@mail.example" and message.identity.name == "Jo Doe"
    assert message.author_unproven and InboundItem.objects.get().raw
    assert "not verified" in as_(agent).get(message.ticket.get_absolute_url()).content.decode()
    # The same form once more is the same mail.
    as_(None).post(address, filled())
    assert Message.objects.count() == 1


def test_nobody_slips_into_somebody_elses_ticket(address, mailbox, mail, as_):
    mailbox.options["acknowledgement"] = "We have it."
    mailbox.save()
    first = receive(mailbox, mail("Where is my bag?"))
    as_(None).post(address, filled(subject="Re: Lost bag"))
    forwarded = "---------- Forwarded message ---------\nFrom: Al <al@mail.example>\nDate: x\nSubject: y\nTo: z\n\nHi"
    as_(None).post(address, filled(2, email="colleague@northwind.example", subject="Fwd: y", text=forwarded))
    mine = Message.objects.filter(author_unproven=True).order_by("id")
    assert first.ticket not in [message.ticket_id for message in mine]
    assert [message.identity.external_id for message in mine] == ["jo@mail.example", "colleague@northwind.example"]
    # Whoever's address it is did not ask for mail.
    assert Message.objects.filter(author_kind="automation", ticket__in=[one.ticket_id for one in mine]).count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "x"},
        {"email": "HELP@northwind.example"},
        {"text": " "},
        {"name": ""},
        {"text": "x" * 20_001},
        {"id": "1"},
    ],
)
def test_what_is_missing_is_said_and_nothing_lost(address, fields, as_):
    page = as_(None).post(address, filled(**fields))
    assert page.status_code == 422 and not InboundItem.objects.exists()
    assert 'value="Lost bag"' in page.content.decode()


def test_fields_cannot_add_headers(address, as_):
    as_(None).post(address, filled(subject="A\r\nBcc: x@y.example", name='"Jo"\r\nTo: x@y.example'))
    message = Message.objects.get()
    assert message.subject == "A Bcc: x@y.example" and [one["address"] for one in message.to] != ["x@y.example"]


def test_programs_that_fill_in_everything_leave_nothing(address, as_):
    page = as_(None).post(address, filled(website="https://spam.example"))
    assert "Your message is with us" in page.content.decode() and not InboundItem.objects.exists()


def test_one_sender_gets_tired(address, as_):
    for n in range(MOST_OF_ONE):
        assert as_(None).post(address, filled(n)).status_code == 200
    page = as_(None).post(address, filled(99))
    assert page.status_code == 429 and "Try again in ten minutes" in page.content.decode()
    assert Ticket.objects.count() == MOST_OF_ONE


def test_mailboxes_without_sites_have_no_form(mailbox, admin, as_):
    other = make.channel("x")
    for pk in (mailbox.pk, other.pk, 0):
        assert as_(None).get(reverse("contact-form", args=[pk])).status_code == 404
        assert as_(None).get(reverse("contact-script", args=[pk])).status_code == 404
