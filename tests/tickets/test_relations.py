"""Splitting a ticket, linking tickets, and sending what failed by another way."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from metrics.services.folding import fold_tickets
from tests import factories as make
from tickets.channels.errors import Rejected
from tickets.models import Delivery, Draft, Event, Message, Ticket, TicketLink
from tickets.services import deliver, files, linking, properties, splitting
from tickets.services.errors import Refused

pytestmark = pytest.mark.django_db


# ---- split ----


@pytest.fixture
def two(network, read, ticket) -> list[Message]:
    """The customer asked for a bag, then for a seat, in one conversation."""
    first = ticket.messages.get()
    network.say("And I want another seat. Please", conversation=first.external_id, replies_to=[first.external_id])
    read()
    assert Ticket.objects.count() == 1
    return list(ticket.messages.order_by("pk"))


def test_chosen_messages_become_a_ticket_with_its_own_story(two, ticket, agent):
    new = splitting.split(ticket.pk, [two[1].pk], agent)
    ticket.refresh_from_db()
    new.refresh_from_db()
    assert [message.pk for message in new.messages.all()] == [two[1].pk]
    assert (new.subject, new.status, new.customer, new.team) == (
        "And I want another seat.",
        "open",
        ticket.customer,
        None,
    )
    assert new.opened_at == new.waiting_since == two[1].occurred_at and new.preview.startswith("And I want")
    assert ticket.preview == "My bag is lost" and ticket.waiting_since == two[0].occurred_at
    assert Event.objects.get(ticket=new, kind="ticket_opened").data["reason"] == "split"
    fold_tickets([ticket.pk, new.pk])
    assert [one.fact.opened_at for one in (ticket, new)] == [said.occurred_at.replace(microsecond=0) for said in two]


def test_what_is_said_next_goes_where_the_newest_message_is(two, ticket, agent, network, read):
    new = splitting.split(ticket.pk, [two[1].pk], agent)
    network.say("By the window", conversation=two[0].external_id, replies_to=[two[1].external_id])
    read()
    assert new.messages.count() == 2 and ticket.messages.count() == 1


def test_an_older_message_goes_alone(two, ticket, agent, network, read):
    new = splitting.split(ticket.pk, [two[0].pk], agent)
    network.say("By the window", conversation=two[0].external_id, replies_to=[two[1].external_id])
    read()
    assert new.messages.count() == 1 and ticket.messages.count() == 2


def test_each_keeps_something_of_the_customer(two, ticket, agent):
    note = make.message(ticket, "Look", direction="note")
    with pytest.raises(Refused, match="at least one message of the customer: the new"):
        splitting.split(ticket.pk, [note.pk], agent)
    with pytest.raises(Refused, match="Leave at least one"):
        splitting.split(ticket.pk, [message.pk for message in two], agent)
    other = make.message(make.ticket(channel=ticket.channel), "Elsewhere")
    with pytest.raises(Refused, match="Choose at least one"):
        splitting.split(ticket.pk, [other.pk], agent)
    assert Ticket.objects.count() == 2


def test_the_page_splits(two, ticket, agent, as_, closed_team):
    browser, address = as_(agent), reverse("ticket-split", args=[ticket.pk])
    assert "And I want another seat" in browser.get(address).content.decode()
    refused = browser.post(address, {})
    assert refused.status_code == 422 and "Choose at least one message." in refused.content.decode()
    answer = browser.post(address, {"messages": [two[1].pk], "subject": "A seat"})
    new = Ticket.objects.latest("pk")
    assert answer.url == new.get_absolute_url() and new.subject == "A seat"
    assert f"#{ticket.pk}" in browser.get(answer.url).content.decode()
    properties.set_team(ticket.pk, closed_team, None)
    assert browser.get(address).status_code == 404


# ---- link ----


def test_linked_tickets_show_each_other_until_unlinked(ticket, agent, as_):
    other = make.ticket(channel=ticket.channel, subject="The same bag")
    browser = as_(agent)
    for _twice in range(2):
        browser.post(reverse("ticket-link", args=[ticket.pk]), {"target": f"#{other.pk}"})
    linking.link(other.pk, ticket.pk, agent)
    assert TicketLink.objects.count() == 1
    assert "The same bag" in browser.get(ticket.get_absolute_url()).content.decode()
    assert f"Unlink #{ticket.pk}" in browser.get(other.get_absolute_url()).content.decode()
    browser.post(reverse("ticket-unlink", args=[other.pk]), {"target": ticket.pk})
    assert not TicketLink.objects.exists()
    assert "No longer linked with" in browser.get(ticket.get_absolute_url()).content.decode()


def test_what_cannot_be_linked_says_why(ticket, agent, as_, closed_team, two):
    hidden = make.ticket(channel=ticket.channel, team=closed_team)
    for target, words in [(hidden.pk, "There is no ticket"), (ticket.pk, "with itself"), ("x", "such as 1234")]:
        page = as_(agent).post(reverse("ticket-link", args=[ticket.pk]), {"target": target}, follow=True)
        assert words in page.content.decode()
    new = splitting.split(ticket.pk, [two[1].pk], agent)
    with pytest.raises(Refused, match="It stays"):
        linking.unlink(ticket.pk, new.pk, agent)


# ---- another way ----


def test_what_failed_goes_by_another_way(ticket, answer, agent, as_, network, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    files.add(ticket.pk, agent, [SimpleUploadedFile("bag.png", b"\x89PNG\r\n\x1a\n")], way="note")
    answer(attachments=files.written(ticket.pk, agent))
    network.fail("send", Rejected("Not in public."))
    delivery = Delivery.objects.get()
    address = reverse("another-way", args=[delivery.pk])
    assert "no other way" in as_(agent).post(address, follow=True).content.decode()
    deliver.deliver(delivery.pk)
    page = as_(agent).post(address, follow=True).content.decode()
    draft = Draft.objects.get()
    assert (draft.text, draft.way) == ("We look for it", f"{delivery.channel_id}-private")
    assert "We look for it</textarea>" in page and "Remove bag.png" in page
    assert delivery.message.attachments.get().file.read() == draft.attachments.get().file.read()


def test_what_somebody_is_writing_is_not_lost_by_it(ticket, answer, agent, as_, network):
    answer()
    network.fail("send", Rejected("Not in public."))
    delivery = Delivery.objects.get()
    deliver.deliver(delivery.pk)
    Draft.objects.create(ticket=ticket, user=agent, way="note", text="Half a thought")
    as_(agent).post(reverse("another-way", args=[delivery.pk]))
    assert Draft.objects.get().text == "Half a thought\n\nWe look for it"
