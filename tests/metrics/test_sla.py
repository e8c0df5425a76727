"""Promises, worked out by hand: what was due when, and how it ended."""

import pytest

from metrics.reading import current_sla
from tests.metrics.telling import (
    COMPLAINT,
    POLICIES,
    answers_call,
    asks,
    at,
    deletes,
    facts_of,
    happens,
    mails,
    misses_call,
    policy,
    read,
    replies,
    rings,
    status,
)

NOW = "2026-06-09T12:00"


def promise(*events, metric="first_response", n=0, now=NOW, policies=POLICIES):
    found = [each for each in read(*events, now=now, policies=policies)["sla"] if each["metric"] == metric]
    return found[n]


def outcome(*events, **which):
    return promise(*events, **which)["outcome"]


# ---- the clocks ----


def test_a_mail_on_friday_evening_is_due_on_monday():
    # 30 minutes are left on Friday (UTC+1), 210 go into Monday (UTC+2).
    due = promise(mails("2026-03-27T16:30"), replies("2026-03-30T07:45", "private"))
    assert due["due_at"] == "2026-03-30T10:30:00Z"
    assert (due["clock"], due["target_s"], due["elapsed_s"]) == ("business", 240 * 60, 75 * 60)
    assert (due["outcome"], due["breached_at"]) == ("met", None)


def test_a_dm_at_night_is_due_within_the_hour():
    due = promise(asks("2026-06-01T00:10", "private"), replies("2026-06-01T02:20", "private"))
    assert (due["outcome"], due["due_at"], due["breached_at"], due["elapsed_s"]) == (
        "breached",
        "2026-06-01T01:10:00Z",
        "2026-06-01T01:10:00Z",
        130 * 60,
    )


def test_the_last_second_is_in_time():
    assert outcome(asks("2026-06-01T10:00:00"), replies("2026-06-01T11:00:00")) == "met"
    assert outcome(asks("2026-06-01T10:00:00"), replies("2026-06-01T11:00:01")) == "breached"


def test_due_at_the_closing_instant_no_more_time_passes_before_the_next_opening():
    # Monday 14:00 to 18:00 in Vienna are the four hours.
    mail = mails("2026-06-01T12:00")
    assert outcome(mail, replies("2026-06-01T20:00", "private")) == "met"
    assert outcome(mail, now="2026-06-02T06:59") == "running"
    late = promise(mail, now="2026-06-02T07:00:01")
    assert (late["outcome"], late["breached_at"]) == ("breached", "2026-06-01T16:00:00Z")


def test_each_wait_has_its_own_promise():
    told = [
        asks("2026-06-01T10:00"),
        replies("2026-06-01T10:30"),
        asks("2026-06-01T11:00", message=2),
        replies("2026-06-01T12:30", message=101),
        asks("2026-06-01T13:00", message=3),
    ]
    assert [outcome(*told, metric="next_response", n=n, now="2026-06-01T13:30") for n in (0, 1)] == [
        "breached",
        "running",
    ]


# ---- how a promise ends ----


@pytest.mark.parametrize(
    ("ending", "in_time", "late"),
    [
        (lambda when: status(when, "solved"), "no_reply", "breached"),
        (lambda when: happens(when, "no_reply_needed", scope="ticket"), "cancelled", "breached"),
        (lambda when: happens(when, "spam_marked"), "cancelled", "breached"),
        (lambda when: happens(when, "merged_into", target=9), "cancelled", "breached"),
        (lambda when: deletes(when), "cancelled", "breached"),
        (lambda when: replies(when, by="native_app"), "met", "breached"),
    ],
    ids=["closed without a word", "no reply needed", "spam", "merged", "deleted", "answered outside"],
)
def test_no_end_undoes_a_breach(ending, in_time, late):
    assert outcome(asks("2026-06-01T10:00"), ending("2026-06-01T10:30")) == in_time
    assert outcome(asks("2026-06-01T10:00"), ending("2026-06-01T11:30")) == late


