"""The length of a text as X counts it: twitter-text configuration v3 (weights), with the emoji of today's Unicode."""

import re
import unicodedata

import emoji

from channels_social.x.links import find_links

MAX_POST = 280
MAX_DIRECT_MESSAGE = 10_000
LINK_WEIGHT = 23
EMOJI_WEIGHT = 2

# Letters of most alphabets and general punctuation weigh one; everything else (CJK, symbols) two.
_LIGHT = re.compile("[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")


def weighted_length(text: str) -> int:
    """How many of the 280 characters of a post `text` takes: links 23, an emoji sequence 2, CJK 2, others 1."""
    text = unicodedata.normalize("NFC", text)
    total, position = 0, 0
    for start, end in find_links(text):
        total += _plain_weight(text[position:start]) + LINK_WEIGHT
        position = end
    return total + _plain_weight(text[position:])


def _plain_weight(text: str) -> int:
    # A lone sign such as © or 1 is text as long as no variation selector makes it a picture.
    pictures, rest = 0, text
    if not text.isascii():
        pieces, position = [], 0
        for match in emoji.emoji_list(text):
            start, end = match["match_start"], match["match_end"]
            if end - start > 1 or not _LIGHT.match(text[start]):
                pieces.append(text[position:start])
                pictures, position = pictures + 1, end
        rest = "".join(pieces) + text[position:]
    return EMOJI_WEIGHT * pictures + 2 * len(rest) - len(_LIGHT.findall(rest))
