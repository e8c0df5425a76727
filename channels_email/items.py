"""A raw mail as a stored item. One mail in two folders is one item: Message-ID and hash of the bytes name it."""

import hashlib
from datetime import datetime

from channels_email.parsing import headers, mime
from channels_email.parsing.limits import TooMuch
from tickets.channels.contract import RawItem


def item_of(raw: bytes, received_at: datetime, folder: str = "") -> RawItem:
    digest = hashlib.sha256(raw).hexdigest()[:32]
    id_ = _message_id(raw) or f"<{digest}@no-message-id>"
    payload = {"id": id_, "digest": digest, "received_at": received_at.isoformat(), "folder": folder}
    return RawItem(id_, payload, revision=digest, raw=raw)


def _message_id(raw: bytes) -> str:
    try:
        return next(iter(headers.message_ids(mime.head(raw), "message-id")), "")
    except TooMuch:
        return ""
