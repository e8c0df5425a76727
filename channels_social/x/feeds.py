"""What is polled on X, page by page: which request comes next, which items and costs an answer holds."""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from channels_social.x import walk as walks
from channels_social.x.client import Answer, Client
from channels_social.x.normalise import Us
from channels_social.x.vocabulary import in_old_words
from channels_social.x.walk import Walk
from tickets.channels.contract import FeedSpec, Page, RawItem, Use
from tickets.channels.errors import CursorExpired

MENTIONS, OWN_POSTS, DIRECT_MESSAGES = "mentions", "own_posts", "direct_messages"
FEEDS = (
    FeedSpec(MENTIONS, "Mentions"),
    FeedSpec(OWN_POSTS, "Own posts"),
    FeedSpec(DIRECT_MESSAGES, "Direct messages"),
)
PAGE = 100
# There is no "since" for direct messages: most polls look at the newest few and find them known.
FIRST_LOOK = 20
NUMBER = re.compile(r"[0-9]{1,19}")


def fetch(client: Client, feed: str, cursor: dict[str, Any], us: Us) -> Page:
    """The next page of a feed and the cursor behind it."""
    now = datetime.now(UTC)
    bounds = feed != DIRECT_MESSAGES
    walk = walks.current(cursor, now, bounds=bounds)
    try:
        answer = _ask(client, feed, walk, us)
    except CursorExpired:
        if not walk.token:
            raise
        # Only the place within the walk is lost: begin it again.
        cursor = walks.without_walk(cursor)
        walk = walks.current(cursor, now, bounds=bounds)
        answer = _ask(client, feed, walk, us)
    ids = _ids(answer.items)
    behind = walk.after(ids, answer.next_token)
    following = _next(feed, behind, now)
    return Page(
        items=[_raw_item(item, answer, feed) for item in answer.items],
        cursor=walks.under_way(cursor, following) if following else walks.finished(cursor, behind),
        more=following is not None,
        uses=_uses(feed, walk, ids, answer),
        budget=answer.budget,
    )


def _next(feed: str, walk: Walk, now: datetime) -> Walk | None:
    """The walk to go on with; None when it came to its end."""
    if not walk.ended:
        return walk
    return walks.beyond_listing(walk, now) if feed == MENTIONS else None


def _ask(client: Client, feed: str, walk: Walk, us: Us) -> Answer:
    where: dict[str, Any] = {"max_results": PAGE}
    if feed == DIRECT_MESSAGES:
        if walk.by == walks.KNOWN and not walk.token:
            where["max_results"] = FIRST_LOOK
        return client.direct_messages(**where, pagination_token=walk.token or None)
    if walk.by == walks.SEARCH:
        where |= {"start_time": walk.start_time, "end_time": walk.end_time, "next_token": walk.token or None}
        return client.search(f"@{us.handle} -is:retweet", **where)
    if walk.by == walks.SINCE:
        where["since_id"] = walk.since
    elif walk.by == walks.OVERLAPPING:
        where["start_time"] = walk.start_time
    where["pagination_token"] = walk.token or None
    return client.mentions(us.user_id, **where) if feed == MENTIONS else client.own_posts(us.user_id, **where)


def _raw_item(item: Any, answer: Answer, feed: str) -> RawItem:
    """One item with all that belongs to it. Its first id stays; each edit is a new revision."""
    payload = {"feed": feed, "item": item, "includes": _belongings(item, answer)}
    ids = _history(item)
    if ids:
        return RawItem(ids[0], payload, revision=ids[-1])
    digest = hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:32]
    number = _number(item)
    if not number:
        return RawItem(f"unreadable-{digest}", payload)
    return RawItem(number, payload, revision="" if feed == DIRECT_MESSAGES else digest)


def _belongings(item: Any, answer: Answer) -> dict[str, list[dict[str, Any]]]:
    """The included users and media that the item names."""
    named = set(re.findall(r'"([0-9_]+)"', json.dumps(item)))
    users = [user for user in answer.included("users") if user.get("id") in named]
    media = [one for one in answer.included("media") if one.get("media_key") in named]
    return {name: part for name, part in (("users", users), ("media", media)) if part}


def _uses(feed: str, walk: Walk, ids: Iterable[str], answer: Answer) -> tuple[Use, ...]:
    users = tuple(user["id"] for user in answer.included("users") if isinstance(user.get("id"), str))
    return tuple(use for use in (Use(_resource(feed, walk), tuple(ids)), Use("user_read", users)) if use.ids)


def _resource(feed: str, walk: Walk) -> str:
    if feed == DIRECT_MESSAGES:
        return "dm_read"
    return "post_read" if walk.by == walks.SEARCH else "owned_post_read"


def _ids(items: Iterable[Any]) -> list[str]:
    return [number for item in items if (number := _number(item))]


def _number(item: Any) -> str:
    number = item.get("id") if isinstance(item, dict) else None
    return number if isinstance(number, str) and NUMBER.fullmatch(number) else ""


def _history(item: Any) -> list[str]:
    """All ids of a post, oldest first; empty where the item names none (direct messages)."""
    history = in_old_words(item).get("edit_history_tweet_ids") if isinstance(item, dict) else None
    numbers = {one for one in (history if isinstance(history, list) else []) if isinstance(one, str)}
    return sorted((one for one in numbers | {_number(item)} if NUMBER.fullmatch(one)), key=int) if numbers else []
