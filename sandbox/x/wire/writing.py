"""Routes that write posts, with X's rules for what an app may say."""

from typing import Any

from sandbox.x import text as texts
from sandbox.x.model import Media, NotPossible, Post
from sandbox.x.wire.call import ID, Answer, Call
from sandbox.x.wire.posts import lookup
from sandbox.x.wire.problems import (
    Problem,
    duplicate,
    forbidden,
    invalid_body,
    not_permitted,
    parent_gone,
    reply_gate,
    too_long,
)
from sandbox.x.wire.render import Page, post_text

CREATE_FIELDS = (
    "text",
    "reply",
    "media",
    "quote_tweet_id",
    "direct_message_deep_link",
    "reply_settings",
    "for_super_followers_only",
    "nullcast",
    "made_with_ai",
    "paid_partnership",
)
MAX_PICTURES = 4
UPLOAD_LIFE_MS = 86_400_000


def create(call: Call) -> Answer:
    call.check_body(*CREATE_FIELDS)
    text = body_text(call)
    reply = section(call, "reply")
    parent = reply_parent(call, reply) if reply else None
    pictures = attachments(call, section(call, "media").get("media_ids") or [])
    if not text and not pictures:
        raise invalid_body("$.text: must have at least 1 character unless media is given")
    if texts.weighted_length(text) > call.world.settings.max_weight:
        raise too_long()
    refuse_duplicate(call, text, parent)
    left_out = excluded(reply)
    link = call.body.get("direct_message_deep_link")
    quote = quoted(call)
    try:
        post = call.world.post(
            call.user,
            f"{text} {link}" if link else text,
            reply_to=parent,
            quote=quote,
            media=pictures,
            leave_out=left_out,
        )
    except NotPossible as error:
        raise forbidden(str(error)) from error
    call.charge(price_of(call, post, parent))
    data = {
        "id": str(post.id),
        "text": post_text(post, call.world.settings.max_weight),
        "edit_history_tweet_ids": [str(post.id)],
    }
    return Answer(201, {"data": data}, {"location": f"https://api.twitter.com/2/tweets/{post.id}"})


def body_text(call: Call) -> str:
    text = call.body.get("text", "")
    if not isinstance(text, str):
        raise invalid_body("$.text: must be a string")
    return text.strip()


def section(call: Call, name: str) -> dict[str, Any]:
    """An optional object of the body."""
    value = call.body.get(name)
    if value is not None and not isinstance(value, dict):
        raise invalid_body(f"$.{name}: must be an object")
    return value or {}


def excluded(reply: dict[str, Any]) -> list[int]:
    values = reply.get("exclude_reply_user_ids") or []
    if not isinstance(values, list):
        raise invalid_body("$.reply.exclude_reply_user_ids: must be a list")
    return [body_id(value, "reply.exclude_reply_user_ids") for value in values]


def body_id(value: Any, name: str) -> int:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise invalid_body(f"$.{name}: does not match the regex pattern ^[0-9]{{1,19}}$")
    return int(value)


def reply_parent(call: Call, reply: dict[str, Any]) -> Post:
    """The post to answer, if the account may answer it."""
    parent = call.world.posts.get(body_id(reply.get("in_reply_to_tweet_id"), "reply.in_reply_to_tweet_id"))
    if parent is None or parent.deleted:
        raise parent_gone()
    author = call.world.accounts[parent.author_id]
    if author.gone or call.user.id in author.blocks or (author.protected and author is not call.user):
        raise parent_gone()
    if call.world.settings.reply_gate and author is not call.user and not summoned(call, parent):
        raise reply_gate()
    return parent


def summoned(call: Call, parent: Post) -> bool:
    """Whether the author mentioned or quoted the account."""
    quoted_post = call.world.posts.get(parent.quotes or 0)
    if quoted_post and quoted_post.author_id == call.user.id:
        return True
    text = parent.text
    if not call.world.settings.automatic_mention_summons:
        text = text[parent.prefix :]
    return call.user.username.lower() in {name.lower() for name in texts.mentioned(text)}


