"""Merge and unmerge: nothing is lost on the way there or back."""

import pytest

from tests.loopback import hours_ago
from tickets.models import Message, Ticket
from tickets.services import merging, properties, reply
from tickets.services.errors import Refused
from tickets.services.ingest import translate
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(channel):
    def once():
        poll(channel.feeds.get().pk)
        translate(channel.pk)

    return once


@pytest.fixture
def two(network, read) -> tuple[Ticket, Ticket]:
    """Jo's public question and, an hour later, her private one."""
    network.say("My bag is lost", at=hours_ago(3))
    network.say("It is AB123", private=True, at=hours_ago(2))
    read()
    public, private = Ticket.objects.order_by("opened_at")
    return private, public


def texts(ticket: Ticket) -> list[str]:
    return list(ticket.messages.values_list("text", flat=True))


def test_a_merged_ticket_gives_everything_away_and_closes(two, agent):
    source, target = two
    merging.merge(source.number, target.number, agent)
    source.refresh_from_db()
    target.refresh_from_db()
    assert (source.status, source.excluded, texts(source)) == ("closed", "merged", [])
    assert texts(target) == ["My bag is lost", "It is AB123"]
    assert (target.visibility, target.preview) == ("mixed", "It is AB123")
    assert target.waiting_since == target.messages.earliest("occurred_at").occurred_at


def test_what_comes_later_goes_to_the_target(two, agent, network, read):
    source, target = two
    merging.merge(source.number, target.number, agent)
    network.say("And it is red", private=True)
    read()
    assert Ticket.objects.count() == 2
    assert texts(target)[-1] == "And it is red"


def test_unmerge_sends_back_these_and_later_messages_and_keeps_notes(two, agent, network, read):
    source, target = two
    merging.merge(source.number, target.number, agent)
    network.say("And it is red", private=True)
    read()
    reply.add_note(target.number, agent, "Asked the desk")
    merging.unmerge(source.number, agent)
    source.refresh_from_db()
    target.refresh_from_db()
    assert texts(source) == ["It is AB123", "And it is red"]
    assert texts(target) == ["My bag is lost", "Asked the desk"]
    assert (source.status, source.excluded, source.visibility) == ("new", "", "private")
    assert target.visibility == "public"
    assert source.waiting_since is not None


def test_what_a_closed_team_was_told_stays_there_after_an_undo(two, agent, teammate, closed_team, network, read):
    source, target = two
    merging.merge(source.number, target.number, agent)
    properties.set_team(target.number, closed_team, teammate)
    with pytest.raises(Refused, match="closed team"):
        merging.unmerge(source.number, agent)
    merging.unmerge(source.number, teammate)
    source.refresh_from_db()
    assert source.team is None
    merging.merge(source.number, target.number, teammate)
    network.say("Between us: it is red", private=True)
    read()
    merging.unmerge(source.number, teammate)
    source.refresh_from_db()
    assert (source.team, texts(source)) == (closed_team, ["It is AB123", "Between us: it is red"])


def test_merging_again_after_an_undo(two, agent):
    source, target = two
    for _ in range(2):
        merging.merge(source.number, target.number, agent)
        merging.unmerge(source.number, agent)
    assert Message.objects.filter(ticket=source).count() == 1
    with pytest.raises(Refused, match="not merged"):
        merging.unmerge(source.number, agent)


def test_what_makes_no_sense_is_refused(two, agent):
    source, target = two
    with pytest.raises(Refused, match="itself"):
        merging.merge(source.number, source.number, agent)
    with pytest.raises(Refused, match="no ticket #4711"):
        merging.merge(source.number, 4711, agent)
    properties.set_status(target.number, "closed", agent)
    with pytest.raises(Refused, match="closed"):
        merging.merge(source.number, target.number, agent)
    merging.merge(target.number, source.number, agent)
    with pytest.raises(Refused, match="merged already"):
        merging.merge(target.number, source.number, agent)


def test_who_was_answered_outside_does_not_wait_again(two, agent):
    for ticket in two:
        properties.answered_outside(ticket.number, agent)
    source, target = two
    merging.merge(source.number, target.number, agent)
    target.refresh_from_db()
    assert (target.status, target.waiting_since) == ("pending", None)
