"""Routes that read posts."""

from collections.abc import Sequence

from sandbox.x import reading
from sandbox.x.clock import from_ms, id_at
from sandbox.x.model import Account, Post
from sandbox.x.search import Query, QueryError
from sandbox.x.wire.call import Answer, Call
from sandbox.x.wire.paging import ends, page, within
from sandbox.x.wire.problems import Problem, invalid, missing, since_id_too_old
from sandbox.x.wire.render import Page

TIMELINE_TOKEN = ("pagination_token",)
SEARCH_TOKENS = ("next_token", "pagination_token")
QUERY_LENGTH = 512


def mentions(call: Call, id: str) -> Answer:
    user = timeline_owner(call, id)
    return timeline(call, reading.mentions_of(call.world, user, call.caller.user), owned(call, user))


def own_posts(call: Call, id: str) -> Answer:
    user = timeline_owner(call, id)
    posts = reading.posts_of(call.world, user, call.caller.user)
    left_out = call.fields("exclude")
    if unknown := left_out - {"replies", "retweets"}:
        raise invalid("exclude", unknown.pop(), "The `exclude` query parameter value is not one of [replies,retweets]")
    kept = [
        post
        for post in posts
        if not ("replies" in left_out and post.reply_to) and not ("retweets" in left_out and post.reposts)
    ]
    return timeline(call, kept, owned(call, user))


def search(call: Call) -> Answer:
    text = call.query.get("query", "")
    if not 1 <= len(text) <= QUERY_LENGTH:
        raise invalid("query", text, f"The `query` query parameter must have 1 to {QUERY_LENGTH} characters")
    check_window(call)
    try:
        query = Query(call.world, text)
    except QueryError as error:
        raise invalid("query", text, f"There were errors processing your request: {error} (at position 1)") from error
    posts = reading.found(call.world, query.matches, call.caller.user)
    size = call.number("max_results", 10, 100, 10)
    if "end_time" not in call.query:
        newest = call.world.clock.now_ms() - int(call.world.settings.search_delay_s * 1000)
        posts = [post for post in posts if post.created_ms <= newest]
    shown, meta = page(call, within(call, posts), size, SEARCH_TOKENS)
    made = Page(call)
    return Answer(body=made.answer([made.post(post) for post in shown], ends(meta, shown)))


def check_window(call: Call) -> None:
    """Search knows the last seven days; a cursor older than that is an error, not an empty page."""
    oldest_ms = call.world.clock.now_ms() - call.world.settings.search_days * reading.DAY_MS
    since = call.id_or_none("since_id")
    if since is not None and since < id_at(oldest_ms):
        raise since_id_too_old(str(since), from_ms(oldest_ms), id_at(oldest_ms))
    start = call.time_ms("start_time")
    if start is not None and start < oldest_ms:
        raise invalid(
            "start_time",
            call.query["start_time"],
            f"'start_time' must be on or after {from_ms(oldest_ms):%Y-%m-%dT%H:%MZ}.",
        )


def by_ids(call: Call) -> Answer:
    made = Page(call)
    data = []
    for value in call.ids("ids"):
        if post := lookup(call, made, int(value), "ids"):
            data.append(made.post(post))
    return Answer(body=made.answer(data))


def by_id(call: Call, id: str) -> Answer:
    made = Page(call)
    post = lookup(call, made, call.path_id(id), "id")
    return Answer(body=made.answer(made.post(post) if post else None))


def lookup(call: Call, made: Page, number: int, parameter: str) -> Post | None:
    """The post, or a partial error in the answer."""
    post = call.world.posts.get(number)
    reason = reading.hidden_because(call.world, post, call.caller.user)
    if reason:
        made.errors.append(missing("tweet", parameter, str(number), reason=reason))
        return None
    return post


def timeline_owner(call: Call, value: str) -> Account:
    """The account whose timeline is asked for. X answers 200 with errors only when there is none to show."""
    user = call.world.accounts.get(call.path_id(value))
    if user is None or user.gone:
        reason = "suspended" if user and user.suspended else "gone"
        raise Problem(200, {"errors": [missing("user", "id", value, reason=reason)]})
    if user.protected and user is not call.caller.user:
        raise Problem(200, {"errors": [missing("user", "id", value, reason="protected")]})
    return user


def owned(call: Call, user: Account) -> bool:
    return user is call.caller.user and call.caller.app.owner_id == user.id


def timeline(call: Call, posts: Sequence[Post], owned_read: bool) -> Answer:
    size = call.number("max_results", 5, 100, 10)
    shown, meta = page(call, within(call, posts), size, TIMELINE_TOKEN)
    made = Page(call, owned=owned_read)
    return Answer(body=made.answer([made.post(post) for post in shown], ends(meta, shown)))
