"""The generic event of a call, as any telephone system can send it, read strictly."""

import hashlib
import json
from datetime import datetime
from typing import Any

from channels_phone.numbers import NotANumber, e164
from tickets.channels.contract import CALL_EVENTS, CallEvent, Media, Person, RawItem
from tickets.channels.errors import BadPayload

FIELDS = {"call", "event", "at", "direction", "number", "name", "extension", "url"}
LONGEST = {"call": 200, "number": 40, "name": 200, "extension": 20, "url": 1000}
WITH_FILE = ("recording", "voicemail")


def read(payload: dict[str, Any]) -> CallEvent:
    """Raises BadPayload, which says what is wrong and how to mend it."""
    unknown = sorted(str(name)[:40] for name in payload.keys() - FIELDS)
    if unknown:
        raise BadPayload(f"Unknown field {', '.join(unknown[:5])}. Known: {', '.join(sorted(FIELDS))}.")
    call, event = _text(payload, "call"), _text(payload, "event")
    if not call:
        raise BadPayload("“call” is missing: the telephone system’s own name of the call, the same in all its events.")
    if event not in CALL_EVENTS:
        raise BadPayload(f"“event” must be one of {', '.join(CALL_EVENTS)}.")
    direction = _text(payload, "direction") or "inbound"
    if direction not in ("inbound", "outbound"):
        raise BadPayload("“direction” must be inbound or outbound.")
    return CallEvent(
        call=call,
        event=event,
        at=_time(_text(payload, "at")),
        direction=direction,
        party=_party(_text(payload, "number"), _text(payload, "name")),
        extension=_text(payload, "extension"),
        media=_media(event, _text(payload, "url")),
    )


def item(payload: dict[str, Any]) -> RawItem:
    """The payload to store: the same event told twice has the same name."""
    named = json.dumps(payload, sort_keys=True).encode()
    revision = f"{payload['event']}:{hashlib.sha256(named).hexdigest()[:32]}"
    return RawItem(external_id=payload["call"], revision=revision, payload=payload)


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or "\x00" in value:
        raise BadPayload(f"“{name}” must be text.")
    if len(value) > LONGEST.get(name, 40):
        raise BadPayload(f"“{name}” is longer than {LONGEST.get(name, 40)} characters.")
    return value.strip()


def _time(written: str) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise BadPayload("“at” must be a time such as 2026-11-23T10:00:00Z.") from None
    if at.utcoffset() is None:
        raise BadPayload("“at” says no time zone. Write it as 2026-11-23T10:00:00Z.")
    return at


def _party(number: str, name: str) -> Person | None:
    """None for a withheld number."""
    if not number:
        return None
    try:
        known = e164(number)
    except NotANumber as error:
        raise BadPayload(f"“number”: {error.args[0]} Leave it out where the caller withheld it.") from None
    return Person(known, name=name, handle=known)


def _media(event: str, url: str) -> Media | None:
    if event == "recording" and not url:
        raise BadPayload("A recording needs its “url”.")
    if not url:
        return None
    if event not in WITH_FILE:
        raise BadPayload("Only a recording or a voicemail has a “url”.")
    if not url.startswith(("https://", "http://")):
        raise BadPayload("“url” must begin with https://.")
    return Media(kind=event, url=url, filename=event)
