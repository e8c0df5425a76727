"""Business time against vectors that other programs agreed on, and against a second, slow way to count."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.calendars import AroundTheClock, BusinessTime, Changing

DATA = Path(__file__).parent.parent / "data" / "metrics"
VECTORS = json.loads((DATA / "business_hours.json").read_text())
OTHERS = [json.loads(line) for line in (DATA / "business_time.jsonl").read_text().splitlines()]


def instant(text: str, zone: str = "UTC") -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp())


def calendar(name: str) -> BusinessTime:
    return BusinessTime.from_data(VECTORS["calendars"][name])


@pytest.mark.parametrize("case", VECTORS["elapsed"], ids=lambda case: case["id"])
def test_elapsed_vector(case):
    hours = calendar(case["calendar"])
    assert hours.elapsed(instant(case["start"]), instant(case["end"])) == case["expected_seconds"]


@pytest.mark.parametrize("case", VECTORS["deadline"], ids=lambda case: case["id"])
def test_deadline_vector(case):
    due = calendar(case["calendar"]).deadline(instant(case["start"]), case["target_minutes"] * 60)
    expected = case["expected_deadline"]
    assert due == (None if expected is None else instant(expected))


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case["id"])
def test_other_programs_vector(case):
    zone = case["timezone"]
    hours = BusinessTime.from_data({"tz": zone, "weekly": case["hours"], "holidays": case["holidays"]})
    start = instant(case["start"], zone)
    if "add_seconds" in case:
        assert hours.deadline(start, case["add_seconds"]) == instant(case["expected_at"], zone)
    else:
        assert hours.elapsed(start, instant(case["end"], zone)) == case["expected_seconds"]


instants = st.integers(instant("2024-01-01T00:00Z"), instant("2028-01-01T00:00Z"))
names = st.sampled_from([name for name in VECTORS["calendars"] if name != "never_open"])


@given(names, instants, st.integers(0, 40 * 86_400))
def test_never_more_than_calendar_time_and_additive(name, start, length):
    hours, middle, end = calendar(name), start + length // 3, start + length
    whole = hours.elapsed(start, end)
    assert 0 <= whole <= AroundTheClock().elapsed(start, end)
    assert hours.elapsed(start, middle) + hours.elapsed(middle, end) == whole


@given(names, instants, st.integers(1, 10 * 3600))
def test_deadline_is_the_first_instant_with_enough_time(name, start, seconds):
    hours = calendar(name)
    due = hours.deadline(start, seconds)
    assert hours.elapsed(start, due) == seconds
    assert hours.elapsed(start, due - 1) == seconds - 1


def test_years_asked_for_in_any_order_give_the_same():
    near, far = instant("2026-03-02T10:00Z"), instant("2019-03-04T10:00Z")
    hours = calendar("vienna_0918")
    late_first = hours.elapsed(near, near + 86_400), hours.elapsed(far, far + 86_400)
    fresh = calendar("vienna_0918")
    assert late_first == (fresh.elapsed(near, near + 86_400), fresh.elapsed(far, far + 86_400)) == (32_400, 32_400)


def test_each_stretch_is_measured_with_the_version_valid_in_it():
    short = BusinessTime.from_data({"tz": "UTC", "weekly": {"tue": [["09:00", "10:00"]]}})
    long = BusinessTime.from_data({"tz": "UTC", "weekly": {"tue": [["09:00", "17:00"]]}})
    noon = instant("2026-06-02T12:00Z")  # a Tuesday
    clock = Changing([(noon, long), (None, short)])
    morning, evening = instant("2026-06-02T08:00Z"), instant("2026-06-02T20:00Z")
    assert clock.elapsed(morning, evening) == 3600 + 5 * 3600
    assert clock.deadline(morning, 3600) == instant("2026-06-02T10:00Z")
    assert clock.deadline(morning, 2 * 3600) == instant("2026-06-02T13:00Z")


def test_a_year_of_minutes_agrees_with_counting_them_one_by_one():
    """Lord Howe's half-hour change, a night shift and a lunch break, minute by minute."""
    data = {
        "tz": "Australia/Lord_Howe",
        "weekly": {"sat": [["21:30", "03:15"]], "sun": [["09:00", "12:00"], ["13:00", "24:00"]]},
    }
    zone, hours = ZoneInfo(data["tz"]), BusinessTime.from_data(data)
    start, counted = datetime(2026, 3, 28, tzinfo=UTC), 0
    for minute in range(14 * 24 * 60):
        local = (start + timedelta(minutes=minute)).astimezone(zone)
        clock = local.hour * 60 + local.minute
        if local.weekday() == 5:
            counted += clock >= 21 * 60 + 30
        elif local.weekday() == 6:
            # The second pass through 01:30 to 02:00 belongs to the shift as well: it is elapsed time inside it.
            counted += clock < 3 * 60 + 15 or 9 * 60 <= clock < 12 * 60 or clock >= 13 * 60
    begin = int(start.timestamp())
    assert hours.elapsed(begin, begin + 14 * 86_400) == counted * 60
