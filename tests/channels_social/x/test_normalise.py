"""What posts and direct messages become: tests/data/x/normalise.json holds payloads beside what is expected."""

import copy
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_social.x.normalise import Us, normalise
from tickets.channels.contract import Ignored, Inbound
from tickets.channels.errors import BadPayload

CASES = json.loads((Path(__file__).parents[2] / "data/x/normalise.json").read_text("utf-8"))
US = Us("1111111111111111111", "exampleuser")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case):
    expected, before = case["expected"], copy.deepcopy(case["payload"])
    if "bad" in expected:
        with pytest.raises(BadPayload, match=expected["bad"]):
            normalise(case["payload"], US)
        return
    result = normalise(case["payload"], US)
    assert normalise(case["payload"], US) == result
    assert case["payload"] == before
    if "ignored" in expected:
        assert isinstance(result, Ignored)
        reach = asdict(result.reach) if result.reach else None
        told = {"external_id": expected["reach_of"], "reach": expected["reach"]} if expected.get("reach_of") else None
        assert (result.reason, reach) == (expected["ignored"], told)
        return
    assert isinstance(result, Inbound)
    assert {name: _shown(result, name) for name in expected} == expected


def _shown(result: Inbound, name: str):
    """A field as the table writes it."""
    value = getattr(result, name)
    if name == "media":
        return [{"kind": one.kind, "url": one.url, "alt_text": one.alt_text} for one in value]
    if name in ("author", "party"):
        return asdict(value) if value else None
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def test_an_account_that_does_not_know_itself_parks_everything():
    with pytest.raises(BadPayload, match="Check the channel"):
        normalise(CASES[0]["payload"], Us("", "exampleuser"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def _paths(value, at=()):
    """The way to every part of a payload."""
    yield at
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _paths(part, (*at, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _paths(part, (*at, number))


@st.composite
def damaged_payloads(draw):
    """A real payload in which one or two parts are replaced by anything."""
    payload = copy.deepcopy(draw(st.sampled_from(CASES))["payload"])
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from([path for path in _paths(payload) if path]))
        parent = payload
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = draw(json_values)
    return payload


@settings(deadline=None, max_examples=300)
@given(damaged_payloads() | st.dictionaries(st.sampled_from(["feed", "item", "includes"]), json_values))
def test_nothing_but_bad_payload_is_ever_raised(payload):
    try:
        result = normalise(payload, US)
    except BadPayload as error:
        assert error.text
    else:
        assert isinstance(result, Inbound | Ignored)
        if isinstance(result, Inbound):
            assert all(one.isdecimal() for one in result.external_ids)
            assert result.occurred_at.tzinfo is not None
            json.dumps(dict(result.reply_data))
