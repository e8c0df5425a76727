"""Routes of direct messages."""

import re
from typing import Any

from sandbox.x import reading
from sandbox.x.model import JOIN, LEAVE, MESSAGE, Account, Conversation, Media, NotPossible
from sandbox.x.wire.call import Answer, Call
from sandbox.x.wire.paging import page, token
from sandbox.x.wire.problems import Problem, invalid, invalid_body, missing, no_dm
from sandbox.x.wire.render import Page
from sandbox.x.wire.writing import attachments, body_id

CONVERSATION = re.compile(r"[0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19}")
EVENT_TYPES = {MESSAGE, JOIN, LEAVE}
TOKEN = ("pagination_token",)
GROUP_LIMIT = 50


def events(call: Call) -> Answer:
    return listing(call, None)


def events_of(call: Call, id: str) -> Answer:
    return listing(call, conversation_id(call, id))


def events_with(call: Call, id: str) -> Answer:
    return listing(call, pair(call.user.id, call.path_id(id, "participant_id")))


def event(call: Call, id: str) -> Answer:
    made = Page(call)
    number = call.path_id(id, "event_id")
    found = next((one for one in reading.dm_events(call.world, call.user) if one.id == number), None)
    if found is None:
        raise Problem(404, missing("dm_event", "event_id", id))
    return Answer(body=made.answer(made.dm(found)))


def listing(call: Call, room: str | None) -> Answer:
    size = call.number("max_results", 1, 100, 100)
    kinds = call.fields("event_types") or EVENT_TYPES
    if unknown := kinds - EVENT_TYPES:
        names = ",".join(sorted(EVENT_TYPES))
        raise invalid("event_types", unknown.pop(), f"The `event_types` query parameter value is not one of [{names}]")
    found = [one for one in reading.dm_events(call.world, call.user, room) if one.kind in kinds]
    shown, meta = page(call, found, size, TOKEN)
    if shown and call.world.settings.dm_next_token_always:
        meta["next_token"] = token(shown[-1].id)
    made = Page(call)
    return Answer(body=made.answer([made.dm(one) for one in shown], meta))


def pair(one: int, other: int) -> str:
    return "-".join(map(str, sorted((one, other))))


def conversation_id(call: Call, value: str) -> str:
    if not CONVERSATION.fullmatch(value):
        raise invalid("id", value, f"The `id` query parameter value [{value}] does not match ^{CONVERSATION.pattern}$")
    low, dash, high = value.partition("-")
    return pair(int(low), int(high)) if dash else value


def send(call: Call, id: str) -> Answer:
    """Into a conversation: a known one, or one-to-one by the two ids."""
    call.check_body("text", "attachments")
    value = conversation_id(call, id)
    room = call.world.conversations.get(value)
    if room is None and "-" in value:
        others = [int(part) for part in value.split("-") if int(part) != call.user.id]
        return write(call, person(call, others[0]), call.body)
    if room is None or call.user.id not in room.participants:
        raise no_dm()
    return write(call, room, call.body)


def send_with(call: Call, id: str) -> Answer:
    call.check_body("text", "attachments")
    return write(call, person(call, call.path_id(id, "participant_id")), call.body)


def open_group(call: Call) -> Answer:
    call.check_body("conversation_type", "message", "participant_ids")
    if call.body.get("conversation_type") != "Group":
        raise invalid_body("$.conversation_type: does not have a value in the enumeration [Group]")
    numbers = call.body.get("participant_ids")
    if not isinstance(numbers, list) or not 2 <= len(numbers) < GROUP_LIMIT:
        raise invalid_body(f"$.participant_ids: must have 2 to {GROUP_LIMIT - 1} ids")
    people = [person(call, body_id(number, "participant_ids")) for number in numbers]
    if not all(call.world.takes_dm(one, call.user, None) for one in people):
        raise no_dm()
    message = call.body.get("message")
    if not isinstance(message, dict):
        raise invalid_body("$.message: is missing but it is required")
    return write(call, people, message)


def person(call: Call, number: int) -> Account:
    """Somebody to write to; strangers and oneself look alike to the caller."""
    account = call.world.accounts.get(number)
    if account is None or account.gone or account is call.user:
        raise no_dm()
    return account


def write(call: Call, to: Account | Conversation | list[Account], message: dict[str, Any]) -> Answer:
    text = message.get("text", "")
    pictures = message_media(call, message.get("attachments") or [])
    if not isinstance(text, str) or (not text and not pictures):
        raise invalid_body("$.text: must have at least 1 character")
    if len(text) > call.world.settings.max_dm_length:
        raise invalid_body(f"$.text: must be at most {call.world.settings.max_dm_length} characters long")
    try:
        sent = call.world.dm(call.user, to, text, media=pictures)
    except NotPossible as error:
        raise no_dm() from error
    call.charge("dm_create")
    data = {"dm_conversation_id": sent.conversation_id, "dm_event_id": str(sent.id)}
    return Answer(201, {"data": data}, {"location": f'https://api.twitter.com/2/dm_events/"{sent.id}"'})


def message_media(call: Call, items: Any) -> list[Media]:
    if not isinstance(items, list) or len(items) > 1 or not all(isinstance(item, dict) for item in items):
        raise invalid_body("$.attachments: there must be a maximum of 1 items in the array")
    return attachments(call, [item.get("media_id") for item in items])
