"""Charts: what is drawn, and what is not."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.charts import HEIGHT, LABEL_STEP, TOP, WIDTH, Series, axis_for, line_chart
from metrics.words import duration, minutes


def series(*values, label="Email", dots=()):
    return Series(label, values, ["said"] * len(values), dots or [[]] * len(values))


def drawn(*given_series, buckets=None):
    count = len(given_series[0].values)
    svg = line_chart("What it says", buckets or [str(n) for n in range(count)], given_series, duration)
    return ElementTree.fromstring(svg)


def tags(svg, tag, css=""):
    return [each for each in svg.iter() if each.tag == tag and css in each.get("class", "")]


def test_a_gap_cuts_the_line():
    svg = drawn(series(60, 120, None, 180, 60, None, 90))
    assert [len(line.get("points").split()) for line in tags(svg, "polyline")] == [2, 2]
    # Every value has its mark, also the one that stands alone.
    assert len(tags(svg, "path", "end")) == 5


def test_cases_stand_in_for_what_is_too_few():
    svg = drawn(series(None, None, dots=[[30, 60, 90], []]))
    assert len(tags(svg, "circle", "case")) == 3
    assert tags(svg, "polyline") == []


def test_a_series_without_anything_is_not_named():
    svg = drawn(series(60), series(None, label="Phone"))
    assert [text.text for text in tags(svg, "text", "lab")] == ["Email"]


def test_names_do_not_touch():
    svg = drawn(*[series(100, 100 + n, label=f"Line {n}") for n in range(5)])
    heights = sorted(float(text.get("y")) for text in tags(svg, "text", "lab"))
    assert all(below - above >= LABEL_STEP - 0.11 for above, below in pairwise(heights))


@pytest.mark.parametrize(
    ("highest", "unit", "names"),
    [
        (45, "s", ["0", "20", "40", "60 s"]),
        (15 * 60, "min", ["0", "5", "10", "15 min"]),
        (100 * 60, "min", ["0", "25", "50", "75", "100 min"]),
        (9 * 3600, "h", ["0", "2.5", "5", "7.5", "10 h"]),
        (12 * 86_400, "d", ["0", "5", "10", "15 d"]),
    ],
)
def test_axis_in_round_steps(highest, unit, names):
    svg = drawn(series(highest, highest))
    texts = [text.text for text in tags(svg, "text") if text.get("text-anchor") == "end"]
    assert axis_for(highest).unit == unit
    assert texts == names


durations = st.one_of(st.none(), st.floats(0, 10**8))


@given(st.lists(st.lists(durations, min_size=3, max_size=3), min_size=1, max_size=7))
def test_everything_lies_on_the_canvas(values):
    svg = drawn(*[series(*each, label=f"Line {n}") for n, each in enumerate(values)])
    for line in tags(svg, "polyline"):
        for x, y in (point.split(",") for point in line.get("points").split()):
            assert 0 <= float(x) <= WIDTH
            assert TOP - 0.1 <= float(y) <= HEIGHT


def test_colours_and_geometry_without_inline_style():
    svg = line_chart("x", ["a"], [series(1)], duration)
    assert not re.search(r"style=|fill=|stroke=", svg)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0, "0s"),
        (42, "42s"),
        (60, "1m"),
        (680, "11m 20s"),
        (25 * 60 + 20, "25m"),
        (4020, "1h 07m"),
        (183_600, "2d 3h"),
    ],
)
def test_durations(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(None, "–"), (90, "1.5"), (5640, "94"), (744_000, "12,400")])
def test_minutes(seconds, words):
    assert minutes(seconds) == words
