"""The week that has already happened: read from the sandbox, from its mails and its calls, and worked by the agents."""

import re
from datetime import timedelta
from itertools import cycle
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from channels_email.receive import receive
from helpdesk.demo import stories
from tickets import states
from tickets.channels.contract import Person
from tickets.models import Channel, Ticket
from tickets.services import properties
from tickets.services.call_tickets import CallLog
from tickets.services.calls import log_call
from tickets.services.ingest import translate
from tickets.services.poll import poll

# Older stories are over; what is younger is today's work.
TODAY = timedelta(hours=4)
TAGS = {
    "baggage": r"bag|suitcase|luggage|koffer|maleta|gepäck",
    "refund": r"refund|charge|money|voucher|erstattung",
    "delay": r"delay|late|missed|cancel|verspät",
    "seating": r"\bseat",
    "wheelchair": r"wheelchair",
}
PRIORITIES = {
    "urgent": r"wheelchair|unaccompanied|fever|tonight|baby",
    "high": r"third time|complaint|regulation|hours",
}
SPAM = r"cheap flights|even cheaper|90% off|follow us now"


def read_network(channel: Channel) -> None:
    """Every feed once, and everything that came with it."""
    for feed in channel.feeds.order_by("name"):
        poll(feed.pk)
    translate(channel.pk)


def read_mails(channel: Channel) -> None:
    for raw in stories.mails(channel.address, settings.ORGANISATION):
        receive(channel, raw)


def take_calls(channel: Channel, agents: list[User]) -> None:
    for call, agent in zip(stories.calls(), cycle(agents), strict=False):
        answered = call.started + timedelta(seconds=14) if call.outcome == "answered" else None
        log_call(
            channel,
            agent,
            CallLog(
                external_id=str(uuid5(NAMESPACE_URL, call.key)),
                caller=Person(call.number, name=call.name, handle=call.number),
                direction=call.direction,
                outcome=call.outcome,
                started_at=call.started,
                answered_at=answered,
                ended_at=(answered or call.started) + timedelta(seconds=call.seconds),
                notes=call.notes,
            ),
        )


@transaction.atomic  # so that each ticket is measured once
def work(agents: list[User]) -> None:
    """What the agents did with it: what it is about, whose it is, and what is done."""
    for ticket, agent in zip(Ticket.objects.order_by("opened_at"), cycle(agents), strict=False):
        words = " ".join(ticket.messages.values_list("text", flat=True)).lower()
        properties.add_tags(ticket.number, [tag for tag, pattern in TAGS.items() if re.search(pattern, words)], agent)
        priority = next((name for name, pattern in PRIORITIES.items() if re.search(pattern, words)), "normal")
        properties.set_priority(ticket.number, priority, agent)
        if re.search(SPAM, words):
            properties.mark_spam(ticket.number, agent)
        elif ticket.status not in (states.SOLVED, states.CLOSED):
            _close_what_is_over(ticket, agent)


def _close_what_is_over(ticket: Ticket, agent: User) -> None:
    """Whoever waited longer than today was answered in the network itself, as before there was a helpdesk."""
    newest = ticket.messages.latest("occurred_at")
    answered = ticket.messages.filter(direction="outbound").exists()
    if timezone.now() - newest.occurred_at > TODAY:
        at = newest.occurred_at + timedelta(minutes=7 + ticket.number % 67)
        properties.assign(ticket.number, agent, agent, at=at)
        if ticket.waiting_since:
            properties.answered_outside(ticket.number, agent, at=at)
        properties.set_status(ticket.number, states.SOLVED, agent, at=at + timedelta(minutes=ticket.number % 11))
    elif answered:
        properties.assign(ticket.number, agent, agent, at=newest.occurred_at)
