"""How X reads a text: its weighted length, its links, the names in it, what it makes of `&`."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.x.model import Link

MAX_WEIGHT = 280
LINK_WEIGHT = 23
LIGHT_RANGES = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

_PICTOGRAPH = "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]"
_MODIFIED = f"{_PICTOGRAPH}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?[\U000e0020-\U000e007f]*"
EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3"
    f"|[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
    f"[\U000e0020-\U000e007f]*(?:\u200d{_MODIFIED})*"
)
# Bare domains are links only under well-known endings, as on X.
LINK = re.compile(
    r"(?<![\w@./-])(?:https?://[^\s<>\"]+|(?:[a-z0-9-]+\.)+(?:com|org|net|io|co|dev|app|aero|example)\b(?:/[^\s<>\"]*)?)",
    re.IGNORECASE,
)
MENTION = re.compile(r"(?<![A-Za-z0-9_@＠/])[@＠]([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_@])")
LEADING_MENTIONS = re.compile(r"\s*(?:[@＠][A-Za-z0-9_]{1,15}\s+)*")
HASHTAG = re.compile(r"(?<![\w&/])[#＃](\w*[^\W\d_]\w*)")
_TRAILING = ".,;:!?)]}'\"…"


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def weighted_length(text: str) -> int:
    """X's count: most scripts 1, CJK and emoji 2, any link 23."""
    text = unicodedata.normalize("NFC", text)
    weight = 0
    for pattern, each in ((LINK, LINK_WEIGHT), (EMOJI, 2)):
        text, found = pattern.subn("", text)
        weight += found * each
    light = sum(any(low <= ord(char) <= high for low, high in LIGHT_RANGES) for char in text)
    return weight + 2 * len(text) - light


def cut(text: str, weight: int) -> str:
    """The longest beginning of `text`, in whole words, that weighs at most `weight`."""
    while weighted_length(text) > weight:
        head = text.rstrip().rpartition(" ")[0]
        text = head if head and len(text) - len(head) < 60 else text[:-1]
    return text


def mentioned(text: str) -> list[str]:
    """User names in order of appearance, as typed, without repeats."""
    return list(dict.fromkeys(match[1] for match in MENTION.finditer(text)))


def leading_mentions(text: str) -> list[str]:
    head = LEADING_MENTIONS.match(text)
    return mentioned(head[0]) if head else []


def shorten_links(text: str, make: Callable[[], str]) -> tuple[str, list[Link]]:
    """Replace addresses by t.co ones made by `make`."""
    links: list[Link] = []

    def replace(match: re.Match[str]) -> str:
        address = match[0].rstrip(_TRAILING)
        expanded = address if "://" in address else f"http://{address}"
        display = re.sub(r"^https?://(www\.)?", "", expanded)
        links.append(Link(make(), expanded, display if len(display) <= 30 else display[:27] + "…"))
        return links[-1].url + match[0][len(address) :]

    return LINK.sub(replace, text), links


def _mark(match: re.Match[str], **what: object) -> dict[str, Any]:
    return {"start": match.start(), "end": match.end(), **what}


def _link_marks(text: str, links: Iterable[Link]) -> list[dict[str, Any]]:
    marks = []
    for link in links:
        start = text.find(link.url)
        if start >= 0:
            mark = {"start": start, "end": start + len(link.url), "url": link.url}
            mark |= {"expanded_url": link.expanded, "display_url": link.display}
            marks.append(mark | ({"media_key": link.media_key} if link.media_key else {}))
    return marks


def entities(text: str, links: Iterable[Link], user_ids: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Names, links and hashtags of an escaped text; `start` and `end` count code points.

    `user_ids` maps lower-case user names to ids: a name that nobody has is plain text.
    """
    names = [
        _mark(match, username=match[1], id=str(user_ids[match[1].lower()]))
        for match in MENTION.finditer(text)
        if match[1].lower() in user_ids
    ]
    tags = [_mark(match, tag=match[1]) for match in HASHTAG.finditer(text)]
    found = {"mentions": names, "urls": _link_marks(text, links), "hashtags": tags}
    return {kind: marks for kind, marks in found.items() if marks}
