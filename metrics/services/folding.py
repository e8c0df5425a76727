"""Folds tickets and stores what comes out. Safe to run twice, at once, and after a crash."""

import logging
import multiprocessing
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

import django
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from metrics.alarms import Alarm, alarms
from metrics.facts import Facts, fold
from metrics.fold.events import Event
from metrics.models import HandleSession, SlaInstance, TicketFact, WaitInterval
from metrics.policies import Rules
from metrics.queries.events import events_of
from metrics.queries.rules import load_rules
from metrics.reading import current_sla, moment, moment_or_none, promised_until
from metrics.services import rows
from tickets.models import Event as Recorded
from tickets.models import Ticket
from tickets.services.sla import RaisedAlarm, SlaUpdate, raise_alarms, set_sla
from tickets.signals import clocks_moved

logger = logging.getLogger(__name__)

BATCH = 200
# Keeps these advisory locks apart from those that others may take.
_LOCK_SPACE = 7301


def fold_tickets(numbers: Iterable[int]) -> int:
    """Measure tickets anew, whole, from their events. Returns how many; one that cannot be measured is logged and
    keeps its mark."""
    wanted = sorted(set(numbers))
    rules = load_rules() if wanted else None
    return sum(_fold_batch(wanted[start : start + BATCH], rules) for start in range(0, len(wanted), BATCH) if rules)


@transaction.atomic
def _fold_batch(numbers: list[int], rules: Rules) -> int:
    _lock(numbers)
    # Before the events: what is recorded meanwhile leaves the version behind, and the ticket is measured again.
    known = Ticket.objects.filter(number__in=numbers).values_list("number", "version", "fact")
    versions = {number: version for number, version, _fact in known}
    measured_before = [number for number, _version, fact in known if fact is not None]
    facts = {
        number: found for number, events in events_of(numbers).items() if (found := _folded(number, events, rules))
    }
    now = int(time.time())
    _store(facts, measured_before, now)
    set_sla(_update(number, versions[number], found, now) for number, found in facts.items() if number in versions)
    raise_alarms(_raised(number, alarm) for number, found in facts.items() for alarm in alarms(found, now))
    return len(facts)


def _lock(numbers: list[int]) -> None:
    """Whoever folds a ticket later has seen more: two at once must not store in the wrong order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, number) FROM (SELECT unnest(%s::int[]) AS number ORDER BY 1) AS tickets",
            [_LOCK_SPACE, numbers],
        )


def _folded(number: int, events: list[Event], rules: Rules) -> Facts | None:
    try:
        return fold(events, rules)
    except Exception:
        logger.exception("Ticket %s cannot be measured", number)
        return None


def _store(facts: dict[int, Facts], measured_before: list[int], now: int) -> None:
    TicketFact.objects.bulk_create(
        [rows.fact(number, found, now) for number, found in facts.items()],
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=rows.FACT_COLUMNS,
    )
    stale = [number for number in measured_before if number in facts]
    for model in (WaitInterval, SlaInstance, HandleSession) if stale else ():
        model._base_manager.filter(ticket__in=stale).delete()
    each = facts.items()
    WaitInterval.objects.bulk_create(row for number, found in each for row in rows.waits(number, found))
    SlaInstance.objects.bulk_create(row for number, found in each for row in rows.promises(number, found, now))
    HandleSession.objects.bulk_create(row for number, found in each for row in rows.sessions(number, found))


def _update(number: int, version: int, facts: Facts, now: int) -> SlaUpdate:
    clock = current_sla(facts, now)
    return SlaUpdate(
        number=number,
        version=version,
        metric=clock.metric,
        due_at=moment_or_none(clock.due_at),
        at_risk_at=moment_or_none(clock.at_risk_at),
        state=clock.state,
        promised_at=moment_or_none(promised_until(facts)),
    )


def _raised(number: int, alarm: Alarm) -> RaisedAlarm:
    instance = alarm.instance
    data = {
        "metric": instance.metric,
        "target_s": instance.target_s,
        "clock": instance.clock,
        "policy": instance.policy,
        "late_escalation": instance.late_escalation,
    }
    return RaisedAlarm(number, alarm.kind, moment(alarm.at), alarm.key, data)


def sweep(limit: int = 1000) -> int:
    """Measure what a lost signal left behind, and what became at risk or breached since. Returns how many tickets.

    Which clocks ran out is asked of the database, so that nothing is forgotten with the broker's memory.
    """
    marked = Ticket.objects.filter(needs_fold=True).order_by("-number").values_list("number", flat=True)
    due = SlaInstance.objects.filter(next_alarm_at__lte=moment(int(time.time()))).order_by("next_alarm_at")
    numbers = [*marked[:limit], *due.values_list("ticket", flat=True)[:limit]]
    measured = fold_tickets(numbers)
    if numbers:
        clocks_moved.send_robust(sender=Ticket, numbers=numbers)
    return measured


def rebuild(processes: int = 1) -> tuple[int, int]:
    """Every ticket anew. Returns how many were measured, and how many have events but could not be.

    Folding is work for a processor: with several `processes` the tickets are shared among them, batch by batch.
    """
    numbers = Ticket.objects.filter(Exists(Recorded.objects.filter(ticket=OuterRef("pk")))).values_list(
        "number", flat=True
    )
    wanted = list(numbers.order_by("number"))
    if processes == 1 or len(wanted) <= BATCH:
        measured = fold_tickets(wanted)
    else:
        batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
        # Spawned, so that no connection is shared with the parent.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context, initializer=django.setup) as pool:
            measured = sum(pool.map(fold_tickets, batches))
    return measured, len(wanted) - measured
