"""A raw mail as the core understands it. Pure: the same bytes, the same message."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from channels_email.colleagues import is_colleague
from channels_email.parsing import ParsedMail, mime
from channels_email.parsing.headers import Address
from channels_email.parsing.isolated import parse
from channels_email.parsing.mail import AUTO_REPLY, MESSAGE, REPLY
from channels_email.screening import is_blocked, is_spam
from channels_email.threading import answered_by_address, answered_subject, as_mailbox
from tickets.channels.contract import INBOUND, OUTBOUND, PRIVATE, Account, Ignored, Inbound, Media, NotDelivered, Person
from tickets.channels.errors import BadPayload

CONVERSATION = {MESSAGE, REPLY, AUTO_REPLY}
# The feed of a mailbox's folder of sent mail.
SENT = "sent"
# Where it came through our contact form: whoever wrote it may have given somebody else's address.
CONTACT = "contact form"


def normalise(payload: dict[str, Any], account: Account) -> Inbound | Ignored:
    """`payload` holds the bytes as `raw`, the mail's `id`, its `digest`, `received_at` (ISO, UTC) and its `folder`."""
    raw = payload.get("raw")
    if not isinstance(raw, bytes) or not isinstance(payload.get("received_at"), str):
        raise BadPayload("The stored item has no raw message.")
    mail = parse(raw)
    if mail.error:
        raise BadPayload(mail.error)
    if mail.kind not in CONVERSATION:
        return Ignored(mail.kind, not_delivered=_not_delivered(mail))
    ours = account.address.lower()
    by_address = [answered_by_address(account, one.address) for one in (*mail.to, *mail.cc)]
    mail.to, mail.cc = ([as_mailbox(account, one) for one in people] for people in (mail.to, mail.cc))
    # The farthest of all it names: headers know better.
    mail.references = [*filter(None, by_address), *mail.references]
    if _is_from(mail, ours):
        if payload.get("folder") == SENT:
            return _written_elsewhere(mail, payload, ours)
        # A contact form of our own site writes as us and says who asks in Reply-To.
        if not mail.reply_to or mail.reply_to[0].address.lower() == ours:
            return Ignored("own_mail")
        return _inbound(mail, payload, author=mail.reply_to[0])
    if not mail.sender:
        raise BadPayload("The message names no sender.")
    return _from_outside(mail, payload, account)


def _is_from(mail: ParsedMail, address: str) -> bool:
    return bool(mail.sender) and mail.sender[0].address.lower() == address


def _from_outside(mail: ParsedMail, payload: dict[str, Any], account: Account) -> Inbound | Ignored:
    """A customer whose mail a colleague passed on is the customer; the colleague keeps a copy of the answer."""
    sender, original = mail.sender[0], mail.forwarded
    customer = original.sender.address.lower() if original else ""
    if is_blocked(sender.address, account):
        return Ignored("blocked_author")
    if payload.get("folder") == CONTACT:
        return replace(_inbound(mail, payload, sender), answers_subject="", author_unproven=True)
    if original and "@" in customer and customer != account.address.lower() and is_colleague(sender.address, account):
        return _inbound(mail, payload, original.sender, visible=original.body, cc=(sender,))
    return replace(
        _inbound(mail, payload, sender),
        spam=is_spam(mime.head(payload["raw"]), sender.address, account),
        acknowledgement=account.options.get("acknowledgement", "").strip() if mail.may_auto_reply else "",
    )


def _inbound(
    mail: ParsedMail, payload: dict[str, Any], author: Address, visible: str = "", cc: tuple[Address, ...] = ()
) -> Inbound:
    reply_to = next((one for one in mail.reply_to if one.address.lower() != author.address.lower()), None)
    return Inbound(
        **_common(mail, payload),
        direction=INBOUND,
        author=person(author),
        party=person(author),
        visible_text=visible or mail.visible_text,
        cc=tuple(map(person, [*mail.cc, *cc])),
        automatic=mail.kind == AUTO_REPLY,
        reply_data={"reply_to": reply_to.address if reply_to and not cc else ""},
    )


def _written_elsewhere(mail: ParsedMail, payload: dict[str, Any], ours: str) -> Inbound | Ignored:
    """An answer that somebody wrote in their own mail program."""
    others = [one for one in mail.to if one.address.lower() != ours]
    if not others:
        return Ignored("own_mail")
    return Inbound(
        **_common(mail, payload),
        direction=OUTBOUND,
        author=person(mail.sender[0]),
        party=person(others[0]),
        visible_text=mail.visible_text,
        cc=tuple(map(person, mail.cc)),
        asks_for_answer=False,
    )


def _common(mail: ParsedMail, payload: dict[str, Any]) -> dict[str, Any]:
    id_, raw = str(payload["id"]), payload["raw"]
    answers = dict.fromkeys(filter(None, [mail.in_reply_to, *reversed(mail.references)]))
    answers.pop(id_, None)
    return {
        "external_ids": (id_, f"sha256:{payload['digest']}"),
        "visibility": PRIVATE,
        "occurred_at": _occurred_at(mail, datetime.fromisoformat(payload["received_at"])),
        "thread_key": (mail.references or [mail.in_reply_to or id_])[0],
        "replies_to": tuple(answers),
        "answers_subject": answered_subject(mail.subject),
        "shared_thread": True,
        "text": mail.text,
        "html": mail.html,
        "subject": mail.subject or "(no subject)",
        "to": tuple(map(person, mail.to)),
        "media": tuple(_media(mail, raw)),
    }


def _occurred_at(mail: ParsedMail, received: datetime) -> datetime:
    """When our server got it; the sender's clock and patience count only where no server wrote down its own time."""
    said = mail.delivered_at or mail.date
    return min(datetime.fromisoformat(said), received) if said else received


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


def _not_delivered(mail: ParsedMail) -> tuple[NotDelivered, ...]:
    if mail.kind not in ("bounce", "soft_bounce"):
        return ()
    final = mail.kind == "bounce"
    words = "could not be reached" if final else "could not be reached yet; the other server keeps trying"
    return tuple(
        NotDelivered(
            external_id=mail.returned_id,
            address=told.address.lower(),
            text=f"{told.address or 'The recipient'} {words}"
            + (
                ". The address does not exist."
                if told.hard
                else f" ({told.code} {told.status})".replace("( ", "(") + "."
            ),
            code=told.status or told.code,
            final=final,
            gone=told.hard,
        )
        for told in mail.recipients
    )
