"""A raw mail as the core understands it. Pure: the same bytes, the same message."""

from datetime import datetime
from typing import Any

from channels_email.parsing import ParsedMail, parse
from channels_email.parsing.headers import Address
from channels_email.parsing.mail import AUTO_REPLY, MESSAGE, REPLY
from tickets.channels.contract import INBOUND, OUTBOUND, Ignored, Inbound, Media, Person
from tickets.channels.errors import BadPayload

CONVERSATION = {MESSAGE, REPLY, AUTO_REPLY}


def normalise(payload: dict[str, Any], our_address: str) -> Inbound | Ignored:
    """`payload` holds the bytes as `raw`, our name for the mail as `id`, and `received_at` (ISO, UTC)."""
    raw, received = payload.get("raw"), payload.get("received_at")
    if not isinstance(raw, bytes) or not isinstance(received, str):
        raise BadPayload("The stored item has no raw message.")
    mail = parse(raw)
    if mail.error:
        raise BadPayload(mail.error)
    if mail.kind not in CONVERSATION:
        return Ignored(mail.kind)
    if not mail.sender:
        raise BadPayload("The message names no sender.")
    return _inbound(mail, raw, our_address.lower(), str(payload["id"]), datetime.fromisoformat(received))


def _inbound(mail: ParsedMail, raw: bytes, ours: str, id_: str, received: datetime) -> Inbound:
    sender = mail.sender[0]
    is_ours = sender.address.lower() == ours
    others = [person(one) for one in mail.to if one.address.lower() != ours]
    said_at = datetime.fromisoformat(mail.date) if mail.date else received
    return Inbound(
        external_ids=(id_,),
        direction=OUTBOUND if is_ours else INBOUND,
        visibility="private",
        author=person(sender),
        party=(others[0] if others else None) if is_ours else person(sender),
        # The sender's clock may be wrong: nobody wrote after we had received it.
        occurred_at=min(said_at, received),
        thread_key=(mail.references or [mail.in_reply_to or id_])[0],
        text=mail.text,
        visible_text=mail.visible_text,
        html=mail.html,
        subject=mail.subject or "(no subject)",
        replies_to=tuple(dict.fromkeys(filter(None, [mail.in_reply_to, *reversed(mail.references)]))),
        shared_thread=True,
        asks_for_answer=not is_ours,
        to=tuple(map(person, mail.to)),
        cc=tuple(map(person, mail.cc)),
        media=tuple(_media(mail, raw)),
        automatic=mail.kind == AUTO_REPLY,
        reply_data={"reply_to": mail.reply_to[0].address if mail.reply_to else ""},
    )


def person(address: Address) -> Person:
    return Person(address.address.lower(), name=address.name, handle=address.address)


def _media(mail: ParsedMail, raw: bytes) -> list[Media]:
    return [
        Media(
            kind="file",
            content=file.content(raw),
            filename=file.filename,
            content_type=file.content_type,
            content_id=file.content_id,
            inline=file.inline,
        )
        for file in mail.files
    ]
