"""VIP and do-not-contact."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests import factories as make
from tickets.models import CustomerEvent, Delivery, Message
from tickets.queries import ALL, queue
from tickets.services import customers, reply
from tickets.services.compose import options_for
from tickets.services.errors import Refused

pytestmark = pytest.mark.django_db
ALONE = "does not want to be contacted"


@pytest.fixture
def mark(as_, agent):
    def post(customer, name, on="1", by=agent):
        return as_(by).post(reverse("mark-customer", args=[customer.pk]), {"mark": name, "on": on}, follow=True)

    return post


def test_a_vip_shows_in_the_queue_and_the_ticket_and_can_be_filtered(ticket, mark, agent, as_):
    make.ticket(channel=ticket.channel)
    mark(ticket.customer, "is_vip")
    assert list(queue(agent, ALL, {"customer": ["vip"]})) == [ticket]
    pages = [as_(agent).get(page).content.decode() for page in ("/?customer=vip", ticket.get_absolute_url())]
    assert all(">VIP<" in page for page in pages)
    mark(ticket.customer, "is_vip", on="")
    assert not queue(agent, ALL, {"customer": ["vip"]}).exists()
    assert [event.data["to"] for event in CustomerEvent.objects.all()] == [True, False]


def test_nothing_goes_out_to_whom_it_was_forbidden(ticket, mark, agent, as_, answer):
    mark(ticket.customer, "do_not_contact")
    with pytest.raises(Refused, match=ALONE):
        answer()
    assert not Delivery.objects.exists()
    assert all(ALONE in way.reason and not way.allowed for way in options_for(ticket))
    assert ALONE in as_(agent).get(ticket.get_absolute_url()).content.decode()
    reply.add_note(ticket.pk, agent, "They called to say so")
    mark(ticket.customer, "do_not_contact", on="")
    assert answer().direction == Message.Direction.OUTBOUND


def test_what_failed_is_not_sent_again(ticket, mark, agent, answer):
    delivery = answer().delivery
    Delivery.objects.update(state=Delivery.State.FAILED)
    mark(ticket.customer, "do_not_contact")
    with pytest.raises(Refused, match=ALONE):
        reply.retry(delivery.pk, agent)


def test_we_do_not_write_first(mark, agent, as_):
    mailbox = make.channel("email", address="help@brand.example")
    mark(make.identity("email", external_id="jo@mail.example").customer, "do_not_contact")
    fields = {"way": f"{mailbox.pk}-address", "address": "Jo@mail.example", "subject": "News", "text": "Hello"}
    assert ALONE in as_(agent).post(reverse("new-ticket"), fields).content.decode()
    assert not Message.objects.exists()


def test_a_mark_that_there_is_not_is_refused_with_words(ticket, mark):
    assert "There is no mark" in mark(ticket.customer, "note").content.decode()
    assert not CustomerEvent.objects.exists()


def test_setting_it_twice_is_recorded_once_and_nobody_changes_the_record(ticket, agent):
    for _ in range(2):
        customers.set_mark(ticket.customer, customers.VIP, True, agent)
    event = CustomerEvent.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()


def test_a_customer_of_a_closed_team_is_marked_by_those_who_see_them(ticket, mark, agent, teammate, closed_team):
    ticket.team = closed_team
    ticket.save()
    assert mark(ticket.customer, "is_vip").status_code == 404
    assert mark(ticket.customer, "is_vip", by=teammate).status_code == 200
