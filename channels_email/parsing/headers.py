"""Header blocks, encoded words, addresses, ids and dates of real, often broken mail."""

import binascii
import codecs
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from channels_email.parsing import limits

_LINE = re.compile(rb"([!-9;-~\x80-\xff]{1,200})[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")
_WORD = re.compile(r"=\?([^?\s]{1,100})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(=\?[^?\s]{1,100}\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]{1,100}\?[bBqQ]\?)")
# Longer ones are kept by nobody, and not by us.
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,253})\s*>")
_BARE_ADDRESS = re.compile(r"[^\s<>()\",;:\[\]]{1,64}@[^\s<>()\",;:\[\]]{1,253}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
# Python codecs that are not character sets, or whose time grows with the square of the input.
_NOT_CHARSETS = {"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}
_ALIASES = {
    "unicode-1-1-utf-7": "utf-7",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "windows-874": "cp874",
}


@dataclass(frozen=True)
class Address:
    name: str
    address: str


@dataclass
class Headers:
    """Fields in order, names in lower case, values unfolded but not decoded."""

    fields: list[tuple[str, str]] = field(default_factory=list)

    def get(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")

    def get_all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)

    def text(self, name: str) -> str:
        """A field for people: encoded words decoded, white space folded, no control characters."""
        return " ".join(clean(decode_words(self.get(name))).split())


def read_headers(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The header block at `start` and where the body begins. A line that is no header begins the body."""
    headers = Headers()
    stop = min(end, start + limits.MAX_HEADER_BLOCK)
    at = start
    if raw[at : at + 5] == b"From " or raw[at : at + 6] == b">From ":
        at = raw.find(b"\n", at, stop) + 1 or stop
    while at < stop and len(headers.fields) < limits.MAX_HEADERS:
        if raw[at : at + 1] == b"\n":
            return headers, at + 1
        if raw[at : at + 2] == b"\r\n":
            return headers, at + 2
        match = _LINE.match(raw, at, stop)
        if not match:
            return headers, at
        name, value = match.groups()
        headers.fields.append((name.decode("latin-1").lower(), _unfold(value)))
        at = match.end()
    if at >= stop and stop < end:
        raise limits.TooMuch(f"The headers are longer than {limits.MAX_HEADER_BLOCK // 1024} KB.")
    if len(headers.fields) >= limits.MAX_HEADERS:
        raise limits.TooMuch(f"The message has more than {limits.MAX_HEADERS:,} headers.")
    return headers, min(at, end)


def _unfold(value: bytes) -> str:
    return decode_bytes(value[: limits.MAX_HEADER], "").replace("\r", "").replace("\n", "").strip()


def clean(text: str) -> str:
    """Text without control and direction characters; a line break becomes a space."""
    return _CONTROL.sub(" ", text)


def codec(charset: str) -> str:
    """The Python codec of a charset label; empty when it names none."""
    label = charset.strip().strip("\"'").lower()
    label = _ALIASES.get(label, label)
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    name = info.name.replace("-", "_")
    return "" if name in _NOT_CHARSETS or not getattr(info, "_is_text_encoding", True) else info.name


def decode_bytes(data: bytes, charset: str) -> str:
    """Bytes as text: the declared charset, else UTF-8, else Windows-1252. Never fails."""
    declared = codec(charset) if charset else ""
    for name in (declared, "utf-8"):
        # Mail that says Latin-1 or ASCII and is UTF-8 is more common than Latin-1 that reads as UTF-8.
        if name in ("", "cp1252"):
            continue
        try:
            return data.decode(name)
        except (UnicodeError, ValueError):
            continue
    if declared and declared != "cp1252":
        text = data.decode(declared, "replace")
        # One broken byte in good UTF-8 is an accident; nothing but broken bytes is another character set.
        if declared != "utf-8" or any(char > "\x7f" and char != "\ufffd" for char in text):
            return text
    return data.decode("cp1252", "replace")


def decode_words(value: str) -> str:
    """Undo RFC 2047, leniently: words inside quotes, spaces in words and characters split over words are all common."""
    if "=?" not in value:
        return value
    joined = _BETWEEN_WORDS.sub(r"\1", value)
    out: list[str] = []
    pending: list[bytes] = []
    charset, at = "", 0
    for match in _WORD.finditer(joined):
        label = match[1].split("*", 1)[0].lower()
        if pending and (match.start() > at or label != charset):
            out.append(decode_bytes(b"".join(pending), charset))
            pending = []
        out.append(joined[at : match.start()])
        charset, at = label, match.end()
        pending.append(_word_bytes(match[2], match[3]))
    if pending:
        out.append(decode_bytes(b"".join(pending), charset))
    out.append(joined[at:])
    return "".join(out)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)
    try:
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return data


def addresses(headers: Headers, name: str) -> list[Address]:
    """The people in an address field, in order, each address once."""
    found: dict[str, Address] = {}
    for value in headers.get_all(name):
        for label, address in _pairs(_mask_words(value[:16_384])):
            person = Address(" ".join(clean(decode_words(label)).split())[:255], _address(decode_words(address)))
            if not person.address and "@" in person.name and " " not in person.name:
                person = Address("", _address(person.name))
            if "@" in person.address and len(found) < limits.MAX_ADDRESSES:
                found.setdefault(person.address.lower(), person)
    return list(found.values())


def _pairs(value: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([value])
    except (RecursionError, IndexError, ValueError):
        return [("", found) for found in _BARE_ADDRESS.findall(value)]


def _mask_words(value: str) -> str:
    """Encoded words made safe for the address grammar: some mailers leave commas and spaces inside them."""

    def mask(match: re.Match[str]) -> str:
        charset, encoding, text = match.groups()
        return match[0] if encoding in "bB" else f"=?{charset}?q?{text.replace(' ', '_').replace(',', '=2C')}?="

    return _WORD.sub(mask, value)


def _address(text: str) -> str:
    return _CONTROL.sub("", text).replace(" ", "").strip("<>'\",;")[:254]


def message_ids(headers: Headers, name: str) -> list[str]:
    """Message ids of a field, each in its brackets, in order, each once."""
    value = " ".join(headers.get_all(name))
    found = _MESSAGE_ID.findall(value) or [word for word in value.split() if "@" in word and len(word) <= 253]
    return list(dict.fromkeys(f"<{id_}>" for id_ in found))[-limits.MAX_REFERENCES :]


def date(headers: Headers) -> datetime | None:
    """When the sender says it was written, UTC; None when that is missing or nonsense."""
    return _moment(headers.get("date"))


def delivered_at(headers: Headers) -> datetime | None:
    """When the server nearest to us took it, UTC; None when it did not say."""
    return _moment(headers.get("received").rpartition(";")[2].strip())


def _moment(text: str) -> datetime | None:
    try:
        value = parsedate_to_datetime(text[:200])
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