def test_a_promise_broken_in_a_ticket_that_was_merged_away_stays_broken():
    told = [
        asks("2026-06-01T10:00")._replace(gone=True),
        replies("2026-06-01T11:30")._replace(gone=True),
        happens("2026-06-01T12:00", "merged_into", target=9),
        replies("2026-06-01T13:00", message=101)._replace(gone=True),
    ]
    facts = read(*told, now=NOW)
    assert (facts["excluded"], facts["first_response_s"], facts["replies"]) == ("merged", None, 1)
    assert [each["outcome"] for each in facts["sla"]] == ["breached", "cancelled"]


def test_solving_without_a_word_does_not_meet_the_resolution():
    assert outcome(asks("2026-06-01T10:00"), status("2026-06-01T10:30", "solved"), metric="resolution") == "no_reply"


# ---- what changes on the way ----


def test_late_escalation_is_breached_at_the_change():
    # 9:00 in Vienna, urgent from 10:00 on: due 9:30, which is past.
    told = [
        mails("2026-06-01T07:00"),
        happens("2026-06-01T08:00", "priority_changed", to="urgent"),
        replies("2026-06-01T08:10", "private"),
    ]
    due = promise(*told)
    assert (due["outcome"], due["late_escalation"]) == ("breached", True)
    assert (due["due_at"], due["breached_at"]) == ("2026-06-01T07:30:00Z", "2026-06-01T08:00:00Z")


def test_an_escalation_in_time_counts_from_the_original_start():
    told = [mails("2026-06-01T07:00"), happens("2026-06-01T08:00", "priority_changed", to="high")]
    due = promise(*told, now="2026-06-01T08:30")
    assert (due["due_at"], due["outcome"], due["late_escalation"]) == ("2026-06-01T09:00:00Z", "running", False)


def test_lowering_the_priority_later_does_not_undo_a_breach():
    told = [
        mails("2026-06-01T07:00"),
        happens("2026-06-01T07:05", "priority_changed", to="urgent"),
        happens("2026-06-01T08:00", "priority_changed", to="normal"),
        replies("2026-06-01T08:10", "private"),
    ]
    due = promise(*told)
    assert (due["outcome"], due["breached_at"], due["late_escalation"]) == ("breached", "2026-06-01T07:30:00Z", False)


def test_a_complaint_is_due_sooner():
    told = [asks("2026-06-01T10:00"), happens("2026-06-01T10:10", "tagged", tags=[COMPLAINT])]
    assert promise(*told)["due_at"] == "2026-06-01T10:30:00Z"
    assert promise(*told, happens("2026-06-01T10:15", "untagged", tags=[COMPLAINT]))["due_at"] == "2026-06-01T11:00:00Z"


def test_the_channel_of_the_message_decides_not_that_of_the_ticket():
    told = [
        asks("2026-06-01T07:00"),
        replies("2026-06-01T07:10"),
        mails("2026-06-01T08:00", message=2),
    ]
    due = promise(*told, metric="next_response")
    assert (due["clock"], due["target_s"]) == ("business", 8 * 3600)


def test_a_running_promise_keeps_the_version_it_began_with():
    old = policy(4, {}, {"first_response": {"normal": 60}}, policy=4)
    new = policy(5, {}, {"first_response": {"normal": 10}}, policy=4, valid_from=at("2026-06-01T10:30"))
    told = [asks("2026-06-01T10:00"), happens("2026-06-01T10:35", "priority_changed", to="high")]
    assert promise(*told, policies=[old, new])["due_at"] == "2026-06-01T11:00:00Z"
    assert promise(asks("2026-06-01T10:40"), policies=[old, new])["due_at"] == "2026-06-01T10:50:00Z"


def test_a_disabled_policy_promises_nothing():
    assert read(asks("2026-06-01T10:00"), now=NOW, policies=[policy(4, {}, {}, enabled=False)])["sla"] == []


# ---- calls ----


def test_a_call_is_to_be_answered_in_twenty_seconds():
    told = [rings("2026-06-01T10:00:00"), answers_call("2026-06-01T10:00:12")]
    due = promise(*told)
    assert (due["target_s"], due["clock"], due["outcome"]) == (20, "calendar", "met")
    assert outcome(rings("2026-06-01T10:00:00"), answers_call("2026-06-01T10:00:21")) == "breached"


