"""The demo's past is history like any other: every line fits the import, and its measures come out of it."""

import json
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from helpdesk.demo import past
from metrics.history.lines import read
from metrics.models import TicketFact
from tickets import states
from tickets.models import Channel, Ticket

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 11, 18, 14, tzinfo=UTC)


def where(agent):
    return past.Where("@northwindair", "support@northwind.example", "+442079460812", [agent.email])


def test_every_story_is_a_line_of_history_and_over(agent):
    lines = list(past.stories(where(agent), WEDNESDAY))
    assert len(lines) > 300
    for story in lines:
        checked = read(json.dumps(story))
        assert checked["events"][-1]["at"] < timezone.now()
        assert [e["to"] for e in story["events"] if e["type"] == "status"][-1] in (states.SOLVED, states.CLOSED)


def test_the_same_moment_tells_the_same(agent):
    assert list(past.stories(where(agent), WEDNESDAY)) == list(past.stories(where(agent), WEDNESDAY))


def test_told_once_and_measured(agent, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(past, "DAYS", 2)
    for kind, address in (("x", "@northwindair"), ("email", "support@northwind.example"), ("phone", "+442079460812")):
        Channel.objects.create(kind=kind, address=address, name=address)
    with django_capture_on_commit_callbacks(execute=True):
        past.tell(where(agent))
    told = Ticket.objects.count()
    past.tell(where(agent))
    assert Ticket.objects.count() == told
    assert TicketFact.objects.filter(first_reply_at__isnull=False, effective_resolved_at__isnull=False).count() == told
