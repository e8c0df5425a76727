"""From recorded events to stored facts, on the real database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from metrics.models import HandleSession, SlaInstance, TicketFact, WaitInterval
from metrics.services.folding import fold_tickets, sweep
from tests import factories as make
from tests.metrics.recorded import asked, happened, opened, replied
from tickets.models import Ticket
from tickets.services import properties
from tickets.signals import tickets_changed

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_a_new_ticket_gets_its_due_time():
    ticket = opened(ago(5))
    assert fold_tickets([ticket.pk]) == 1
    ticket.refresh_from_db()
    assert (ticket.sla_metric, ticket.sla_state, ticket.sla_due_at) == ("first_response", "ok", ago(-55))
    assert ticket.sla_at_risk_at == ago(-40)
    assert not ticket.needs_fold


def test_what_is_stored_for_a_whole_ticket(agent):
    ticket = opened(ago(300))
    answer = replied(ticket, ago(280), agent)
    asked(ticket, ago(200))
    replied(ticket, ago(190), agent)
    happened(ticket, "work_logged", ago(189), by="agent", actor=agent, until=ago(179).isoformat())
    happened(ticket, "status_changed", ago(180), by="agent", actor=agent, to="solved")
    fold_tickets([ticket.pk])

    fact = TicketFact.objects.get(ticket=ticket)
    assert (fact.first_response_s, fact.effective_resolution_s, fact.handle_s) == (1200, 7200, 600)
    assert (fact.channel, fact.visibility, fact.replies, fact.counts_for_mpr) == (ticket.channel, "public", 2, True)
    first, later = WaitInterval.objects.filter(ticket=ticket).order_by("n")
    assert (first.metric, first.calendar_s, first.answer, first.author) == (
        "first_response",
        1200,
        answer.message,
        agent,
    )
    assert (later.metric, later.calendar_s, later.counts) == ("next_response", 600, True)
    assert set(SlaInstance.objects.filter(ticket=ticket).values_list("metric", "outcome")) == {
        ("first_response", "met"),
        ("next_response", "met"),
        ("resolution", "met"),
    }
    assert HandleSession.objects.get(ticket=ticket).seconds == 600


def stored() -> dict[str, list]:
    tables = {}
    for model in (TicketFact, WaitInterval, SlaInstance, HandleSession):
        columns = [field.attname for field in model._meta.concrete_fields if field.attname not in ("id", "computed_at")]
        tables[model.__name__] = sorted(map(repr, model.objects.values_list(*columns)))
    return tables


def test_folded_at_every_step_equals_folded_once(agent):
    ticket = opened(ago(300))
    steps = [
        lambda: replied(ticket, ago(280), agent),
        lambda: happened(ticket, "status_changed", ago(280), by="agent", to="pending"),
        # Learned of late: it was said before our reply.
        lambda: asked(ticket, ago(290)),
        lambda: asked(ticket, ago(200)),
        lambda: happened(ticket, "status_changed", ago(200), to="open"),
        lambda: happened(ticket, "priority_changed", ago(150), by="agent", to="urgent"),
        lambda: happened(ticket, "status_changed", ago(100), by="agent", to="solved"),
    ]
    for step in steps:
        step()
        fold_tickets([ticket.pk])
    stepwise = stored()
    for model in (WaitInterval, SlaInstance, HandleSession, TicketFact):
        model.objects.all().delete()
    fold_tickets([ticket.pk])
    assert stored() == stepwise


def test_a_message_counts_where_it_is_now(agent):
    source, target = opened(ago(60)), opened(ago(30))
    moved = source.messages.get()
    moved.ticket = target
    moved.save()
    happened(source, "merged_into", ago(20), by="agent", target=target.pk)
    happened(target, "merged_in", ago(20), by="agent", source=source.pk)
    replied(target, ago(10), agent)
    fold_tickets([source.pk, target.pk])
    away = TicketFact.objects.get(ticket=source)
    assert (away.excluded, away.channel) == ("merged", source.channel)
    assert TicketFact.objects.get(ticket=target).first_response_s == 50 * 60


def test_a_late_message_reopens_after_the_solving_that_it_followed(agent):
    ticket = opened(ago(300))
    replied(ticket, ago(280), agent)
    happened(ticket, "status_changed", ago(100), by="agent", to="solved")
    # Said before the solving, learned of after it.
    asked(ticket, ago(102))
    happened(ticket, "status_changed", ago(102), to="open")
    fold_tickets([ticket.pk])
    fact = TicketFact.objects.get(ticket=ticket)
    assert (fact.status, fact.status_since) == ("open", ago(100))
    assert WaitInterval.objects.get(ticket=ticket, ended_by="still_open").started_at == ago(102)
    ticket.refresh_from_db()
    assert (ticket.sla_metric, ticket.sla_due_at) == ("next_response", ago(42))


def test_what_happens_while_a_ticket_is_folded_is_not_lost():
    ticket = opened(ago(5))
    Ticket.objects.filter(pk=ticket.pk).update(version=7)
    fold_tickets([ticket.pk])
    Ticket.objects.filter(pk=ticket.pk).update(version=8, needs_fold=True)
    assert sweep() == 1
    ticket.refresh_from_db()
    assert not ticket.needs_fold


def test_the_sweep_moves_clocks_at_their_time():
    at_risk, late = opened(ago(50)), opened(ago(61))
    for ticket, state, alarm in ((at_risk, "ok", ago(5)), (late, "at_risk", ago(1))):
        fold_tickets([ticket.pk])
        # As they were stored a while ago.
        SlaInstance.objects.filter(ticket=ticket, metric="first_response").update(
            outcome="running", next_alarm_at=alarm
        )
        Ticket.objects.filter(pk=ticket.pk).update(sla_state=state)
    assert sweep() == 2
    assert [Ticket.objects.get(pk=ticket.pk).sla_state for ticket in (at_risk, late)] == ["at_risk", "breached"]
    breached = SlaInstance.objects.get(ticket=late, metric="first_response")
    assert (breached.outcome, breached.breached_at, breached.next_alarm_at) == ("breached", ago(1), None)
    assert sweep() == 0


def test_a_ticket_that_cannot_be_measured_does_not_stop_the_others(caplog):
    broken, sound = opened(ago(5)), opened(ago(5))
    happened(broken, "priority_changed", ago(4), by="agent")
    assert fold_tickets([broken.pk, sound.pk]) == 1
    assert f"Ticket {broken.pk} cannot be measured" in caplog.text
    assert Ticket.objects.get(pk=broken.pk).needs_fold
    assert not Ticket.objects.get(pk=sound.pk).needs_fold


def test_the_number_of_statements_does_not_grow_with_the_tickets(django_assert_max_num_queries, agent):
    tickets = [opened(ago(60 + n)) for n in range(30)]
    for ticket in tickets:
        replied(ticket, ago(50), agent)
    with django_assert_max_num_queries(17):
        fold_tickets([ticket.pk for ticket in tickets])


def test_a_verb_leads_to_a_fold(agent, django_capture_on_commit_callbacks):
    ticket = opened(ago(61))
    with django_capture_on_commit_callbacks(execute=True):
        properties.set_status(ticket.pk, "solved", agent)
    assert TicketFact.objects.get(ticket=ticket).status == "solved"
    outcomes = SlaInstance.objects.filter(ticket=ticket).values_list("metric", "outcome")
    assert dict(outcomes) == {"first_response": "breached", "resolution": "no_reply"}


def test_a_failing_fold_does_not_fail_the_verb(monkeypatch, caplog):
    ticket = opened(ago(5))
    monkeypatch.setattr("metrics.receivers.fold_tickets", lambda numbers: 1 / 0)
    tickets_changed.send(sender=Ticket, numbers=[ticket.pk])
    assert "Measuring failed" in caplog.text
    assert Ticket.objects.get(pk=ticket.pk).needs_fold


def test_shipped_promises_by_channel():
    due = {}
    for kind in ("x", "email", "phone"):
        ticket = opened(datetime(2026, 6, 1, 10, tzinfo=UTC), channel=make.channel(kind), visibility="private")
        fold_tickets([ticket.pk])
        promise = SlaInstance.objects.filter(ticket=ticket, metric="first_response").first()
        due[kind] = promise and (promise.target_s, promise.clock)
    # A message on a phone channel is no call.
    assert due == {"x": (3600, "calendar"), "email": (4 * 3600, "business"), "phone": None}


def test_nothing_is_folded_for_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert fold_tickets([]) == 0
    assert connection.in_atomic_block


def test_what_one_transaction_changed_several_times_is_measured_once(
    agent, django_capture_on_commit_callbacks, monkeypatch
):
    ticket = opened(ago(5))
    measured = []
    monkeypatch.setattr(
        "metrics.receivers.fold_tickets", lambda numbers: measured.append(list(numbers)) or fold_tickets(measured[-1])
    )
    with django_capture_on_commit_callbacks(execute=True):
        properties.assign(ticket.pk, agent, agent)
        properties.set_status(ticket.pk, "pending", agent)
    assert measured == [[ticket.pk], []]
