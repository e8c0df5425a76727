"""What the ticket's page shows, to whom, and at what price."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import factories as make
from tickets.models import Call, Delivery, DeliveryAttempt, Ticket, TicketLink
from tickets.services import properties

pytestmark = pytest.mark.django_db

MOST_STATEMENTS = 35
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture
def ticket(channel):
    found = make.ticket(channel=channel, subject="Lost bag")
    make.message(found, "Where is my bag?")
    return found


@pytest.fixture
def text_of(agent, as_):
    def get(ticket, query=""):
        answer = as_(agent).get(reverse("ticket", args=[ticket.pk]) + query)
        assert answer.status_code == 200
        return answer.content.decode()

    return get


def outgoing(ticket, text="We look for it", **delivery):
    message = make.message(ticket, text, direction="outbound")
    now = timezone.now()
    fields = {"due_at": now, "give_up_at": now, "text_key": f"key-{message.pk}"} | delivery
    return Delivery.objects.create(message=message, channel=message.channel, **fields)


# ---- who sees it ----

CHANGES = (
    "reply",
    "ticket-status",
    "ticket-priority",
    "ticket-assignee",
    "ticket-team",
    "ticket-tags",
    "ticket-untag",
    "no-reply-needed",
    "ticket-spam",
    "block-author",
    "answered-outside",
    "log-work",
)


@pytest.mark.parametrize("name", ["ticket", *CHANGES])
def test_a_ticket_of_a_closed_team_does_not_exist_for_others(name, ticket, closed_team, agent, teammate, as_):
    properties.set_team(ticket.pk, closed_team, None)
    address = reverse(name, args=[ticket.pk])
    ask = Client.get if name == "ticket" else Client.post
    assert ask(as_(agent), address).status_code == 404
    assert ask(as_(teammate), address).status_code != 404


@pytest.mark.parametrize("name", CHANGES)
def test_changes_take_a_post_with_its_token(name, ticket, agent):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(agent, "accounts.backends.SessionBackend")
    address = reverse(name, args=[ticket.pk])
    assert browser.get(address).status_code == 405
    assert browser.post(address).status_code == 403


def test_strangers_are_sent_to_the_door(ticket, admin, stranger, as_):
    for who in (None, stranger):
        assert as_(who).get(reverse("ticket", args=[ticket.pk])).url.startswith(reverse("sign-in"))


# ---- what it costs ----


def test_statements_do_not_grow_with_messages(ticket, agent, as_):
    browser = as_(agent)

    def statements():
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("ticket", args=[ticket.pk]))
        return len(queries)

    def more(n):
        for _ in range(n):
            make.message(ticket, "Hello?")
            delivery = outgoing(ticket, state="failed")
            DeliveryAttempt.objects.create(delivery=delivery, started_at=timezone.now())
            properties.add_tags(ticket.pk, [f"tag {delivery.pk}"], agent)

    more(1)
    statements()  # the first request of a process also looks for an admin
    few = statements()
    more(20)
    assert statements() == few <= MOST_STATEMENTS


def test_an_unchanged_ticket_is_not_sent_again(ticket, agent, as_):
    browser, address = as_(agent), reverse("ticket", args=[ticket.pk])
    ask = {"headers": {"X-Requested-With": "fetch"}}
    first = browser.get(address, **ask)
    assert "<html" not in first.content.decode() and "Where is my bag?" in first.content.decode()
    ask["headers"]["If-None-Match"] = first.headers["ETag"]
    assert browser.get(address, **ask).status_code == 304
    ask["headers"]["If-None-Match"] = f"W/{first.headers['ETag']}"  # as a compressed answer's tag comes back
    assert browser.get(address, **ask).status_code == 304
    Ticket.objects.update(sla_due_at=timezone.now(), sla_state="breached")
    assert browser.get(address, **ask).status_code == 200
    properties.set_status(ticket.pk, "pending", agent)
    assert "Status New to Pending" in browser.get(address, **ask).content.decode()


def test_a_long_ticket_shows_its_newest_messages_first(ticket, text_of, monkeypatch):
    monkeypatch.setattr("tickets.timeline.NEWEST", 3)
    for n in range(4):
        make.message(ticket, f"Nudge {n}")
    page = text_of(ticket)
    assert "Where is my bag?" not in page and "Nudge 3" in page and "Show earlier messages" in page
    assert "Where is my bag?" in text_of(ticket, "?all=1")


# ---- what customers and networks write ----


def test_hostile_text_is_only_text(ticket, text_of):
    ticket.subject = ticket.preview = HOSTILE
    ticket.save()
    ticket.requester.name = ticket.requester.handle = HOSTILE
    ticket.requester.save()
    ticket.customer.name = HOSTILE
    ticket.customer.save()
    make.message(ticket, HOSTILE, permalink="javascript:alert(3)", earlier_texts=[{"text": HOSTILE}])
    page = text_of(ticket)
    assert "<script>alert" not in page and "<img src=x" not in page and "javascript:alert" not in page


def test_addresses_in_texts_are_links_that_tell_nothing(ticket, text_of):
    make.message(ticket, "See https://example.com/a?b=1&c=2, or javascript:alert(1)")
    page = text_of(ticket)
    assert 'href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer nofollow ugc" target="_blank"' in page
    assert 'href="javascript' not in page


def test_public_private_and_internal_are_marked(ticket, text_of, agent):
    make.message(ticket, "My code is K7QX2M", visibility="private")
    make.message(ticket, "Mind the tone", direction="note", user=agent)
    page = text_of(ticket)
    assert "Public on Loopback" in page
    assert '<li class="msg is-note"' in page and "Internal note, team only" in page


def test_a_deleted_message_says_so(ticket, text_of):
    make.message(ticket, " ", deleted_at=timezone.now(), deleted_reason="Deleted by the author.")
    assert "Deleted by the author. The text was removed here too." in text_of(ticket)


def test_an_edited_message_keeps_its_earlier_text(ticket, text_of):
    make.message(ticket, "It is blue", earlier_texts=[{"text": "It is red"}], edited_at=timezone.now())
    page = text_of(ticket)
    assert "It is blue" in page and "It is red" in page and "Show the earlier text" in page


def test_a_call_shows_its_times_and_who_took_it(ticket, text_of, agent):
    message = make.message(ticket, "Bag found", visibility="private", user=agent)
    start = timezone.now() - timedelta(hours=1)
    Call.objects.create(
        message=message,
        channel=message.channel,
        external_id="call",
        outcome="answered",
        started_at=start,
        answered_at=start + timedelta(seconds=10),
        ended_at=start + timedelta(seconds=412),
        hold_s=65,
        callback_due_at=start + timedelta(hours=5),
    )
    page = text_of(ticket)
    assert "taken by Priya Nair" in page and "talked 6:42" in page and "on hold 1:05" in page and "call back by" in page


def test_context_of_a_thread_is_shown_as_such(ticket, text_of):
    make.message(ticket, "Fog at Heathrow today", direction="outbound", author_kind="native_app")
    ticket.messages.filter(text="Fog at Heathrow today").update(ticket=None)
    page = text_of(ticket)
    assert "Fog at Heathrow today" in page and "is-context" in page and "Outside the helpdesk" in page


def test_the_post_that_was_answered_is_quoted(ticket, text_of, channel):
    post = make.message(make.ticket(channel=channel), "Fog at Heathrow today")
    make.message(ticket, "And my bag?", in_reply_to=post)
    assert "In answer to" in text_of(ticket) and "Fog at Heathrow today" in text_of(ticket)


def test_several_changes_in_a_row_are_one_line(ticket, text_of, agent):
    properties.assign(ticket.pk, agent, agent)
    properties.set_priority(ticket.pk, "high", agent)
    properties.set_status(ticket.pk, "pending", agent)
    assert "Taken, priority Normal to High, status New to Pending" in text_of(ticket)


# ---- our own messages on their way ----


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        ({"due_at": timezone.now() + timedelta(hours=1)}, ["Goes out in", "Undo"]),
        ({}, ["Being sent"]),
        ({"state": "sending"}, ["Being sent"]),
        ({"attempts": 1, "error_text": "X is busy."}, ["Tried again at", "X is busy."]),
        ({"state": "sent"}, ["Sent"]),
        ({"state": "failed", "error_text": "X refused it."}, ["Not delivered.", "X refused it.", "Retry"]),
        ({"state": "unknown"}, ["May not have been delivered.", "It is there: mark as sent"]),
        ({"state": "unknown", "offered_again_at": timezone.now()}, ["did not show it", "Send again"]),
        ({"state": "withdrawn"}, ["took a reply back before it left"]),
    ],
)
def test_deliveries_in_words(delivery, words, ticket, text_of):
    outgoing(ticket, **delivery)
    page = text_of(ticket)
    assert [word for word in words if word not in page] == []


def test_unknown_is_not_offered_again_before_two_readings(ticket, text_of):
    outgoing(ticket, state="unknown")
    assert "Send again" not in text_of(ticket)


def test_a_reply_of_a_paused_channel_waits_and_says_why(ticket, text_of, channel):
    outgoing(ticket)
    channel.state, channel.pause_text = "paused", "The login ended."
    channel.save()
    page = text_of(ticket)
    assert "Waits:" in page and "The login ended." in page


# ---- the side ----


def test_the_side_shows_who_this_is_and_their_other_tickets(ticket, text_of, channel, closed_team):
    make.identity("loopback", of=ticket.customer, handle="@second-account", followers=48_200)
    make.ticket(channel=channel, requester=ticket.requester, subject="Refund of 3 May", status="solved")
    make.ticket(channel=channel, requester=ticket.requester, subject="Secret matter", team=closed_team)
    page = text_of(ticket)
    assert "@second-account" in page and "48.2K" in page
    assert "Refund of 3 May" in page and "Secret matter" not in page


def test_linked_tickets_are_shown_from_both_ends(ticket, text_of, channel):
    earlier = make.ticket(channel=channel, subject="Bag again")
    TicketLink.objects.create(ticket=ticket, other=earlier, kind="follow_up")
    assert "Bag again" in text_of(ticket) and "Lost bag" in text_of(earlier)