def test_a_missed_call_is_to_be_called_back_in_two_office_hours():
    # Monday 17:30 in Vienna: half an hour is left, the rest ends on Tuesday at 10:30.
    told = [rings("2026-06-01T15:30:00"), misses_call("2026-06-01T15:30:40")]
    due = promise(*told)
    assert (due["target_s"], due["clock"], due["due_at"]) == (7200, "business", "2026-06-02T08:30:00Z")
    back = [rings("2026-06-02T08:00", direction="outbound", message=2), answers_call("2026-06-02T08:01", message=2)]
    assert outcome(*told, *back) == "met"


# ---- resolution: paused while it is the customer's turn ----

PAUSED = [
    asks("2026-06-01T10:00"),
    replies("2026-06-01T10:30"),
    status("2026-06-01T12:00", "pending"),
]


def test_resolution_stands_still_in_pending():
    due = promise(*PAUSED, metric="resolution", now="2026-06-05T12:00")
    assert (due["outcome"], due["elapsed_s"], due["due_at"]) == ("running", 2 * 3600, None)


def test_resolution_goes_on_with_what_is_left():
    told = [*PAUSED, asks("2026-06-03T12:00", message=2), status("2026-06-03T12:00", "open", by="customer")]
    due = promise(*told, metric="resolution", now="2026-06-03T13:00")
    assert (due["due_at"], due["elapsed_s"]) == ("2026-06-04T10:00:00Z", 3 * 3600)
    assert outcome(*told, status("2026-06-04T10:00", "solved"), metric="resolution") == "met"
    assert outcome(*told, status("2026-06-04T10:01", "solved"), metric="resolution") == "breached"


def test_resolution_runs_on_hold():
    told = [asks("2026-06-01T10:00"), replies("2026-06-01T10:30"), status("2026-06-01T11:00", "on_hold")]
    assert promise(*told, metric="resolution")["due_at"] == "2026-06-02T10:00:00Z"


def test_resolution_resumes_after_a_reopening():
    told = [
        asks("2026-06-01T10:00"),
        replies("2026-06-01T10:30"),
        status("2026-06-01T20:00", "solved"),
        asks("2026-06-03T10:00", message=2),
        status("2026-06-03T10:00", "open", by="customer"),
    ]
    due = promise(*told, metric="resolution", now="2026-06-03T11:00")
    assert (due["elapsed_s"], due["due_at"], due["outcome"]) == (11 * 3600, "2026-06-04T00:00:00Z", "running")


# ---- the clock that the queue shows ----


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-06-01T10:44:59", "ok"),
        ("2026-06-01T10:45", "at_risk"),
        ("2026-06-01T11:00", "at_risk"),
        ("2026-06-01T11:00:01", "breached"),
    ],
)
def test_at_risk_when_a_quarter_is_left(now, state):
    clock = current_sla(facts_of(asks("2026-06-01T10:00")), at(now))
    assert (clock.metric, clock.due_at, clock.state) == ("first_response", at("2026-06-01T11:00"), state)


@pytest.mark.parametrize(
    ("told", "metric", "state", "due"),
    [
        ([asks("2026-06-01T10:00"), replies("2026-06-01T10:30")], "resolution", "ok", "2026-06-02T10:00"),
        (PAUSED, "resolution", "paused", None),
        ([*PAUSED, status("2026-06-01T13:00", "solved")], "resolution", "met", None),
        ([asks("2026-06-01T10:00", channel=99)], "", "none", None),
        ([rings("2026-06-01T10:00"), answers_call("2026-06-01T10:00:10")], "first_response", "met", None),
        ([asks("2026-06-01T10:00"), happens("2026-06-01T10:01", "spam_marked")], "", "none", None),
    ],
    ids=["answered", "pending", "solved", "no policy", "answered call", "spam"],
)
def test_current_clock(told, metric, state, due):
    clock = current_sla(facts_of(*told), at("2026-06-01T14:00"))
    assert (clock.metric, clock.state, clock.due_at) == (metric, state, due and at(due))
