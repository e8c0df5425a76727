"""At risk and breached, raised once at their instant; and what a ticket shows about its clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from metrics.models import SlaInstance
from metrics.services import folding
from metrics.services.folding import fold_tickets, rebuild, sweep
from tests.metrics.recorded import asked, happened, opened, replied
from tickets.models import Event
from tickets.signals import clocks_moved

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def alarms(ticket):
    found = Event.objects.filter(ticket=ticket, kind__startswith="sla_").order_by("occurred_at", "kind")
    return [(event.kind, event.data["metric"], event.occurred_at) for event in found]


@pytest.fixture
def at(monkeypatch):
    """The fold's clock, moved."""

    def move(minutes: float) -> None:
        monkeypatch.setattr(folding.time, "time", ago(minutes).timestamp)

    return move


def test_the_worker_raises_each_alarm_at_its_instant_and_once(at):
    ticket = opened(ago(100))
    at(99)
    fold_tickets([ticket.pk])
    assert alarms(ticket) == []
    at(54)  # noticed a minute late
    assert sweep() == 1
    assert alarms(ticket) == [("sla_at_risk", "first_response", ago(55))]
    at(39)
    sweep()
    sweep()
    rebuild()
    assert alarms(ticket) == [
        ("sla_at_risk", "first_response", ago(55)),
        ("sla_breached", "first_response", ago(40)),
    ]


def test_a_breach_that_ended_before_anybody_looked_is_raised_all_the_same(agent):
    ticket = opened(ago(100))
    replied(ticket, ago(10), agent)
    fold_tickets([ticket.pk])
    assert alarms(ticket) == [("sla_breached", "first_response", ago(40))]


def test_what_was_over_long_ago_alarms_nobody(agent):
    ticket = opened(ago(5000))
    replied(ticket, ago(4000), agent)
    happened(ticket, "status_changed", ago(3999), by="agent", to="solved")
    fold_tickets([ticket.pk])
    assert SlaInstance.objects.get(ticket=ticket, metric="first_response").outcome == "breached"
    assert alarms(ticket) == []


def test_an_alarm_stays_when_a_late_event_corrects_the_past(agent):
    ticket = opened(ago(100))
    fold_tickets([ticket.pk])
    replied(ticket, ago(90), agent)  # learned of now
    fold_tickets([ticket.pk])
    assert SlaInstance.objects.get(ticket=ticket, metric="first_response").outcome == "met"
    assert alarms(ticket) == [("sla_breached", "first_response", ago(40))]


def test_a_stricter_target_breaks_at_the_change():
    ticket = opened(ago(30))
    happened(ticket, "priority_changed", ago(5), by="agent", to="urgent")
    fold_tickets([ticket.pk])
    assert alarms(ticket) == [("sla_breached", "first_response", ago(5))]
    assert Event.objects.get(kind="sla_breached").data["late_escalation"] is True


def test_every_wait_has_its_own_alarm(agent):
    ticket = opened(ago(400))
    replied(ticket, ago(300), agent)
    asked(ticket, ago(200))
    fold_tickets([ticket.pk])
    assert alarms(ticket) == [
        ("sla_breached", "first_response", ago(340)),
        ("sla_breached", "next_response", ago(140)),
    ]


def test_open_pages_hear_of_a_clock_that_ran_out(at):
    heard = []

    def listen(sender, numbers, **kwargs):
        heard.append(numbers)

    clocks_moved.connect(listen)
    ticket = opened(ago(100))
    at(99)
    fold_tickets([ticket.pk])
    assert heard == []
    at(50)
    sweep()
    assert heard == [[ticket.pk]]
    clocks_moved.disconnect(listen)


def test_the_ticket_shows_every_clock_with_its_pauses(as_, agent):
    noon = datetime(2026, 6, 3, 12, tzinfo=UTC)
    ticket = opened(noon)
    replied(ticket, noon + timedelta(minutes=20), agent)
    happened(ticket, "status_changed", noon + timedelta(minutes=20), by="agent", to="pending")
    happened(ticket, "status_changed", noon + timedelta(minutes=88), to="open")
    html = " ".join(as_(agent).get(f"/tickets/{ticket.pk}/").content.decode().split())
    assert "met in 20m of 1h 00m" in html  # times in London, an hour ahead
    assert "paused 3 Jun 13:20 – 3 Jun 14:28" in html
    assert "Social networks, calendar hours" in html


def test_a_ticket_whose_clocks_cannot_be_worked_out_is_still_shown(as_, agent, caplog):
    ticket = opened(ago(5))
    happened(ticket, "priority_changed", ago(4), by="agent")
    assert as_(agent).get(f"/tickets/{ticket.pk}/").status_code == 200
    assert f"Ticket {ticket.pk} cannot be measured" in caplog.text
