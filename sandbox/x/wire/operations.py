"""The routes of the API as data: who may call them, how often, with which parameters.

Auth kinds and scopes are those of X's OpenAPI 2.166, limits those of its rate-limit page of 2026-08.
"""

from dataclasses import dataclass

APP, OAUTH1, OAUTH2 = "app", "oauth1", "oauth2"
ANYONE = frozenset({APP, OAUTH1, OAUTH2})
USERS = frozenset({OAUTH1, OAUTH2})

FIELDS = frozenset(
    {"tweet.fields", "post.fields", "expansions", "user.fields", "media.fields", "poll.fields", "place.fields"}
)
USER_FIELDS = frozenset({"tweet.fields", "post.fields", "expansions", "user.fields"})
RANGE = frozenset({"since_id", "until_id", "start_time", "end_time", "max_results", "pagination_token"})
DM_LIST = FIELDS | {"dm_event.fields", "event_types", "max_results", "pagination_token"}

READ_POSTS = ("tweet.read", "users.read")
READ_DMS = ("dm.read", "tweet.read", "users.read")
WRITE_POSTS = ("tweet.read", "tweet.write", "users.read")
WRITE_DMS = ("dm.write", "tweet.read", "users.read")
LIKES = ("like.write", "tweet.read", "users.read")


@dataclass(frozen=True)
class Operation:
    """`app` and `user` are calls per 15 minutes, `app_day` and `user_day` per 24 hours."""

    name: str
    method: str
    rule: str
    kinds: frozenset[str]
    scopes: tuple[str, ...] = ()
    app: int = 300
    user: int = 900
    app_day: int | None = None
    user_day: int | None = None
    params: frozenset[str] = frozenset()


OPERATIONS = (
    Operation("me", "GET", "/2/users/me", USERS, READ_POSTS, user=75, params=USER_FIELDS),
    Operation("users", "GET", "/2/users", ANYONE, READ_POSTS, params=USER_FIELDS | {"ids"}),
    Operation("user", "GET", "/2/users/<id>", ANYONE, READ_POSTS, params=USER_FIELDS),
    Operation("users_by", "GET", "/2/users/by", ANYONE, READ_POSTS, params=USER_FIELDS | {"usernames"}),
    Operation("user_by", "GET", "/2/users/by/username/<username>", ANYONE, READ_POSTS, params=USER_FIELDS),
    Operation(
        "mentions", "GET", "/2/users/<id>/mentions", ANYONE, READ_POSTS, app=450, user=300, params=FIELDS | RANGE
    ),
    Operation(
        "own_posts",
        "GET",
        "/2/users/<id>/tweets",
        ANYONE,
        READ_POSTS,
        app=1500,
        params=FIELDS | RANGE | {"exclude"},
    ),
    Operation("posts", "GET", "/2/tweets", ANYONE, READ_POSTS, app=3500, user=5000, params=FIELDS | {"ids"}),
    Operation("post", "GET", "/2/tweets/<id>", ANYONE, READ_POSTS, app=450, params=FIELDS),
    Operation(
        "search",
        "GET",
        "/2/tweets/search/recent",
        ANYONE,
        READ_POSTS,
        app=450,
        user=300,
        params=FIELDS | RANGE | {"query", "next_token", "sort_order"},
    ),
    Operation("post_create", "POST", "/2/tweets", USERS, WRITE_POSTS, user=100, app_day=10_000),
    Operation("post_delete", "DELETE", "/2/tweets/<id>", USERS, WRITE_POSTS, user=50),
    Operation(
        "post_hide",
        "PUT",
        "/2/tweets/<id>/hidden",
        USERS,
        ("tweet.moderate.write", "tweet.read", "users.read"),
        user=50,
    ),
    Operation("like", "POST", "/2/users/<id>/likes", USERS, LIKES, user=50, user_day=1000),
    Operation("unlike", "DELETE", "/2/users/<id>/likes/<post_id>", USERS, LIKES, user=50, user_day=1000),
    Operation("dm_events", "GET", "/2/dm_events", USERS, READ_DMS, user=15, params=DM_LIST),
    Operation("dm_event", "GET", "/2/dm_events/<id>", USERS, READ_DMS, user=15, params=FIELDS | {"dm_event.fields"}),
    Operation("dm_events_of", "GET", "/2/dm_conversations/<id>/dm_events", USERS, READ_DMS, user=15, params=DM_LIST),
    Operation(
        "dm_events_with", "GET", "/2/dm_conversations/with/<id>/dm_events", USERS, READ_DMS, user=15, params=DM_LIST
    ),
    Operation("dm_open", "POST", "/2/dm_conversations", USERS, WRITE_DMS, user=15, app_day=1440, user_day=1440),
    Operation(
        "dm_send", "POST", "/2/dm_conversations/<id>/messages", USERS, WRITE_DMS, user=15, app_day=1440, user_day=1440
    ),
    Operation(
        "dm_send_with",
        "POST",
        "/2/dm_conversations/with/<id>/messages",
        USERS,
        WRITE_DMS,
        user=15,
        app_day=1440,
        user_day=1440,
    ),
    # X documents OAuth 2 only for the bytes of a private picture.
    Operation(
        "dm_media",
        "GET",
        "/2/dm_conversations/media/<dm_id>/<media_id>/<resource_id>",
        frozenset({OAUTH2}),
        ("dm.read",),
    ),
    Operation("media_upload", "POST", "/2/media/upload", USERS, ("media.write",), user=500, app_day=50_000),
    Operation("usage", "GET", "/2/usage/tweets", frozenset({APP}), app=50, params=frozenset({"days", "usage.fields"})),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}
