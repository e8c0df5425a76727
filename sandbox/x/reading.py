"""What somebody who looks at the network finds. Callers hold the world's lock."""

from collections.abc import Callable, Iterable

from sandbox.x.clock import id_at
from sandbox.x.model import Account, DmEvent, Post
from sandbox.x.world import World

DAY_MS = 86_400_000


def hidden_because(world: World, post: Post | None, viewer: Account | None) -> str:
    """Why a look-up by id fails: gone, protected; empty when it can be seen."""
    if post is None or post.deleted:
        return "gone"
    author = world.accounts[post.author_id]
    if author.gone:
        return "gone"
    if author.protected and (viewer is None or viewer.id != author.id):
        return "protected"
    return ""


def newest_first(world: World, numbers: Iterable[int], viewer: Account | None) -> list[Post]:
    """Posts as timelines show them: latest versions, indexed already, of authors who can be seen."""
    now_ms = world.clock.now_ms()
    posts = (world.posts[number] for number in numbers)
    shown = [
        post for post in posts if post.latest and post.visible_ms <= now_ms and not hidden_because(world, post, viewer)
    ]
    return sorted(shown, key=lambda post: post.id, reverse=True)


def mentions_of(world: World, user: Account, viewer: Account | None) -> list[Post]:
    """Posts of others that name the user, reposts included; only the newest 800, as on X."""
    posts = newest_first(world, world.posts_by_mention[user.id], viewer)
    return [post for post in posts if post.author_id != user.id][: world.settings.mentions_cap]


def posts_of(world: World, user: Account, viewer: Account | None) -> list[Post]:
    return newest_first(world, world.posts_by_author[user.id], viewer)[: world.settings.own_posts_cap]


def found(world: World, matches: Callable[[Post], bool], viewer: Account | None) -> list[Post]:
    oldest = id_at(world.clock.now_ms() - world.settings.search_days * DAY_MS)
    numbers = [number for number, post in world.posts.items() if number >= oldest and matches(post)]
    return newest_first(world, numbers, viewer)


def dm_events(world: World, user: Account, conversation_id: str | None = None) -> list[DmEvent]:
    """Events in the user's conversations, newest first, 30 days back."""
    now_ms = world.clock.now_ms()
    oldest = now_ms - world.settings.dm_days * DAY_MS
    rooms = [conversation_id] if conversation_id else list(world.conversations)
    events = (
        world.dms[number]
        for room in rooms
        if room in world.conversations and user.id in world.conversations[room].participants
        for number in world.dms_by_conversation[room]
    )
    shown = [event for event in events if event.visible_ms <= now_ms and event.created_ms >= oldest]
    return sorted(shown, key=lambda event: event.id, reverse=True)
