"""What the page shows: threads around the brand, and private messages with it."""

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from sandbox.x.clock import from_ms
from sandbox.x.model import Account, Link, Post
from sandbox.x.reading import newest_first
from sandbox.x.world import World

THREADS, POSTS_PER_THREAD, MESSAGES = 30, 40, 60
MINUTE_MS = 60_000
SHORT_LINK = re.compile(r"https://t\.co/[a-z0-9]{10}")


@dataclass(frozen=True)
class Item:
    """A post or a message as drawn."""

    id: int
    author: Account
    text: Markup
    plain: str
    ago: str
    at: str
    by_brand: bool
    pictures: list[str]
    edited: bool = False
    repost_of: str = ""
    likes: int = 0
    reposts: int = 0


def customers(world: World, brand: str) -> list[Account]:
    people = [one for one in world.accounts.values() if one.username.lower() != brand.lower() and not one.gone]
    return sorted(people, key=lambda one: one.name.casefold())


def threads(world: World, brand: str) -> list[list[Item]]:
    """Conversations in which the brand is named or speaks, the liveliest first."""
    brand_id = world.ids_by_name.get(brand.lower(), 0)
    numbers = {*world.posts_by_mention[brand_id], *world.posts_by_author[brand_id]}
    latest: dict[int, int] = {}
    for post in newest_first(world, numbers, None):
        latest.setdefault(post.conversation_id, post.id)
    shown = list(latest)[:THREADS]
    members: dict[int, list[Post]] = {number: [] for number in shown}
    for number, post in world.posts.items():
        if post.conversation_id in members and post.latest and not post.deleted:
            members[post.conversation_id].append(world.posts[number])
    return [
        [_item(world, post, brand_id) for post in sorted(posts, key=lambda one: one.id)[:POSTS_PER_THREAD]]
        for posts in members.values()
    ]


def messages(world: World, brand: str, me: Account) -> list[Item]:
    """The one-to-one conversation, oldest first."""
    if brand.lower() not in world.ids_by_name:
        return []
    shown = []
    for event in world.dms_of(me, brand)[-MESSAGES:]:
        author = world.accounts[event.sender_id or me.id]
        shown.append(
            Item(
                event.id,
                author,
                _linked(event.text, event.links),
                event.text,
                _ago(world, event.created_ms),
                _at(event.created_ms),
                author.username.lower() == brand.lower(),
                [f"/private/{key}.png" for key in event.media],
            )
        )
    return shown


def _item(world: World, post: Post, brand_id: int) -> Item:
    original = world.posts.get(post.reposts or 0)
    text = post.text[: len(post.text) - post.suffix]
    return Item(
        post.id,
        world.accounts[post.author_id],
        _linked(text, post.links),
        post.own_words,
        _ago(world, post.created_ms),
        _at(post.created_ms),
        post.author_id == brand_id,
        [f"/media/{key}.png" for key in post.media],
        len(post.history) > 1,
        world.accounts[original.author_id].username if original else "",
        post.likes,
        post.repost_count,
    )


def _linked(text: str, links: list[Link]) -> Markup:
    """Text with its addresses readable. Nothing leads out of the sandbox."""
    shown = {link.url: link.display for link in links if not link.media_key}
    return escape(SHORT_LINK.sub(lambda match: shown.get(match[0], match[0]), text))


def _ago(world: World, ms: int) -> str:
    minutes = max(world.clock.now_ms() - ms, 0) // MINUTE_MS
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes >= size:
            return f"{minutes // size}{unit}"
    return f"{minutes}m" if minutes else "now"


def _at(ms: int) -> str:
    return from_ms(ms).strftime("%Y-%m-%dT%H:%M:%SZ")
