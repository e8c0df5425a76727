"""The tree of a message, as ranges of its bytes.

Own code, because the standard library's parser needs 23 s and 550 MB for 44 MB of empty lines and 9 s for 500 nested
parts (docs/decisions/0011-mail-is-read-as-ranges-of-bytes.md). Headers and parameters are still the library's work.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property

from channels_email.parsing import limits
from channels_email.parsing.headers import Headers, decode_words, read_headers

_LEADING_BLANK = re.compile(rb"(?:[ \t]*\r?\n)+")


@dataclass
class Part:
    """One part: its headers and where its body lies in `raw`. Multiparts and attached messages have children."""

    raw: bytes = field(repr=False)
    headers: Headers
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)
    default_type: str = "text/plain"

    @cached_property
    def _typed(self) -> Message:
        # The standard library reads parameters (RFC 2231 continuations, quoting); nothing else of it is used here.
        message = Message()
        message["Content-Type"] = self.headers.get("content-type")[:8192].replace("\n", " ")
        message["Content-Disposition"] = self.headers.get("content-disposition")[:8192].replace("\n", " ")
        return message

    @cached_property
    def content_type(self) -> str:
        declared = self.headers.get("content-type").split(";", 1)[0].strip().lower()
        return declared if declared.count("/") == 1 and " " not in declared else self.default_type

    @cached_property
    def disposition(self) -> str:
        return self.headers.get("content-disposition").split(";", 1)[0].strip().lower()

    @cached_property
    def charset(self) -> str:
        return self.param("charset")

    @property
    def content_id(self) -> str:
        return self.headers.get("content-id").strip().strip("<>")[:255]

    @cached_property
    def encoding(self) -> str:
        return self.headers.get("content-transfer-encoding").split(";", 1)[0].strip().strip('"').lower()

    @cached_property
    def filename(self) -> str:
        """The file name as declared, decoded; empty when there is none."""
        return self.param("filename", "content-disposition") or self.param("name")

    def param(self, name: str, header: str = "content-type") -> str:
        try:
            value = self._typed.get_param(name, "", header)
        except (ValueError, LookupError, TypeError, IndexError):
            return ""
        if isinstance(value, tuple):
            charset, _, text = value
            try:
                return text.encode("latin-1").decode(charset or "utf-8", "replace")
            except (LookupError, UnicodeError):
                return text
        return decode_words(value or "")

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    @property
    def is_message(self) -> bool:
        return self.content_type in ("message/rfc822", "message/global", "message/news")

    def body(self) -> bytes:
        return self.raw[self.start : self.end]

    def content(self) -> bytes:
        """The decoded body."""
        return decode(self.body(), self.encoding)

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in order, but not what is inside attached messages."""
        yield self
        for child in () if self.is_message else self.children:
            yield from child.walk()


def decode(body: bytes, encoding: str) -> bytes:
    """Undo a content-transfer-encoding. Broken or unknown encodings give what can be read."""
    if encoding == "base64":
        return _base64(body)
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return uudecode(body)
    return body


