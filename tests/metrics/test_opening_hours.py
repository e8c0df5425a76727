"""Bad calendars are refused with the field that is wrong."""

import pytest

from metrics.opening_hours import BadHours, parse

GOOD = {"tz": "Europe/Vienna", "weekly": {"mon": [["09:00", "18:00"]]}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": None}, "tz"),
        ({"weekly": {"monday": []}}, "weekly"),
        ({"weekly": {"mon": [["9:00", "18:00"]]}}, "weekly.mon"),
        ({"weekly": {"tue": [["09:00", "24:01"]]}}, "weekly.tue"),
        ({"weekly": {"wed": "09:00-17:00"}}, "weekly.wed"),
        ({"holidays": ["26.10.2026"]}, "holidays"),
        ({"holidays": "2026-10-26"}, "holidays"),
        ({"closures": [{"from": "2026-01-02T12:00", "to": "2026-01-02T12:00"}]}, "closures"),
        ({"extra": [{"from": "2026-01-02T12:00Z", "to": "2026-01-02T13:00Z"}]}, "extra"),
        ({"extra": [{"from": "2026-01-02T12:00"}]}, "extra"),
        ({"holiday": []}, "holiday"),
    ],
)
def test_bad_field_is_named(change, field):
    with pytest.raises(BadHours) as caught:
        parse(GOOD | change)
    assert caught.value.field == field


def test_a_calendar_without_hours_says_so():
    assert parse({"tz": "UTC"}).never_open
    assert not parse(GOOD).never_open
    assert not parse({"tz": "UTC", "extra": [{"from": "2026-01-02T12:00", "to": "2026-01-02T13:00"}]}).never_open
