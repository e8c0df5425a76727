"""Objects as JSON: only the fields asked for, with their expansions and what could not be found."""

from collections.abc import Iterable
from typing import Any

from sandbox.x import text as texts
from sandbox.x.clock import iso
from sandbox.x.model import Account, DmEvent, Media, Post
from sandbox.x.reading import hidden_because
from sandbox.x.wire.call import Call
from sandbox.x.wire.problems import missing

Json = dict[str, Any]
ALWAYS = {"id", "text", "edit_history_tweet_ids"}
# An expansion brings the field that it starts from.
IMPLIED = {
    "author_id": "author_id",
    "in_reply_to_user_id": "in_reply_to_user_id",
    "referenced_tweets.id": "referenced_tweets",
    "referenced_tweets.id.author_id": "referenced_tweets",
    "referenced_tweets.id.attachments.media_keys": "referenced_tweets",
    "attachments.media_keys": "attachments",
    "entities.mentions.username": "entities",
    "edit_history_tweet_ids": "edit_history_tweet_ids",
}
REPLY, QUOTE, REPOST = "replied_to", "quoted", "retweeted"


def post_text(post: Post, max_weight: int) -> str:
    """What `text` holds: long posts are cut, the whole is in `note_tweet`."""
    words = post.own_words
    if post.reposts or texts.weighted_length(words) <= max_weight:
        return texts.escape(post.text)
    head, tail = post.text[: post.prefix], post.text[len(post.text) - post.suffix :]
    return texts.escape(f"{head}{texts.cut(words, max_weight - 2).rstrip()}…{tail}")


def references(post: Post) -> list[Json]:
    pairs = ((REPOST, post.reposts), (QUOTE, post.quotes), (REPLY, post.reply_to))
    return [{"type": kind, "id": str(number)} for kind, number in pairs if number]


def post_fields(call: Call, post: Post) -> Json:
    """All fields of a post that this network knows, by name; None where it has none."""
    world = call.world
    text = post_text(post, world.settings.max_weight)
    whole = texts.escape(post.text)
    first = world.posts[post.history[0]]
    until_ms = first.created_ms + int(world.settings.edit_window_s * 1000)
    left = world.settings.edits + 1 - len(post.history)
    names = world.ids_by_name
    # As on X, a repost tells how often the post that it repeats was reposted.
    original = world.posts[post.reposts] if post.reposts else post
    return {
        "id": str(post.id),
        "text": text,
        "edit_history_tweet_ids": [str(number) for number in post.history],
        "author_id": str(post.author_id),
        "conversation_id": str(post.conversation_id),
        "created_at": iso(post.created_ms),
        "lang": post.lang,
        "in_reply_to_user_id": str(post.reply_to_user) if post.reply_to_user else None,
        "referenced_tweets": references(post) or None,
        "attachments": {"media_keys": list(post.media)} if post.media else None,
        "entities": texts.entities(text, post.links, names) or None,
        "note_tweet": {"text": whole, "entities": texts.entities(whole, post.links, names)} if whole != text else None,
        "display_text_range": [post.prefix, len(text) - post.suffix],
        "edit_controls": {
            "edits_remaining": left,
            "is_edit_eligible": left > 0 and not post.reply_to and world.clock.now_ms() < until_ms,
            "editable_until": iso(until_ms),
        },
        "public_metrics": {
            "retweet_count": original.repost_count,
            "reply_count": post.reply_count,
            "like_count": post.likes,
            "quote_count": post.quote_count,
            "bookmark_count": 0,
            "impression_count": post.views,
        },
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "source": "X Web App",
    }


def user_fields(call: Call, user: Account) -> Json:
    world = call.world
    me = call.caller.user
    return {
        "id": str(user.id),
        "name": user.name,
        "username": user.username,
        "created_at": iso(user.created_ms),
        "description": user.description,
        "location": user.location or None,
        "profile_image_url": f"{call.base_url}/media/profile-{user.id}.png",
        "protected": user.protected,
        "verified": user.verified,
        "verified_type": "blue" if user.verified else "none",
        "public_metrics": {
            "followers_count": user.followers,
            "following_count": user.following,
            "tweet_count": len(world.posts_by_author[user.id]),
            "listed_count": user.followers // 500,
            "like_count": user.following,
            "media_count": 0,
        },
        "receives_your_dm": user.open_dms and (me is None or me.id not in user.blocks),
        "url": f"https://t.co/{user.id % 10**10:010d}",
    }


def media_fields(call: Call, media: Media) -> Json:
    suffix = media.content_type.rpartition("/")[2].replace("jpeg", "jpg")
    url = f"{call.base_url}/media/{media.key}.{suffix}"
    return {
        "media_key": media.key,
        "type": "photo",
        "url": url,
        "width": media.width,
        "height": media.height,
        "alt_text": media.alt or None,
    }


def dm_fields(event: DmEvent) -> Json:
    text = texts.escape(event.text)
    return {
        "id": str(event.id),
        "event_type": event.kind,
        "text": text if event.sender_id and not event.participants else None,
        "sender_id": str(event.sender_id) if event.sender_id else None,
        "dm_conversation_id": event.conversation_id,
        "created_at": iso(event.created_ms),
        "participant_ids": [str(number) for number in event.participants] or None,
        "attachments": {"media_keys": list(event.media)} if event.media else None,
        "entities": texts.entities(text, event.links, {}) or None,
    }


