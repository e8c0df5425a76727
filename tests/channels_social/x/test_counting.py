"""X's own conformance cases, and the emoji of today."""

from pathlib import Path

import emoji
import pytest
import yaml

from channels_social.x.counting import weighted_length
from channels_social.x.links import find_links

CASES = yaml.safe_load((Path(__file__).parents[2] / "data/x/validate.yml").read_text("utf-8"))["tests"]
# They state the rules before emoji sequences were counted as one picture.
OLDER_RULES = {
    "Count a mix of single byte single word, and double word unicode characters",
    "Count unicode emoji chars outside the basic multilingual plane with skin tone modifiers",
}
SECTIONS = [
    "WeightedTweetsCounterTest",
    "WeightedTweetsWithDiscountedEmojiCounterTest",
    "UnicodeDirectionalMarkerCounterTest",
]
NEWER_EMOJI = {"🧑‍🩰": "16.0", "🫱🏽‍🫲🏿": "14.0", "🫩": "16.0", "🐦‍🔥": "15.1", "🇨🇶": "16.0", "🫆": "16.0"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(case["text"], case["expected"]["weightedLength"], id=f"{section}: {case['description'][:60]}")
        for section in SECTIONS
        for case in CASES[section]
        if section != "WeightedTweetsCounterTest" or case["description"] not in OLDER_RULES
    ],
)
def test_conformance(text, expected):
    assert weighted_length(text) == expected


@pytest.mark.parametrize("sequence", NEWER_EMOJI)
def test_newer_emoji_count_two(sequence):
    assert weighted_length(f"a{sequence}b") == 4


def test_every_qualified_emoji_counts_two():
    qualified = [one for one, data in emoji.EMOJI_DATA.items() if data["status"] == emoji.STATUS["fully_qualified"]]
    assert len(qualified) > 3700
    assert [one for one in qualified if weighted_length(one) != 2] == []


@pytest.mark.parametrize(("text", "length"), [("©", 1), ("©️", 2), ("1", 1), ("1️⃣", 2), ("#", 1), ("", 0)])
def test_signs_are_text_until_they_are_pictures(text, length):
    assert weighted_length(text) == length


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see northwind.com/claims.", ["northwind.com/claims"]),
        ("ask help@northwind.com", []),
        ("no seats.The flight at 9", []),
        ("(https://northwind.aero/a_(b)?c=d)", ["https://northwind.aero/a_(b)?c=d"]),
        ("これはhttps://例え.jp/道です", ["https://例え.jp/"]),
        ("@northwind.com #northwind.com", []),
        ("http://unknown.notatld and v1.2.3", []),
        ("twitter.com日本語example.org", ["twitter.com", "example.org"]),
        ("co.za a.co.za", ["co.za", "a.co.za"]),
    ],
)
def test_links(text, links):
    assert [text[start:end] for start, end in find_links(text)] == links


@pytest.mark.parametrize(
    "piece",
    ["a", "故", "a.", "故.", "a.com ", "👨‍👩‍👧‍👦", "(a", "#故", "http://", "a_b.", "é.みんな ", "https://a.com/?"],
)
def test_a_very_long_text_is_counted(piece):
    count = 50_000 // len(piece)
    assert weighted_length(piece * count) >= count
