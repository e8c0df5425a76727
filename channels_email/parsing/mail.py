"""What a raw message comes to: plain data that goes to JSON and back."""

import base64
from dataclasses import asdict, dataclass, field
from typing import Any

from channels_email.parsing.bounces import Recipient
from channels_email.parsing.forwards import Forwarded
from channels_email.parsing.headers import Address
from channels_email.parsing.mime import decode

MESSAGE, REPLY, AUTO_REPLY = "message", "reply", "auto_reply"


@dataclass
class File:
    """A file of a message. Its bytes are a range of the raw message, or `data` where they had to be unpacked."""

    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str = ""
    start: int = 0
    end: int = 0
    encoding: str = ""
    data: bytes | None = None

    def content(self, raw: bytes) -> bytes:
        return self.data if self.data is not None else decode(raw[self.start : self.end], self.encoding)


@dataclass
class ParsedMail:
    """`html` is sanitised. `visible_text` is what was newly written. `error` says why a message is parked."""

    sender: list[Address] = field(default_factory=list)
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    reply_to: list[Address] = field(default_factory=list)
    subject: str = ""
    date: str | None = None
    message_id: str = ""
    in_reply_to: str = ""
    references: list[str] = field(default_factory=list)
    text: str = ""
    html: str = ""
    visible_text: str = ""
    files: list[File] = field(default_factory=list)
    kind: str = MESSAGE
    recipients: list[Recipient] = field(default_factory=list)
    forwarded: Forwarded | None = None
    may_auto_reply: bool = False
    error: str | None = None
    # When the last server wrote that it had taken the message.
    delivered_at: str | None = None
    # The message that a bounce returned, by its id.
    returned_id: str = ""

    def as_json(self) -> dict[str, Any]:
        """The outward form (`parse_email`)."""
        forwarded = self.forwarded
        return {
            "from": [asdict(person) for person in self.sender],
            "to": [asdict(person) for person in self.to],
            "cc": [asdict(person) for person in self.cc],
            "reply_to": [asdict(person) for person in self.reply_to],
            "subject": self.subject,
            "date": self.date,
            "message_id": self.message_id,
            "in_reply_to": self.in_reply_to,
            "references": self.references,
            "text": self.text,
            "html": self.html,
            "visible_text": self.visible_text,
            "attachments": [
                {
                    "filename": file.filename,
                    "content_type": file.content_type,
                    "size": file.size,
                    "sha256": file.sha256,
                    "inline": file.inline,
                }
                for file in self.files
            ],
            "kind": self.kind,
            "recipients": [asdict(recipient) for recipient in self.recipients],
            "forwarded": forwarded
            and {
                "from": asdict(forwarded.sender),
                "to": [asdict(person) for person in forwarded.to],
                "cc": [asdict(person) for person in forwarded.cc],
                "subject": forwarded.subject,
                "date": forwarded.date,
                "body": forwarded.body,
            },
            "may_auto_reply": self.may_auto_reply,
            "error": self.error,
        }


def to_wire(mail: ParsedMail) -> dict[str, Any]:
    """All of it as JSON, for another process."""
    wire = asdict(mail)
    for file in wire["files"]:
        file["data"] = None if file["data"] is None else base64.b64encode(file["data"]).decode()
    return wire


def from_wire(wire: dict[str, Any]) -> ParsedMail:
    people = {name: [Address(**one) for one in wire[name]] for name in ("sender", "to", "cc", "reply_to")}
    for file in wire["files"]:
        file["data"] = None if file["data"] is None else base64.b64decode(file["data"])
    files = [File(**file) for file in wire["files"]]
    recipients = [Recipient(**one) for one in wire["recipients"]]
    forwarded = wire["forwarded"] and _forwarded(wire["forwarded"])
    return ParsedMail(**(wire | people | {"files": files, "recipients": recipients, "forwarded": forwarded}))


def _forwarded(wire: dict[str, Any]) -> Forwarded:
    people = {name: [Address(**one) for one in wire[name]] for name in ("to", "cc")}
    return Forwarded(**(wire | people | {"sender": Address(**wire["sender"])}))
