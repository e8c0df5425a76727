"""The sanitised HTML of a message as its frame shows it: what was newly written first, the rest folded."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import unquote

from django.urls import reverse

from tickets.models import Attachment, Message

# The sanitiser writes attributes in double quotes, so that a tag ends at the first ">" outside of them.
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^<>\"]|\"[^\"]*\")*)>")
_PICTURE = re.compile(r"<img(?:[^<>\"]|\"[^\"]*\")*>")
_SOURCE = re.compile(r"\ssrc=\"([^\"]*)\"")
_REMOTE = re.compile(r"<img(?:[^<>\"]|\"[^\"]*\")*?\ssrc=\"https?:", re.I)
_QUOTE = re.compile(r"<blockquote|<(?:div|span) class=\"")
# What plain text cannot show.
_FORMATTING = re.compile(
    r"<(?:a|b|big|center|del|em|font|h[1-6]|hr|i|img|ins|mark|ol|pre|s|small|strike|strong|sub|sup|table|u|ul)[\s>]"
)
_VOID = {"br", "col", "hr", "img"}
_CHARACTER = re.compile(r"&[^&;\s]{1,31};|.", re.S)
_NOT_A_WORD = re.compile(r"[\W_]+")
# So many letters at its beginning and end tell where the new text stands.
_ENOUGH = 60


def says_more(html: str) -> bool:
    """Is there formatting before the first quotation? The text alone is as good elsewhere."""
    quote = _QUOTE.search(html)
    return bool(_FORMATTING.search(html, 0, quote.start() if quote else len(html)))


def has_remote_pictures(html: str) -> bool:
    return bool(_REMOTE.search(html))


@dataclass(frozen=True)
class Formatted:
    """HTML, each part whole by itself: what is quoted before the new text, the new text, and all that follows it."""

    before: str
    written: str
    after: str


def formatted(message: Message, attachments: Iterable[Attachment], *, remote: bool) -> Formatted:
    """`remote`: pictures are fetched from where the sender keeps them; else only those that came with the mail."""
    own = {
        file.content_id.strip("<>"): reverse("attachment", args=[file.pk])
        for file in attachments
        if file.content_id and file.is_picture
    }
    parts = _folded(message.html, message.visible_text)
    return Formatted(*(_with_pictures(part, own, remote) for part in parts))


def shown_inside(html: str, attachment: Attachment) -> bool:
    """A picture that stands in the text need not be shown below it again."""
    name = attachment.content_id.strip("<>")
    return attachment.is_picture and bool(name) and f'src="cid:{escape(name)}"' in html


def _with_pictures(html: str, own: dict[str, str], remote: bool) -> str:
    def shown(match: re.Match[str]) -> str:
        source = _SOURCE.search(match[0])
        address = unescape(source[1]) if source else ""
        if address.lower().startswith("cid:"):
            address = own.get(unquote(address[4:]), "")
        elif not (remote and address.lower().startswith(("https:", "http:"))):
            address = ""
        return _SOURCE.sub(lambda _: f' src="{escape(address)}"', match[0], count=1) if address else ""

    return _PICTURE.sub(shown, html)


def _folded(html: str, written: str) -> tuple[str, str, str]:
    words = _letters(written)
    stream = list(_text(html))
    letters = "".join(letters for _, letters in stream)
    begins = letters.find(words[:_ENOUGH])
    ends = letters.find(words[-_ENOUGH:], max(begins, 0))
    if not words or ends < 0:
        return "", html, ""
    end = _place(html, stream, ends + len(words[-_ENOUGH:]), after=True)
    start = _place(html, stream, begins, after=False) if begins > 0 else 0
    if "<blockquote" not in html[:start]:
        start = 0
    before, written_, after = _cut(html, start, end)
    return before, written_, after if _letters(_TAG.sub(" ", after)) or "<img" in after else ""


def _letters(text: str) -> str:
    return _NOT_A_WORD.sub("", text).casefold()


def _text(html: str) -> Iterator[tuple[int, str]]:
    """(where it begins, its letters) of each run of text."""
    at = 0
    for tag in _TAG.finditer(html):
        if tag.start() > at:
            yield at, _letters(unescape(html[at : tag.start()]))
        at = tag.end()
    yield at, _letters(unescape(html[at:]))


def _place(html: str, stream: list[tuple[int, str]], wanted: int, *, after: bool) -> int:
    """Where in the HTML the letter number `wanted` begins, or the one before it ends with its punctuation."""
    ends = []
    total = 0
    for _, letters in stream:
        total += len(letters)
        ends.append(total)
    run = bisect_left(ends, wanted if after else wanted + 1)
    begin, letters = stream[run]
    left = wanted - (ends[run] - len(letters))
    next_tag = _TAG.search(html, begin)
    stop = next_tag.start() if next_tag else len(html)
    for character in _CHARACTER.finditer(html, begin, stop):
        size = len(_letters(unescape(character[0])))
        if left <= 0 and size:
            return character.start()
        left -= size
    return stop


def _cut(html: str, start: int, end: int) -> tuple[str, str, str]:
    """Three parts; what is open at a cut is closed before it and opened again after it."""
    first, second = _open_at(html, start), _open_at(html, end)
    return (
        html[:start] + _closing(first),
        "".join(first) + html[start:end] + _closing(second),
        "".join(second) + html[end:],
    )


def _open_at(html: str, end: int) -> list[str]:
    stack: list[str] = []
    for tag in _TAG.finditer(html, 0, end):
        if tag[2] in _VOID:
            continue
        if not tag[1]:
            stack.append(tag[0])
        elif stack:
            stack.pop()
    return stack


def _closing(stack: list[str]) -> str:
    return "".join(f"</{name[2]}>" for tag in reversed(stack) if (name := _TAG.match(tag)))
