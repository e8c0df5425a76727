"""What agents promise by hand: kept by the next word that is given after it, broken by its time."""

import pytest

from metrics.fold.sla import BREACHED
from metrics.reading import current_sla, promised_until
from tests.metrics.telling import asks, at, facts_of, happens, queues, replies, status

DUE = "2026-10-20T12:00"


def promises(when: str, due: str | None = DUE):
    return happens(when, "update_promised", due=due and f"{due}:00+00:00")


def updates(*events):
    return [one for one in facts_of(*events).sla if one.metric == "next_update"]


ASKED = (asks("2026-10-20T09:00"), replies("2026-10-20T09:10"), promises("2026-10-20T09:11"))


@pytest.mark.parametrize(
    ("later", "outcome", "end"),
    [
        ((), "running", None),
        ((replies("2026-10-20T11:00", message=101),), "met", "2026-10-20T11:00"),
        ((happens("2026-10-20T11:00", "answered_outside"),), "met", "2026-10-20T11:00"),
        ((replies("2026-10-20T12:00:01", message=101),), BREACHED, "2026-10-20T12:00:01"),
        ((status("2026-10-20T11:30", "solved"),), "no_reply", "2026-10-20T11:30"),
        ((promises("2026-10-20T11:30", None),), "cancelled", "2026-10-20T11:30"),
        # On its way already when the promise was made.
        ((queues("2026-10-20T09:10", 101), replies("2026-10-20T09:12", message=101)), "running", None),
    ],
)
def test_how_a_promise_ends(later, outcome, end):
    (one,) = updates(*ASKED, *later)
    assert (one.outcome, one.end) == (outcome, end and at(end))
    assert (one.start, one.due_at, one.policy) == (at("2026-10-20T09:11"), at(DUE), None)


def test_a_new_promise_takes_the_place_of_the_old_one():
    first, second = updates(*ASKED, promises("2026-10-20T11:00", "2026-10-21T09:00"))
    assert (first.outcome, second.outcome, second.n) == ("cancelled", "running", 2)
    assert second.due_at == at("2026-10-21T09:00")


def test_it_runs_while_we_wait_for_the_customer_and_leads_when_it_is_due_first():
    facts = facts_of(*ASKED, status("2026-10-20T09:12", "pending"))
    clock = current_sla(facts, at("2026-10-20T09:30"))
    assert (clock.metric, clock.due_at, clock.state) == ("next_update", at(DUE), "ok")
    assert current_sla(facts, at("2026-10-20T11:30")).state == "at_risk"
    assert current_sla(facts, at("2026-10-20T12:30")).state == "breached"
    assert promised_until(facts) == at(DUE)
    assert promised_until(facts_of(*ASKED, replies("2026-10-20T11:00", message=101))) is None
