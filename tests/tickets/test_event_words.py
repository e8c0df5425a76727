"""Every kind of event has words, or is shown by the message that it is about."""

import re
from pathlib import Path

import pytest

from tests import factories as make
from tickets.event_words import SHOWN_ELSEWHERE, Names, names_for, words_for
from tickets.models import Event, Tag
from tickets.services import properties

pytestmark = pytest.mark.django_db


def documented_kinds() -> set[str]:
    lines = Path("docs/events.md").read_text().splitlines()
    cells = [line.split("|")[1] for line in lines[lines.index("Order: (`occurred_at`, `id`).") :] if "|" in line]
    return {kind for cell in cells for kind in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize("kind", sorted(documented_kinds()))
def test_every_documented_kind(kind, channel):
    event = Event(ticket=make.ticket(channel=channel), kind=kind, actor_kind="system", data={"after_answer": True})
    words = words_for(event, Names())
    assert (words is None) == (kind in SHOWN_ELSEWHERE)
    assert words is None or words.text


def test_an_unknown_kind_has_no_line(channel):
    assert words_for(Event(ticket=make.ticket(channel=channel), kind="from_the_future"), Names()) is None


def test_names_come_in_three_statements(channel, agent, open_team, django_assert_num_queries):
    ticket = make.ticket(channel=channel)
    properties.assign(ticket.pk, agent, None)
    properties.set_team(ticket.pk, open_team, agent)
    properties.add_tags(ticket.pk, ["a", "b"], agent)
    Tag.objects.filter(name="b").delete()
    events = list(Event.objects.filter(ticket=ticket))
    with django_assert_num_queries(3):
        names = names_for(events)
    texts = [words_for(event, names).text for event in events]
    assert texts == ["Assigned to Priya Nair", "Handed to the team Support", "Tag a, a removed tag added"]
