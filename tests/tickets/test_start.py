"""Opening a ticket: we write first, or note something down."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from metrics.models import TicketFact
from metrics.services.folding import fold_tickets
from tests import factories as make
from tickets.models import Delivery, Event, Identity, Message, Ticket
from tickets.queries import VIEWS, queue
from tickets.services import deliver, outcome, properties, reply
from tickets.services.compose import options_for, ways_to_start

pytestmark = pytest.mark.django_db
NEW = reverse("new-ticket")
FIELDS = {"address": "Jo@Mail.Example", "subject": "Your lost bag", "text": "We found it."}


@pytest.fixture
def mailbox(db):
    return make.channel("email", address="help@brand.example")


@pytest.fixture
def begin(as_, agent):
    def post(way, page=NEW, **fields):
        return as_(agent).post(page, FIELDS | {"way": way} | fields)

    return post


def sent(ticket: Ticket, at=None) -> None:
    """The network took it."""
    outcome.accepted(Delivery.objects.get(message__ticket=ticket), external_ids=[], at=at, thread_key="<first@brand>")


def fact_of(ticket: Ticket) -> TicketFact:
    fold_tickets([ticket.pk])
    return TicketFact.objects.get(ticket=ticket)


# ---- by address ----


def test_an_email_opens_a_ticket_that_waits_for_the_customer(begin, mailbox, agent):
    answer = begin(f"{mailbox.pk}-address")

    ticket = Ticket.objects.get()
    assert answer["Location"] == ticket.get_absolute_url()
    assert (ticket.subject, ticket.status, ticket.assignee, ticket.visibility) == (
        "Your lost bag",
        "pending",
        agent,
        "private",
    )
    identity = Identity.objects.get()
    assert (identity.external_id, identity.handle, ticket.requester) == ("jo@mail.example", "Jo@Mail.Example", identity)
    message = Message.objects.get()
    assert (message.text, message.subject, message.in_reply_to) == ("We found it.", "Your lost bag", None)
    kinds = list(Event.objects.order_by("id").values_list("kind", "actor_kind"))
    assert kinds == [(kind, "agent") for kind in ("ticket_opened", "assigned", "reply_queued", "status_changed")]
    assert ticket in queue(agent, VIEWS["waiting"], {})


def test_measures_know_that_we_began(begin, mailbox, agent):
    begin(f"{mailbox.pk}-address")
    ticket = Ticket.objects.get()
    sent(ticket)
    assert Event.objects.get(kind="reply_sent").data["initial"] is True

    fact = fact_of(ticket)
    assert (fact.initiated_by, fact.first_response_s, fact.replies) == ("agent", None, 0)
    assert Ticket.objects.get().sla_due_at is None, "no promise runs before they answer"


def test_their_answer_comes_here_and_ours_to_it_is_an_answer(begin, mailbox, agent):
    begin(f"{mailbox.pk}-address")
    ticket = Ticket.objects.get()
    sent(ticket)
    assert ticket.threads.get().key == "<first@brand>"

    question = make.message(ticket, "Where?", occurred_at=timezone.now() + timedelta(milliseconds=1))
    message = reply.send_reply(
        ticket.pk, agent, channel_id=mailbox.pk, visibility="private", answers=question.pk, text="Here.", seen=10**9
    )
    outcome.accepted(message.delivery, external_ids=[], at=timezone.now())
    newest = Event.objects.filter(kind="reply_sent").latest("id")
    assert "initial" not in newest.data


def test_one_can_write_again_before_they_answer(begin, mailbox, agent):
    begin(f"{mailbox.pk}-address")
    ticket = Ticket.objects.get()
    sent(ticket)
    [way] = options_for(ticket)
    assert (way.allowed, way.recipient) == (True, ticket.requester)
    again = reply.send_reply(
        ticket.pk,
        agent,
        channel_id=mailbox.pk,
        visibility="private",
        answers=way.answers.pk,
        text="It is at the desk.",
        seen=properties.newest_event_id(ticket),
    )
    assert (again.thread, again.subject) == (ticket.threads.get(), "Re: Your lost bag")
    assert [one["address"] for one in again.to] == ["Jo@Mail.Example"] and again.cc == []


def test_a_known_address_is_the_known_person(begin, mailbox):
    known = make.identity("email", external_id="jo@mail.example", handle="jo@mail.example")
    begin(f"{mailbox.pk}-address")
    assert Ticket.objects.get().customer == known.customer


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"address": ""}, "The whole address"),
        ({"address": "jo"}, "The whole address"),
        ({"text": ""}, "Write something first."),
        ({"text": " \x00 "}, "Null characters are not allowed."),
        ({"text": "x" * 20_001}, "at most 20000 characters"),
        ({"subject": "x" * 256}, "at most 255 characters"),
        ({"way": "99-address"}, "Select a valid choice."),
        ({"way": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_sent_is_told_and_kept(begin, mailbox, fields, why):
    answer = begin(**{"way": f"{mailbox.pk}-address"} | fields)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Ticket.objects.exists()


def test_a_paused_account_and_a_blocked_person_are_refused(begin, mailbox):
    make.identity("email", external_id="jo@mail.example", blocked_at=timezone.now())
    assert "is blocked" in begin(f"{mailbox.pk}-address").content.decode()
    type(mailbox).objects.update(state="paused", pause_text="By hand.")
    assert "is paused. By hand." in begin(f"{mailbox.pk}-address").content.decode()
    assert not Ticket.objects.exists()


def test_nobody_writes_from_the_account_of_a_team_they_do_not_see(begin, as_, agent, teammate, closed_team):
    theirs = make.channel("email", team=closed_team)
    assert ways_to_start(agent, None) == []
    assert begin(f"{theirs.pk}-address").status_code == 422
    assert "No account can write first" in as_(agent).get(NEW).content.decode()
    assert [way.channel for way in ways_to_start(teammate, None)] == [theirs]


# ---- a note ----


def test_a_note_opens_a_ticket_and_sends_nothing(begin, mailbox, agent):
    begin(f"{mailbox.pk}-address", note="", subject="")
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.subject, ticket.assignee) == ("open", "We found it.", agent)
    assert Message.objects.get().direction == "note"
    assert not Delivery.objects.exists()
    assert fact_of(ticket).initiated_by == "agent"


# ---- privately, to somebody who wrote before ----


def address_for(identity: Identity) -> str:
    return f"{NEW}?customer={identity.customer_id}"


def test_a_direct_message_goes_where_it_is_allowed(ticket, channel, network, begin, agent):
    who = ticket.requester
    begin(f"{channel.pk}-{who.pk}", address_for(who))

    started = Ticket.objects.exclude(pk=ticket.pk).get()
    assert (started.requester, started.visibility) == (who, "private")
    deliver.deliver(Delivery.objects.get().pk)
    [sent] = network.sent
    assert (sent.visibility, sent.recipient.external_id, sent.text) == ("private", "jo", "We found it.")


def test_their_private_answer_comes_to_the_new_ticket(ticket, channel, network, read, begin):
    begin(f"{channel.pk}-{ticket.requester.pk}", address_for(ticket.requester))
    started = Ticket.objects.exclude(pk=ticket.pk).get()
    network.say("Thank you", private=True)
    read()
    assert [message.text for message in started.messages.filter(direction="inbound")] == ["Thank you"]


def test_who_refuses_is_not_written_to(ticket, channel, begin):
    who = ticket.requester
    who.on_channels.create(channel=channel, private_open=False)
    answer = begin(f"{channel.pk}-{who.pk}", address_for(who))
    assert "They refuse." in answer.content.decode()
    assert Ticket.objects.count() == 1


def test_a_conversation_at_work_is_not_begun_twice(network, read, channel, begin, agent):
    network.say("Psst", private=True)
    read()
    first = Ticket.objects.get()
    way = f"{channel.pk}-{first.requester.pk}"
    answer = begin(way, address_for(first.requester))
    assert f"You talk with them in #{first.pk} already." in answer.content.decode()

    properties.set_status(first.pk, "solved", agent)
    begin(way, address_for(first.requester))
    second = Ticket.objects.exclude(pk=first.pk).get()
    network.say("Thanks", private=True)
    read()
    assert second.messages.filter(text="Thanks").exists()


def test_strangers_to_the_person_are_offered_no_way(ticket, channel, as_, agent, closed_team):
    Ticket.objects.update(team=closed_team)
    assert as_(agent).get(address_for(ticket.requester)).content.decode().count("Loopback") == 0
    assert ways_to_start(agent, ticket.customer) == []


def test_the_pages_lead_there(ticket, as_, agent):
    client = as_(agent)
    assert f'href="{NEW}"' in client.get("/").content.decode()
    assert address_for(ticket.requester) in client.get(reverse("customer", args=[ticket.customer_id])).content.decode()
    assert NEW in client.get(reverse("palette"), {"q": "new"}).content.decode()
