"""The files of a message: safe names, Outlook's winmail.dat unpacked, invitations readable."""

import hashlib
import mimetypes
import re

from tnefparse import TNEF

from channels_email.parsing.bodies import Bodies
from channels_email.parsing.headers import clean, decode_bytes
from channels_email.parsing.html import to_text
from channels_email.parsing.mail import File
from channels_email.parsing.mime import Part

_UNSAFE = re.compile(r"[\\/:*?\"<>|]+")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}")
_MAX_TNEF_FILES = 200


def read_files(bodies: Bodies, raw: bytes) -> list[File]:
    """All files, in order. Text that only winmail.dat or an invitation holds is added to `bodies`."""
    files: list[File] = []
    for position, part in enumerate(bodies.files, start=1):
        content = part.content()
        if _is_tnef(part):
            unpacked = _unpack(content, bodies)
            if unpacked is not None:
                files += unpacked
                continue
        if part.content_type == "text/calendar" and not bodies.text.strip():
            bodies.add_text(invitation(decode_bytes(content[:200_000], part.charset)))
        files.append(_file(part, content, position, raw))
    return files


def _file(part: Part, content: bytes, position: int, raw: bytes) -> File:
    content_type = part.content_type if _TYPE.fullmatch(part.content_type) else "application/octet-stream"
    return File(
        filename=safe_name(part.filename) or _made_up_name(part, content_type, position),
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        inline=part.disposition == "inline" or bool(part.content_id and part.disposition != "attachment"),
        content_id=part.content_id,
        start=part.start,
        end=part.end,
        encoding=part.encoding,
        # A part of an encoded message has no place in the raw bytes.
        data=None if part.raw is raw else content,
    )


def safe_name(name: str) -> str:
    """A file name without path, control characters and tricks of direction; at most 200 characters."""
    last = re.split(r"[\\/]", clean(name))[-1]
    return _UNSAFE.sub("_", " ".join(last.split())).strip(". ")[:200]


def _made_up_name(part: Part, content_type: str, position: int) -> str:
    if part.is_message and part.children:
        return f"{safe_name(part.children[0].headers.text('subject'))[:80] or 'message'}.eml"
    return f"file{position}{mimetypes.guess_extension(content_type) or ''}"


def _is_tnef(part: Part) -> bool:
    return (
        part.content_type in ("application/ms-tnef", "application/vnd.ms-tnef")
        or part.filename.lower() == "winmail.dat"
    )


def _unpack(content: bytes, bodies: Bodies) -> list[File] | None:
    """What is inside winmail.dat; None when it cannot be read, and then it stays a file as it is."""
    try:
        tnef = TNEF(content, do_checksum=False)
        named = [
            (attachment.long_filename() or attachment.name, bytes(attachment.data)) for attachment in tnef.attachments
        ]
        text, html, rtf = _as_text(tnef.body), _as_text(tnef.htmlbody), tnef.rtfbody
    except Exception:
        return None
    if not bodies.text.strip():
        bodies.add_text(text or to_text(html))
    if html and not bodies.html:
        bodies.add_html(html)
    if rtf:
        named.append(("message.rtf", bytes(rtf)))
    return [_unpacked(name, data, position) for position, (name, data) in enumerate(named[:_MAX_TNEF_FILES], start=1)]


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        return decode_bytes(value, "").replace("\x00", "").replace("\r\n", "\n")
    return str(value or "").replace("\x00", "").replace("\r\n", "\n")


def _unpacked(name: object, data: bytes, position: int) -> File:
    filename = safe_name(_as_text(name)) or f"file{position}"
    content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return File(filename, content_type, len(data), hashlib.sha256(data).hexdigest(), data=data)


def invitation(source: str) -> str:
    """The lines of a calendar invitation that people read."""
    unfolded = re.sub(r"\r?\n[ \t]", "", source)
    event = unfolded.partition("BEGIN:VEVENT")[2] or unfolded
    lines = []
    for label, name in (
        ("", "SUMMARY"),
        ("When", "DTSTART"),
        ("Until", "DTEND"),
        ("Where", "LOCATION"),
        ("", "DESCRIPTION"),
    ):
        found = re.search(rf"^{name}(?:;[^:\r\n]*)?:(.*?)\r?$", event, re.M)
        if found and found[1].strip():
            value = found[1].replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
            lines.append(f"{label}: {_moment(value)}" if label else value)
    return "\n".join(lines)


def _moment(value: str) -> str:
    found = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?", value)
    if not found:
        return value
    year, month, day, hour, minute, utc = found.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}{' UTC' if utc else ''}" if hour else "")