def _base64(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        kept = body.translate(None, delete=bytes(set(range(256)) - set(_B64)))
        return binascii.a2b_base64(kept[: len(kept) // 4 * 4])


_B64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def uudecode(body: bytes) -> bytes:
    """The first uuencoded file in a body."""
    out = []
    lines = iter(body.splitlines())
    for line in lines:
        if line.startswith(b"begin "):
            break
    for line in lines:
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Old encoders pad the line with garbage; the first byte says how much counts.
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                break
    return b"".join(out)


def head(raw: bytes) -> Headers:
    """The headers of a raw message, also of one that is too large to read whole. Raises TooMuch."""
    raw = _with_newlines(raw[: 2 * limits.MAX_HEADER_BLOCK])
    return read_headers(raw, _beginning(raw), len(raw))[0]


def read(raw: bytes) -> Part:
    """The tree of a raw message. Raises TooMuch."""
    if len(raw) > limits.MAX_BYTES:
        raise limits.TooMuch(f"The message is larger than {limits.MAX_BYTES // 2**20} MB.")
    raw = _with_newlines(raw)
    return _Reader().read(raw, _beginning(raw), len(raw))


def _with_newlines(raw: bytes) -> bytes:
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _beginning(raw: bytes) -> int:
    """A message that begins with blank lines (a broken pipe, an old mailbox) would have no headers."""
    blank = _LEADING_BLANK.match(raw)
    return blank.end() if blank else 0


class _Reader:
    """Counts the parts of one message while it is split."""

    def __init__(self) -> None:
        self.parts = 0

    def read(self, raw: bytes, start: int, end: int, depth: int = 0, default_type: str = "text/plain") -> Part:
        self.parts += 1
        if self.parts > limits.MAX_PARTS:
            raise limits.TooMuch(f"The message has more than {limits.MAX_PARTS:,} parts.")
        headers, body_start = read_headers(raw, start, end)
        part = Part(raw, headers, body_start, end, default_type=default_type)
        if part.is_multipart or part.is_message:
            if depth >= limits.MAX_DEPTH:
                raise limits.TooMuch(f"The message is nested more than {limits.MAX_DEPTH} levels deep.")
            part.children = self._multipart(part, depth) if part.is_multipart else self._message(part, depth)
        return part

    def _multipart(self, part: Part, depth: int) -> list[Part]:
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        boundary = part.param("boundary").encode("utf-8", "replace").rstrip()
        ranges = _split(part.raw, part.start, part.end, boundary) if boundary else []
        ranges = ranges or _split(part.raw, part.start, part.end, _guess_boundary(part))
        return [self.read(part.raw, start, end, depth + 1, default) for start, end in ranges]

    def _message(self, part: Part, depth: int) -> list[Part]:
        if part.encoding in ("base64", "quoted-printable"):
            content = part.content()
            return [self.read(content, 0, len(content), depth + 1)]
        return [self.read(part.raw, part.start, part.end, depth + 1)]


def _guess_boundary(part: Part) -> bytes:
    """Mail whose boundary was lost on the way still shows it: its first line that starts with two dashes."""
    at = part.start if part.raw.startswith(b"--", part.start) else part.raw.find(b"\n--", part.start, part.end) + 1
    if at <= 0:
        return b""
    line = part.raw[at + 2 : min(at + 202, part.end)].split(b"\n", 1)[0].rstrip()
    return line if line and b" " not in line else b""


def _split(raw: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Ranges between the delimiter lines."""
    if not boundary:
        return []
    delimiter = b"--" + boundary
    found: list[tuple[int, int]] = []
    opened: int | None = None
    misses = 0
    at = start if raw.startswith(delimiter, start) else _next(raw, delimiter, start, end)
    while at >= 0:
        line_end = raw.find(b"\n", at, end)
        line_end = end if line_end < 0 else line_end
        rest = raw[at + len(delimiter) : min(line_end, at + len(delimiter) + 100)].rstrip()
        if rest in (b"", b"--"):
            if opened is not None:
                found.append((opened, max(opened, _before_newline(raw, at))))
                if len(found) > limits.MAX_PARTS:
                    raise limits.TooMuch(f"The message has more than {limits.MAX_PARTS:,} parts.")
            opened = min(line_end + 1, end) if not rest else None
            if rest:
                return found
        else:
            misses += 1
            if misses > limits.MAX_NEAR_MISSES:
                raise limits.TooMuch("The boundaries between the parts cannot be told apart.")
        at = _next(raw, delimiter, line_end, end)
    if opened is not None:
        found.append((opened, end))
    return found


def _next(raw: bytes, delimiter: bytes, start: int, end: int) -> int:
    at = raw.find(b"\n" + delimiter, max(start, 0), end)
    return at + 1 if at >= 0 else -1


def _before_newline(raw: bytes, at: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    at -= 1
    return at - 1 if at > 0 and raw[at - 1 : at] == b"\r" else at