def quoted(call: Call) -> Post | None:
    value = call.body.get("quote_tweet_id")
    if value is None:
        return None
    post = call.world.posts.get(body_id(value, "quote_tweet_id"))
    if post is None or post.deleted:
        raise forbidden("Quoting this post is not allowed because it is deleted or not visible to you.")
    return post


def attachments(call: Call, ids: Any) -> list[Media]:
    """Uploaded pictures of the caller, at most four and not older than a day."""
    if not isinstance(ids, list):
        raise invalid_body("$.media.media_ids: must be a list")
    by_id = {str(media.id): media for media in call.world.media.values() if media.owner_id == call.user.id}
    fresh_ms = call.world.clock.now_ms() - UPLOAD_LIFE_MS
    if len(ids) > MAX_PICTURES or any(str(one) not in by_id or by_id[str(one)].created_ms < fresh_ms for one in ids):
        raise invalid_body("Your media IDs are invalid.")
    return [by_id[str(one)] for one in ids]


def refuse_duplicate(call: Call, text: str, parent: Post | None) -> None:
    """The same words, to the same author, within the window."""
    since_ms = call.world.clock.now_ms() - int(call.world.settings.duplicate_window_s * 1000)
    to = parent.author_id if parent else None
    for number in reversed(call.world.posts_by_author[call.user.id]):
        post = call.world.posts[number]
        if post.deleted or post.created_ms < since_ms or not post.own_words:
            continue
        said = expanded(post)
        if said == text and (post.reply_to_user if post.reply_to else None) == to:
            raise duplicate()


def expanded(post: Post) -> str:
    """The author's words with the addresses as typed."""
    text = post.own_words
    for link in post.links:
        text = text.replace(link.url, link.expanded)
    return text


def price_of(call: Call, post: Post, parent: Post | None) -> str:
    if parent is not None and parent.author_id != call.user.id:
        return "reply_create"
    return "post_create_with_link" if any(not link.media_key for link in post.links) else "post_create"


def existing(call: Call, id: str) -> Post:
    post = call.world.posts.get(call.path_id(id))
    if post is None or post.deleted:
        made = Page(call)
        lookup(call, made, int(id), "id")
        raise Problem(404, made.errors[0])
    return post


def delete(call: Call, id: str) -> Answer:
    """Deleting what is gone already says so too, as X does."""
    post = call.world.posts.get(call.path_id(id))
    if post and not post.deleted:
        if post.author_id != call.user.id:
            raise forbidden("You are not authorized to delete this Tweet.")
        call.world.delete(post)
    call.charge("content_manage")
    return Answer(body={"data": {"deleted": True}})


def hide(call: Call, id: str) -> Answer:
    call.check_body("hidden")
    if not isinstance(call.body.get("hidden"), bool):
        raise invalid_body("$.hidden: must be a boolean")
    post = existing(call, id)
    root = call.world.posts.get(post.conversation_id)
    if root is None or root.author_id != call.user.id or post.author_id == call.user.id:
        raise not_permitted()
    call.world.hide(post, call.body["hidden"])
    call.charge("content_manage")
    return Answer(body={"data": {"hidden": post.hidden}})


def like(call: Call, id: str) -> Answer:
    call.check_body("tweet_id")
    return _like(call, id, str(call.body.get("tweet_id")), liked=True)


def unlike(call: Call, id: str, post_id: str) -> Answer:
    return _like(call, id, post_id, liked=False)


def _like(call: Call, user_id: str, post_id: str, *, liked: bool) -> Answer:
    if str(call.user.id) != user_id:
        raise forbidden("The `id` query parameter value must be the id of the authenticated user.")
    call.world.like(call.user, existing(call, post_id), liked=liked)
    call.charge("interaction" if liked else "interaction_delete")
    return Answer(body={"data": {"liked": liked}})
