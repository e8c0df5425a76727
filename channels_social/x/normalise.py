"""What a post becomes. Pure: the stored payload and the account's own id in, a message or a reason out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from channels_social.x.direct_messages import direct_message
from channels_social.x.entities import readable
from channels_social.x.parts import ID, Included, at_name, occurred_at, required_id
from channels_social.x.shapes import dict_of, dicts, number, strings, text_of
from channels_social.x.vocabulary import in_old_words
from tickets.channels.contract import INBOUND, OUTBOUND, PUBLIC, Ignored, Inbound, Person, ReachUpdate
from tickets.channels.errors import BadPayload

REACH = {
    "retweet_count": "reposts",
    "reply_count": "replies",
    "like_count": "likes",
    "quote_count": "quotes",
    "impression_count": "views",
}
LEADING_NAMES = re.compile(r"(?:\s*[@＠][A-Za-z0-9_]{1,15}(?![A-Za-z0-9_]))+")
# X's codes for texts that are in no language.
NO_LANGUAGE = {"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"}


@dataclass(frozen=True)
class Us:
    """The connected account; `handle` in lower case, without @."""

    user_id: str
    handle: str


@dataclass(frozen=True)
class Post:
    """The parts of a post that several rules look at. Ids are "" where X gave none."""

    item: Mapping[str, Any]
    id: str
    author_id: str
    answers: str
    answers_person: str
    quotes: str
    repeats: str
    text: str
    entities: Mapping[str, Any]


def normalise(payload: Mapping[str, Any], us: Us) -> Inbound | Ignored:
    """A post or a direct message event, as stored by `feeds`. Raises BadPayload."""
    if not us.user_id:
        raise BadPayload("The account's own id is not known yet. Check the channel, then try this item again.")
    payload = in_old_words(payload)
    item, included = dict_of(payload.get("item")), Included(dict_of(payload.get("includes")))
    if payload.get("feed") == "direct_messages":
        return direct_message(item, included, user_id=us.user_id)
    post = _read(item)
    if post.repeats:
        return Ignored("repost", _reach_of_original(post))
    if post.author_id != us.user_id and _is_ambient(post, us):
        return Ignored("ambient")
    return _message(post, included, us)


def permalink(post_id: str, handle: str = "") -> str:
    return f"https://x.com/{handle.lstrip('@') or 'i'}/status/{post_id}"


def _read(item: Mapping[str, Any]) -> Post:
    references = {text_of(one, "type"): text_of(one, "id") for one in dicts(item.get("referenced_tweets"))}
    # A long post is cut in `text`; the whole of it has entities of its own.
    note = dict_of(item.get("note_tweet"))
    whole = note if text_of(note, "text") else item
    return Post(
        item=item,
        id=required_id(item, "id"),
        author_id=required_id(item, "author_id"),
        answers=references.get("replied_to", ""),
        answers_person=text_of(item, "in_reply_to_user_id"),
        quotes=references.get("quoted", ""),
        repeats=references.get("retweeted", "") or references.get("reposted", ""),
        text=text_of(whole, "text"),
        entities=dict_of(whole.get("entities")),
    )


def _message(post: Post, included: Included, us: Us) -> Inbound:
    own = post.author_id == us.user_id
    author = included.person(post.author_id)
    if own and not author.handle:
        author = replace(author, handle=at_name(us.handle))
    party = _addressee(post, included, us) if own else author
    shown = included.media_of(post.item)
    language = text_of(post.item, "lang")
    return Inbound(
        external_ids=_ids(post),
        direction=OUTBOUND if own else INBOUND,
        visibility=PUBLIC,
        author=author,
        party=party,
        occurred_at=occurred_at(post.item, post.id),
        thread_key=f"{text_of(post.item, 'conversation_id') or post.id}:{(party or author).external_id}",
        text=_text(post, shown),
        replies_to=(post.answers,) if post.answers else (),
        asks_for_answer=not own,
        media=tuple(shown.values()),
        permalink=permalink(post.id, author.handle),
        reach=_reach(post),
        language="" if language in NO_LANGUAGE else language,
        reply_data={} if own else {"summoned": _summons(post, us)},
    )


def _ids(post: Post) -> tuple[str, ...]:
    """Every edit has an id of its own; the newest first."""
    history = {one for one in strings(post.item.get("edit_history_tweet_ids")) if ID.fullmatch(one)}
    return tuple(sorted(history | {post.id}, key=int, reverse=True))


def _text(post: Post, shown: Mapping[str, Any]) -> str:
    text = readable(post.text, post.entities, shown)
    if post.quotes and f"/status/{post.quotes}" not in text:
        text = f"{text}\n\n{permalink(post.quotes)}".strip()
    return text


def _addressee(post: Post, included: Included, us: Us) -> Person | None:
    """Whom a post of ours answers."""
    if not ID.fullmatch(post.answers_person) or post.answers_person == us.user_id:
        return None
    person = included.person(post.answers_person)
    named = next((one for one in dicts(post.entities.get("mentions")) if one.get("id") == person.external_id), {})
    return person if person.handle else replace(person, handle=at_name(text_of(named, "username")))


def _is_ambient(post: Post, us: Us) -> bool:
    """Others talk and our name stands in front only because it stood in front of what they answer."""
    if post.answers_person in ("", us.user_id, post.author_id) or _quotes_us(post, us):
        return False
    leading = LEADING_NAMES.match(post.text)
    return not _names_us(post, us, behind=leading.end() if leading else 0)


def _summons(post: Post, us: Us) -> bool:
    """X accepts a reply by API only to those who addressed, named or quoted the account."""
    return post.answers_person == us.user_id or _names_us(post, us) or _quotes_us(post, us)


def _names_us(post: Post, us: Us, behind: int = 0) -> bool:
    mentions = dicts(post.entities.get("mentions"))
    marked = [one for one in mentions if one.get("id") == us.user_id or text_of(one, "username").lower() == us.handle]
    if marked:
        return any((number(one.get("start")) or 0) >= behind for one in marked)
    return bool(re.search(rf"[@＠]{re.escape(us.handle)}(?![A-Za-z0-9_])", post.text[behind:], re.IGNORECASE))


def _quotes_us(post: Post, us: Us) -> bool:
    own_post = re.compile(rf"https?://(?:\w+\.)?(?:x|twitter)\.com/{re.escape(us.handle)}/status/{post.quotes}\b", re.I)
    links = [
        text_of(one, "expanded_url")
        for part in (post.entities, dict_of(post.item.get("entities")))
        for one in dicts(part.get("urls"))
    ]
    return bool(post.quotes) and any(own_post.match(link) for link in links)


def _reach(post: Post) -> dict[str, int]:
    metrics = dict_of(post.item.get("public_metrics"))
    return {ours: count for theirs, ours in REACH.items() if (count := number(metrics.get(theirs))) is not None}


def _reach_of_original(post: Post) -> ReachUpdate | None:
    """A repost counts the reposts of what it repeats."""
    reposts = _reach(post).get("reposts", 0)
    return ReachUpdate(post.repeats, {"reposts": reposts}) if reposts else None
