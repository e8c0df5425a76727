"""What holds for every story, however odd."""

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.facts import fold
from metrics.fold.events import Event
from metrics.reading import as_of, current_sla
from tests.metrics.telling import at, rules

START = at("2026-03-26T06:00")
RULES = rules()
CHANNELS = {"customer": [1, 2], "agent": [1, 2]}


def events_of(kind, at_, by, message, visibility, channel, to, data):
    data = {"status_changed": {"to": to}, "priority_changed": {"to": "urgent" if message % 2 else "low"}}.get(
        kind, data
    )
    return Event(START + at_, kind, by, 1, message, 5 if by == "agent" else None, channel, visibility, data)


single = st.builds(
    events_of,
    kind=st.sampled_from(
        ["message_in"] * 3 + ["reply_sent"] * 3 + ["status_changed"] * 3 + ["priority_changed", "message_deleted"]
    ),
    at_=st.integers(0, 6 * 86_400),
    by=st.sampled_from(["customer", "customer", "agent", "agent", "bot", "automation", "third_party"]),
    message=st.integers(1, 6),
    visibility=st.sampled_from(["public", "private"]),
    channel=st.sampled_from([1, 2]),
    to=st.sampled_from(["open", "pending", "on_hold", "solved"]),
    data=st.just({}),
)
# No two in one second: with equal times the order in which they are recorded does decide.
stories = st.lists(single, min_size=1, max_size=14, unique_by=lambda event: event.at)


def folded(events):
    return fold(sorted(events, key=lambda event: event.at), RULES)


@given(stories, st.randoms(use_true_random=False))
def test_the_order_in_which_events_arrive_does_not_matter(events, chance):
    arrived = list(events)
    chance.shuffle(arrived)
    assert folded(arrived) == folded(events)


@given(stories)
def test_business_time_is_never_more_than_calendar_time(events):
    facts = folded(events)
    pairs = [
        (facts.first_response_business_s, facts.first_response_s),
        (facts.effective_resolution_business_s, facts.effective_resolution_s),
        (facts.net_resolution_business_s, facts.net_resolution_s),
        *zip(facts.next_responses_business_s, facts.next_responses_s, strict=True),
    ]
    for business, calendar in pairs:
        assert (business is None) == (calendar is None)
        assert business is None or 0 <= business <= calendar


@given(stories)
def test_the_status_times_add_up(events):
    facts, now = folded(events), START + 7 * 86_400
    read = as_of(facts, now)
    assert read["requester_wait_s"] == read["agent_work_s"] + read["on_hold_s"]
    if facts.is_open and not facts.reopens:
        assert read["requester_wait_s"] + read["agent_wait_s"] == now - facts.opened_at
    if facts.net_resolution_s is not None:
        assert facts.net_resolution_s <= facts.effective_resolution_s <= facts.full_resolution_s


@given(stories)
def test_waits_lie_one_after_another_and_only_answered_ones_are_measured(events):
    facts = folded(events)
    ended = [wait for wait in facts.waits if wait.end is not None]
    assert all(wait.start <= wait.end for wait in ended)
    assert sum(wait.ended_by == "still_open" for wait in facts.waits) <= 1
    answered = sum(wait.answered for wait in facts.waits)
    assert answered == len(facts.next_responses_s) + (facts.first_response_s is not None)
    assert answered <= facts.replies + facts.calls


@given(stories, st.integers(0, 8 * 86_400), st.integers(0, 86_400))
def test_time_alone_never_mends_a_promise(events, later, more):
    facts, now = folded(events), START + later
    order = {"running": 0, "breached": 1}
    for instance in facts.sla:
        before, after = instance.outcome_at(now), instance.outcome_at(now + more)
        assert before == after or order[before] < order[after]
        assert instance.elapsed_at(now + more) >= instance.elapsed_at(now) >= 0
        if instance.outcome == "met":
            assert instance.elapsed_at(now) <= instance.target_s


@given(stories)
def test_a_clock_runs_exactly_while_something_is_due(events):
    clock = current_sla(folded(events), START + 7 * 86_400)
    assert (clock.due_at is not None) == (clock.at_risk_at is not None)
    assert clock.due_at is None or clock.state in ("ok", "at_risk", "breached")


@settings(max_examples=60)
@given(st.integers(0, 3 * 86_400), st.integers(1, 86_400), st.integers(1, 2 * 86_400))
def test_a_pause_never_brings_a_due_time_forward(until_pause, pause, after):
    def told(*statuses):
        return [Event(START, "message_in", "customer", 1, 1, None, 2, "private"), *statuses]

    def change(when, to):
        return Event(when, "status_changed", "agent", 1, data={"to": to})

    paused_at = START + until_pause + 1
    resumed_at = paused_at + pause
    straight = folded(told(change(paused_at, "open")))
    paused = folded(
        told(change(paused_at, "pending"), change(resumed_at, "open"), change(resumed_at + after, "on_hold"))
    )
    due = [[each.due_at for each in facts.sla if each.metric == "resolution"] for facts in (straight, paused)]
    assert due[0][0] <= due[1][0]
