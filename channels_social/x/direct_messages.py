"""What a direct message event becomes. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from channels_social.x.entities import readable
from channels_social.x.parts import Included, occurred_at, required_id
from channels_social.x.shapes import dict_of, text_of
from tickets.channels.contract import INBOUND, OUTBOUND, PRIVATE, Ignored, Inbound
from tickets.channels.errors import BadPayload

MESSAGE = "MessageCreate"
IGNORED = {"ParticipantsJoin": "dm_join", "ParticipantsLeave": "dm_leave"}
# One to one: both user ids. A group has an id of its own.
CONVERSATION = re.compile(r"([0-9]{1,19})-([0-9]{1,19})|[0-9]{15,19}")


def direct_message(event: Mapping[str, Any], included: Included, *, user_id: str) -> Inbound | Ignored:
    kind = text_of(event, "event_type") or MESSAGE
    if kind != MESSAGE:
        return Ignored(IGNORED.get(kind, "unknown_event"))
    event_id, sender_id = required_id(event, "id"), required_id(event, "sender_id")
    conversation = text_of(event, "dm_conversation_id")
    pair = CONVERSATION.fullmatch(conversation)
    if not pair:
        raise BadPayload("X sent a direct message that does not say which conversation it belongs to.")
    group = pair[1] is None
    own = sender_id == user_id
    author = included.person(sender_id)
    if not own:
        # Whoever wrote to us can be answered, whatever they take from strangers.
        author = replace(author, accepts_private=True)
    other = None if group else included.person(pair[2] if pair[1] == user_id else pair[1])
    shown = included.media_of(event)
    return Inbound(
        external_ids=(event_id,),
        direction=OUTBOUND if own else INBOUND,
        visibility=PRIVATE,
        author=author,
        party=other if own else author,
        occurred_at=occurred_at(event, event_id),
        thread_key=conversation,
        text=readable(text_of(event, "text"), dict_of(event.get("entities")), shown),
        shared_thread=group,
        asks_for_answer=not own,
        media=tuple(shown.values()),
        permalink=f"https://x.com/messages/{conversation}",
        reply_data={"conversation": conversation, "group": group},
    )