def select(values: Json, wanted: set[str]) -> Json:
    return {name: value for name, value in values.items() if name in wanted and value is not None}


class Page:
    """Collects what an answer consists of, and charges for it."""

    def __init__(self, call: Call, *, owned: bool = False) -> None:
        self.call = call
        self.expansions = call.fields("expansions")
        self.price = "owned_read" if owned else "post_read"
        self._users: dict[int, Json] = {}
        self._posts: dict[int, Json] = {}
        self._media: dict[str, Json] = {}
        self.errors: list[Json] = []

    def post(self, post: Post) -> Json:
        """A post of `data`; what it refers to goes to `includes`."""
        self.call.charge_read("post", post.id, self.price)
        self._expand(post)
        return self._post_json(post)

    def user(self, user: Account) -> Json:
        self.call.charge_read("user", user.id, "user_read")
        return self._user_json(user)

    def dm(self, event: DmEvent) -> Json:
        self.call.charge_read("dm_event", event.id, "dm_event_read")
        wanted = self.call.fields("dm_event.fields") | {"id", "event_type", "text"}
        for expansion, name in (
            ("sender_id",) * 2,
            ("participant_ids",) * 2,
            ("attachments.media_keys", "attachments"),
        ):
            if expansion in self.expansions:
                wanted.add(name)
        if "sender_id" in self.expansions and event.sender_id:
            self._include_user(event.sender_id, "sender_id")
        if "participant_ids" in self.expansions:
            for number in event.participants:
                self._include_user(number, "participant_ids")
        if "attachments.media_keys" in self.expansions:
            self._include_private_media(event)
        return select(dm_fields(event), wanted)

    def answer(self, data: Json | list[Json] | None, meta: Json | None = None) -> Json:
        """The whole body; keys without content are left out, as on X."""
        includes = {
            "users": list(self._users.values()),
            "tweets": list(self._posts.values()),
            "media": list(self._media.values()),
        }
        includes = {kind: items for kind, items in includes.items() if items}
        parts = {"data": data, "includes": includes, "errors": self.errors, "meta": meta}
        return {name: part for name, part in parts.items() if part}

    def _post_json(self, post: Post) -> Json:
        implied = {IMPLIED[name] for name in self.expansions if name in IMPLIED}
        return select(post_fields(self.call, post), ALWAYS | self.call.fields("tweet.fields") | implied)

    def _user_json(self, user: Account) -> Json:
        return select(user_fields(self.call, user), {"id", "name", "username"} | self.call.fields("user.fields"))

    def _expand(self, post: Post) -> None:
        for expansion, numbers in (
            ("author_id", [post.author_id]),
            ("in_reply_to_user_id", [post.reply_to_user] if post.reply_to_user else []),
            ("entities.mentions.username", post.mentions),
        ):
            if expansion in self.expansions:
                for number in numbers:
                    self._include_user(number, expansion)
        if "attachments.media_keys" in self.expansions:
            self._include_media(post.media)
        if any(name.startswith("referenced_tweets.id") for name in self.expansions):
            for reference in references(post):
                self._include_post(int(reference["id"]))
        if "edit_history_tweet_ids" in self.expansions:
            for number in post.history:
                self._posts.setdefault(number, self._post_json(self.call.world.posts[number]))

    def _include_user(self, number: int, parameter: str) -> None:
        user = self.call.world.accounts[number]
        if user.gone:
            reason = "suspended" if user.suspended else "gone"
            self._error(missing("user", parameter, str(number), reason=reason))
        elif number not in self._users:
            self._users[number] = self._user_json(user)
            if self.call.world.settings.bill_included_users:
                self.call.charge_read("user", number, "user_read")

    def _include_post(self, number: int) -> None:
        post = self.call.world.posts.get(number)
        reason = hidden_because(self.call.world, post, self.call.caller.user)
        if post is None or reason:
            self._error(missing("tweet", "referenced_tweets.id", str(number), reason=reason))
            return
        if number not in self._posts:
            self._posts[number] = self._post_json(post)
            self.call.charge_read("post", number, "post_read")
        if "referenced_tweets.id.author_id" in self.expansions:
            self._include_user(post.author_id, "referenced_tweets.id.author_id")
        if "referenced_tweets.id.attachments.media_keys" in self.expansions:
            self._include_media(post.media)

    def _include_media(self, keys: Iterable[str]) -> None:
        wanted = {"media_key", "type"} | self.call.fields("media.fields")
        for key in keys:
            self._media[key] = select(media_fields(self.call, self.call.world.media[key]), wanted)

    def _include_private_media(self, event: DmEvent) -> None:
        self._include_media(event.media)
        for key in event.media:
            media = self.call.world.media[key]
            if "url" in self._media[key]:
                path = f"/2/dm_conversations/media/{event.id}/{media.id}/{media.key}.png"
                self._media[key]["url"] = self.call.base_url + path

    def _error(self, error: Json) -> None:
        if error not in self.errors:
            self.errors.append(error)
