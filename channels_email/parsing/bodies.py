"""Which parts of a message are its text, its HTML and its files."""

import re
from dataclasses import dataclass, field

from channels_email.parsing import limits
from channels_email.parsing.headers import decode_bytes
from channels_email.parsing.html import to_text
from channels_email.parsing.mime import Part

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w.:-]{2,40})", re.I)


@dataclass
class Bodies:
    """`text` and `html` as written (not sanitised); `files` are all other leaves, in order."""

    text: str = ""
    html: str = ""
    files: list[Part] = field(default_factory=list)
    cut: bool = False

    def add_text(self, text: str) -> None:
        self.text, self.cut = _joined(self.text, text, self.cut)

    def add_html(self, html: str) -> None:
        self.html, self.cut = _joined(self.html, html, self.cut)


def _joined(before: str, more: str, cut: bool) -> tuple[str, bool]:
    whole = f"{before}\n{more}" if before else more
    return whole[: limits.MAX_TEXT], cut or len(whole) > limits.MAX_TEXT


def read_bodies(root: Part) -> Bodies:
    bodies = Bodies()
    _collect(root, bodies)
    if bodies.html and not bodies.text.strip():
        bodies.text = to_text(bodies.html)
    return bodies


def _collect(part: Part, bodies: Bodies) -> None:
    if part.is_multipart:
        for child in part.children:
            _collect(child, bodies)
    elif part.is_message or part.content_type.startswith(("message/", "text/rfc822-headers")) or _is_file(part):
        bodies.files.append(part)
    elif part.content_type == "text/html":
        bodies.add_html(_text_of(part))
    elif part.content_type in ("text/plain", "text") or part.content_type.startswith("text/x-"):
        bodies.add_text(_text_of(part))
    elif part.content_type == "text/enriched":
        bodies.add_text(re.sub(r"<[^<>]*>", "", _text_of(part)))
    else:
        bodies.files.append(part)


def _is_file(part: Part) -> bool:
    if part.disposition == "attachment":
        return True
    # Apple Mail marks the text itself as inline, some with a name; a name alone makes other things files.
    return (bool(part.filename) and part.disposition != "inline") or bool(part.filename and part.content_id)


def _text_of(part: Part) -> str:
    content = part.content()
    charset = part.charset
    if not charset and part.content_type == "text/html":
        found = _META_CHARSET.search(content[:4096])
        charset = found[1].decode("ascii") if found else ""
    # Four bytes a character at most; decoding more than is kept would only cost memory.
    if len(content) > 4 * limits.MAX_TEXT:
        content = content[: content.rfind(b"\n", 0, 4 * limits.MAX_TEXT)]
    text = decode_bytes(content, charset)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").lstrip("\ufeff")
