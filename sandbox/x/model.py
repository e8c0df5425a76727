"""What exists on the simulated network. Ids are integers; times are milliseconds since 1970."""

from dataclasses import dataclass, field
from typing import Any

MESSAGE, JOIN, LEAVE = "MessageCreate", "ParticipantsJoin", "ParticipantsLeave"
READ, WRITE, DMS = "read", "read-write", "read-write-directmessages"


class NotPossible(ValueError):
    """What the network does not allow its users to do, in words for a person."""


@dataclass(slots=True)
class Account:
    id: int
    username: str
    name: str
    created_ms: int
    followers: int = 120
    following: int = 180
    verified: bool = False
    protected: bool = False
    suspended: bool = False
    deactivated: bool = False
    # Takes direct messages from people it has not written to.
    open_dms: bool = True
    description: str = ""
    location: str = ""
    # What this person writes; the network does not tell.
    language: str = "en"
    blocks: list[int] = field(default_factory=list)

    @property
    def gone(self) -> bool:
        return self.suspended or self.deactivated


@dataclass(slots=True)
class Link:
    """A t.co address as it stands in a text, and where it leads."""

    url: str
    expanded: str
    display: str
    media_key: str | None = None


@dataclass(slots=True)
class Post:
    """One version of a post: an edit is a new Post, `history` lists the ids of all versions, oldest first."""

    id: int
    author_id: int
    text: str
    created_ms: int
    visible_ms: int
    conversation_id: int
    history: list[int]
    reply_to: int | None = None
    reply_to_user: int | None = None
    quotes: int | None = None
    reposts: int | None = None
    mentions: list[int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    lang: str = "en"
    # What the network itself put around the author's words: names before a reply, addresses of pictures and quotes.
    prefix: int = 0
    suffix: int = 0
    likes: int = 0
    repost_count: int = 0
    reply_count: int = 0
    quote_count: int = 0
    views: int = 0
    hidden: bool = False
    deleted: bool = False

    @property
    def latest(self) -> bool:
        return self.history[-1] == self.id

    @property
    def own_words(self) -> str:
        return self.text[self.prefix : len(self.text) - self.suffix]


@dataclass(slots=True)
class DmEvent:
    id: int
    kind: str
    conversation_id: str
    created_ms: int
    visible_ms: int
    sender_id: int | None = None
    text: str = ""
    links: list[Link] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    participants: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Conversation:
    """One-to-one conversations are called "smaller-larger" user id, groups by a snowflake."""

    id: str
    participants: list[int]
    group: bool = False


@dataclass(slots=True)
class Media:
    """A picture. Its bytes are drawn from `scene` when asked for, or were uploaded."""

    key: str
    id: int
    owner_id: int
    created_ms: int
    width: int = 640
    height: int = 400
    alt: str = ""
    scene: str | None = None
    content_type: str = "image/png"
    private: bool = False


@dataclass(slots=True)
class App:
    id: int
    name: str
    owner_id: int
    consumer_key: str
    consumer_secret: str
    client_id: str
    client_secret: str
    bearer_token: str
    access: str = DMS


@dataclass(slots=True)
class Token:
    """A user's permission for an app. OAuth 1.0a: `secret`; OAuth 2: `refresh_token`, `scopes`, `expires_ms`."""

    access_token: str
    app_id: int
    user_id: int
    secret: str | None = None
    refresh_token: str | None = None
    scopes: list[str] = field(default_factory=list)
    expires_ms: int | None = None
    revoked: bool = False


def link_from(value: Link | dict[str, Any]) -> Link:
    return value if isinstance(value, Link) else Link(**value)
