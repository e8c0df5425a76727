"""A text that is too long for one post as a numbered thread of posts, and the text that it was. Pure."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable

# One digit: every number weighs the same.
MOST_PARTS = 9
_NUMBER = re.compile(r"\d/\d$")
# From the best place to cut to the worst; what lies before the cut may end in any of these.
_BREAKS = (re.compile(r"\n\s*\n"), re.compile(r"(?<=[.!?…])\s+"), re.compile(r"\s+"))
_JOINER, _VARIATION = "\u200d", "\ufe0f"


def split(text: str, most: int, count: Callable[[str], int]) -> list[str]:
    """The parts, each with its number ("… 1/3") and at most `most` long as `count` counts.

    Empty where it does not go: more than MOST_PARTS, or no room for a word beside the number. Cuts between paragraphs,
    else sentences, else words.
    """
    pieces: list[tuple[str, str]] = []
    rest = text.strip()
    while rest:
        end, gap = _cut(rest, most, count)
        if not end or len(pieces) == MOST_PARTS:
            return []
        pieces.append((rest[:end].rstrip(), gap))
        rest = rest[end:].lstrip()
    return [f"{piece}{gap}{n}/{len(pieces)}" for n, (piece, gap) in enumerate(pieces, 1)]


def _cut(text: str, most: int, count: Callable[[str], int]) -> tuple[int, str]:
    """How much of the text fits into a part, and what stands between it and the number."""
    longest = "\n\n9/9"
    if count(text + longest) <= most:
        return len(text), " "
    # A link weighs little however long it is.
    window = range(1, min(len(text), 30 * most) + 1)
    end = bisect_right(window, most, key=lambda length: count(text[:length] + longest))
    for breaks in _BREAKS:
        places = [found for found in breaks.finditer(text[: end + 1]) if end // 2 < found.start() <= end]
        if places:
            return places[-1].start(), _gap(places[-1][0])
    return _between_characters(text, end), ""


def _gap(space: str) -> str:
    return "\n" * min(space.count("\n"), 2) or " "


def _between_characters(text: str, end: int) -> int:
    """Never between a letter and its accent, or inside a picture made of several signs."""
    while 0 < end < len(text) and _clings(text[end - 1], text[end]):
        end -= 1
    return end


def _clings(before: str, after: str) -> bool:
    return (
        _JOINER in (before, after)
        or after == _VARIATION
        or bool(unicodedata.combining(after))
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )


def join(parts: Iterable[str]) -> str:
    """What was written before it was split, up to white space at the cuts."""
    return "".join(_NUMBER.sub("", part) for part in parts).strip()
