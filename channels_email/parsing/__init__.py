"""Raw messages read: `parse(raw)` never raises and never costs more than `limits` allow.

mime  the tree of parts            bodies   text and HTML                quotes    the newly written text
headers  addresses, ids, dates     html     sanitised, and as text       forwards  who wrote what was forwarded
attachments  files, winmail.dat    bounces  who could not be reached     robots    written by a program?
blocks, languages  what mail programs print above quoted mail            isolated  in a process of its own
"""

import re
from contextlib import suppress
from datetime import datetime

from channels_email.parsing import attachments, bounces, headers, limits, mime, robots
from channels_email.parsing.bodies import Bodies, read_bodies
from channels_email.parsing.forwards import Forwarded, find_forwarded, has_forward_prefix
from channels_email.parsing.headers import Headers
from channels_email.parsing.html import sanitise
from channels_email.parsing.languages import REPLY_PREFIXES
from channels_email.parsing.mail import AUTO_REPLY, MESSAGE, REPLY, File, ParsedMail
from channels_email.parsing.mime import Part
from channels_email.parsing.quotes import visible_text

__all__ = ["File", "ParsedMail", "parse", "parse_head"]

_REPLY_SUBJECT = re.compile(rf"\s*(?:{REPLY_PREFIXES})(?:\[\d+\])?\s?[:：]", re.I)


def parse_head(raw: bytes, error: str) -> ParsedMail:
    """Who wrote and about what, of a message that is not read further."""
    mail = ParsedMail()
    with suppress(limits.TooMuch):
        _read_headers(mail, mime.head(raw))
    mail.error = error
    return mail


def parse(raw: bytes) -> ParsedMail:
    """What a raw message comes to. Problems are in `error`; everything read before is filled in."""
    mail = ParsedMail()
    if not raw.strip():
        mail.error = "The message is empty."
        return mail
    try:
        _read_headers(mail, mime.head(raw))
        _read_content(mail, mime.read(raw))
    except limits.TooMuch as error:
        mail.error = str(error)
    except Exception as error:
        mail.error = f"The message cannot be read ({type(error).__name__})."
    return mail


def _read_headers(mail: ParsedMail, fields: Headers) -> None:
    mail.sender = headers.addresses(fields, "from") or headers.addresses(fields, "sender")
    mail.to = headers.addresses(fields, "to")
    mail.cc = headers.addresses(fields, "cc")
    mail.reply_to = headers.addresses(fields, "reply-to")
    mail.subject = fields.text("subject")[:998]
    mail.date = _iso(headers.date(fields))
    mail.delivered_at = _iso(headers.delivered_at(fields))
    mail.message_id = next(iter(headers.message_ids(fields, "message-id")), "")
    mail.in_reply_to = next(iter(headers.message_ids(fields, "in-reply-to")), "")
    mail.references = headers.message_ids(fields, "references")
    mail.may_auto_reply = robots.may_auto_reply(fields)
    answers = mail.in_reply_to or mail.references or _REPLY_SUBJECT.match(mail.subject)
    mail.kind = AUTO_REPLY if robots.is_auto_reply(fields) else REPLY if answers else MESSAGE


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _read_content(mail: ParsedMail, root: Part) -> None:
    bodies = read_bodies(root)
    mail.files = attachments.read_files(bodies, root.raw)
    mail.text = bodies.text
    mail.html = sanitise(bodies.html)
    report = bounces.read_report(root, bodies)
    if report:
        mail.kind, mail.recipients, mail.may_auto_reply = report.kind, report.recipients, False
        mail.returned_id = bounces.returned_id(root, bodies.text)
        mail.visible_text = bodies.text.strip()
        return
    mail.visible_text = visible_text(bodies.text)
    mail.forwarded = find_forwarded(bodies.text, mail.subject) or _attached(bodies, mail.subject)


def _attached(bodies: Bodies, subject: str) -> Forwarded | None:
    """A mail that was forwarded as an attachment."""
    original = next((part.children[0] for part in bodies.files if part.is_message and part.children), None)
    if original is None or not has_forward_prefix(subject):
        return None
    senders = headers.addresses(original.headers, "from")
    return (
        senders
        and Forwarded(
            sender=senders[0],
            to=headers.addresses(original.headers, "to"),
            cc=headers.addresses(original.headers, "cc"),
            subject=original.headers.text("subject"),
            date=original.headers.get("date")[:200],
            body=read_bodies(original).text.strip(),
            note=bodies.text.strip(),
        )
    ) or None
