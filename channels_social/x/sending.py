"""Replies and direct messages out. X has no idempotency key: whatever is in doubt is an unknown outcome."""

from collections.abc import Callable

from channels_social.x import uploads
from channels_social.x.client import Answer, Client
from channels_social.x.counting import MAX_DIRECT_MESSAGE, MAX_POST, weighted_length
from channels_social.x.links import find_links
from channels_social.x.normalise import permalink
from channels_social.x.parts import ID
from channels_social.x.shapes import text_of
from channels_social.x.walk import time_of
from tickets.channels.contract import PRIVATE, PUBLIC, Outbound, Sent, Use
from tickets.channels.errors import OutcomeUnknown, Rejected, Unsupported

UNCONFIRMED = "X did not confirm this message: it may or may not have been sent."


def send(connect: Callable[[], Client], outbound: Outbound, *, handle: str) -> Sent:
    """Send one message. What X would refuse anyway is refused here, before anything is sent."""
    _presentable(outbound)
    if outbound.visibility == PUBLIC:
        return _reply(connect(), outbound, handle)
    return _direct_message(connect(), outbound)


def _presentable(outbound: Outbound) -> None:
    if not outbound.text.strip():
        raise Rejected("The message is empty.", code="empty")
    uploads.presentable(outbound.files, outbound.visibility)
    public = outbound.visibility == PUBLIC
    length = weighted_length(outbound.text) if public else len(outbound.text)
    limit = MAX_POST if public else MAX_DIRECT_MESSAGE
    if length > limit:
        raise Rejected(f"The message counts {length} characters on X; {limit} are allowed.", code="too_long")
    if public and not outbound.in_reply_to:
        raise Unsupported("Parley answers posts on X; it does not start new ones.", feature="start_conversation")


def _reply(client: Client, outbound: Outbound, handle: str) -> Sent:
    pictures = uploads.upload(client, outbound.files, PUBLIC)
    answer = client.reply(outbound.in_reply_to, outbound.text, pictures)
    post_id = _new_id(answer, "id")
    return Sent(
        external_ids=(post_id,),
        sent_at=time_of(post_id),
        permalink=permalink(post_id, handle),
        thread_key=outbound.thread_key,
        uses=(Use(_price_of(outbound), (post_id,)),),
        budget=answer.budget,
    )


def _price_of(outbound: Outbound) -> str:
    if outbound.reply_data.get("summoned"):
        return "summoned_reply"
    return "post_with_url" if find_links(outbound.text) else "post_create"


def _direct_message(client: Client, outbound: Outbound) -> Sent:
    # One to one, the person is named: the first message opens the conversation.
    group = outbound.reply_data.get("group") and str(outbound.reply_data.get("conversation", ""))
    to = {"conversation": group} if group else {"person": outbound.recipient.external_id}
    pictures = uploads.upload(client, outbound.files, PRIVATE)
    answer = client.write_privately(outbound.text, **to, media_id="".join(pictures))
    event_id = _new_id(answer, "dm_event_id")
    conversation = text_of(answer.one, "dm_conversation_id")
    return Sent(
        external_ids=(event_id,),
        sent_at=time_of(event_id),
        permalink=f"https://x.com/messages/{conversation}" if conversation else "",
        thread_key=conversation,
        uses=(Use("dm_create", (event_id,)),),
        budget=answer.budget,
    )


def _new_id(answer: Answer, name: str) -> str:
    value = text_of(answer.one, name)
    if not ID.fullmatch(value):
        raise OutcomeUnknown(UNCONFIRMED)
    return value
