"""The channel contract: what an adapter is given, what it returns. No Django, no ORM.

An adapter translates between one network and the nouns of `tickets/`. It keeps no state of its own: everything that
must survive (cursor, credentials) is returned to the core, which stores it. Errors are those of `errors.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

PUBLIC, PRIVATE = "public", "private"
INBOUND, OUTBOUND = "inbound", "outbound"


@dataclass(frozen=True)
class Field:
    """One credential or option of a channel kind, as forms and the command line name it."""

    name: str
    label: str
    secret: bool = False
    required: bool = True
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    # What a whole value must look like; `help` then says it in words.
    pattern: str = ""
    # Several lines of text.
    is_long: bool = False


@dataclass(frozen=True)
class FileLimits:
    """The files of one message: how many, bytes of each and of all `together` (0: no more than that), content types.

    No types: any type goes.
    """

    count: int = 0
    bytes: int = 0
    together: int = 0
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Capabilities:
    """What a network can do. Core code and templates ask these, never the kind's name."""

    polls: bool = True
    can_reply_publicly: bool = False
    can_reply_privately: bool = False
    # A private message may be sent on the same channel to somebody who wrote in public.
    can_start_private: bool = False
    # We may write first to anybody whose address we know: it looks like `address_pattern`, and in lower case it is the
    # person's external id.
    can_start_conversation: bool = False
    # Sending the same message twice creates it once (email: same Message-ID).
    idempotent_send: bool = False
    # What was sent never changes: other content under a known id is a copy, not an edit. The last of `external_ids`
    # then names the very content.
    has_copies: bool = False
    max_public_length: int | None = None
    max_private_length: int | None = None
    # A long public answer may go out as several posts, each under the one before.
    can_number_parts: bool = False
    has_subject: bool = False
    has_html: bool = False
    logs_calls: bool = False
    has_followers: bool = False
    can_look_up: bool = False
    can_open_in_network: bool = False
    is_metered: bool = False
    public_files: FileLimits = FileLimits()
    private_files: FileLimits = FileLimits()

    def files(self, visibility: str) -> FileLimits:
        return self.public_files if visibility == PUBLIC else self.private_files


@dataclass(frozen=True)
class ChannelKind:
    """A kind of channel, declared as data."""

    kind: str
    label: str
    icon: str
    capabilities: Capabilities
    credential_fields: tuple[Field, ...] = ()
    option_fields: tuple[Field, ...] = ()
    address_label: str = "Address"
    address_pattern: str = ""
    address_help: str = ""
    # One spelling for one account, so that it cannot be connected twice.
    address_form: Callable[[str], str] = str.strip
    # Words for what arrives, by visibility: {"public": "mention", "private": "direct message"}.
    message_names: Mapping[str, str] = field(default_factory=dict)
    # How identities are shared between channels of this kind ("" = ids are global on the network).
    poll_seconds: int = 60
    # Price list in US dollars per resource, editable by an admin: {"post_read": "0.005"}.
    prices: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Account:
    """One connected account as its adapter sees it.

    `renew` is given a function that takes the current credentials and returns new ones; the core calls it under a lock
    on the stored credentials and saves the result before anybody else can use them (single-use refresh tokens).
    `state` is what earlier calls learned about the account itself (own id, …); the core keeps it with the channel.
    """

    channel_id: int
    kind: str
    address: str
    credentials: dict[str, str]
    options: dict[str, str]
    state: dict[str, Any]
    renew: Callable[[Callable[[dict[str, str]], dict[str, str]]], dict[str, str]] | None = None
    remember: Callable[[dict[str, Any]], None] | None = None


@dataclass(frozen=True)
class FeedSpec:
    """One thing that is polled on a channel. `every` overrides the channel's interval."""

    name: str
    label: str
    every: timedelta | None = None


@dataclass(frozen=True)
class Use:
    """Resources that a call consumed, as the network bills them; `ids` make repeats within a UTC day free."""

    resource: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Budget:
    """The rate-limit window that the network reported with its answer."""

    limit: int
    remaining: int
    resets_at: datetime


@dataclass(frozen=True)
class RawItem:
    """One payload as fetched. (external_id, revision) is its identity: an edit has a new revision."""

    external_id: str
    payload: dict[str, Any]
    revision: str = ""
    # The bytes themselves where the network speaks bytes (email); `normalise` finds them as payload["raw"].
    raw: bytes | None = None


@dataclass(frozen=True)
class Page:
    """One fetched page. `cursor` is stored with the items in one transaction; `more` asks for another fetch now."""

    items: list[RawItem]
    cursor: dict[str, Any]
    more: bool = False
    uses: tuple[Use, ...] = ()
    budget: Budget | None = None


@dataclass(frozen=True)
class Person:
    """Somebody on a network. `external_id` never changes; handle and name may."""

    external_id: str
    name: str = ""
    handle: str = ""
    followers: int | None = None
    verified: bool = False
    # Known (True/False) or not reported (None): may we write to this person privately?
    accepts_private: bool | None = None


@dataclass(frozen=True)
class Media:
    """A file of a message: fetched by the worker from `url`, or already here as `content`."""

    kind: str
    url: str = ""
    content: bytes | None = None
    filename: str = ""
    content_type: str = ""
    alt_text: str = ""
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True)
class Inbound:
    """One message as the core understands it, whoever wrote it.

    external_ids    every id that the network gave it, the newest revision first
    direction       INBOUND, or OUTBOUND for what our own account wrote (a confirmation, or written in the native app)
    author          who wrote it
    party           the person at the other end; the author of an inbound message, the addressee of an outbound one
    replies_to      external ids that it answers, nearest first
    thread_key      the thread when none of those is known
    shared_thread   True where several people share one thread (email with CC, group DM); False where every author has
                    a thread of their own (public posts)
    answers_subject the subject, in lower case, that it repeats as an answer: where no id is known, and no thread of its
                    key, it joins the newest thread with this very person that has it
    asks_for_answer False for context that never opens a ticket by itself
    """

    external_ids: tuple[str, ...]
    direction: str
    visibility: str
    author: Person
    occurred_at: datetime
    thread_key: str
    text: str
    party: Person | None = None
    replies_to: tuple[str, ...] = ()
    shared_thread: bool = False
    answers_subject: str = ""
    asks_for_answer: bool = True
    subject: str = ""
    html: str = ""
    visible_text: str = ""
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    media: tuple[Media, ...] = ()
    permalink: str = ""
    reach: Mapping[str, int] = field(default_factory=dict)
    language: str = ""
    # What the adapter needs later to answer this message (pure data, JSON).
    reply_data: Mapping[str, Any] = field(default_factory=dict)
    automatic: bool = False
    # Sent at once where it opens a ticket; "{number}" becomes the ticket's. Only for people, never for programs.
    acknowledgement: str = ""
    # Nobody proved that it is this person who wrote (a contact form).
    author_unproven: bool = False
    # Where it would open a ticket, that one counts as spam.
    spam: bool = False


# What may happen to a call, in the order in which things of one moment happened.
CALL_EVENTS = ("ring", "answered", "held", "resumed", "transferred", "voicemail", "missed", "hung_up", "recording")


@dataclass(frozen=True)
class CallEvent:
    """One thing that happened to a telephone call, as the telephone system tells it; told twice it counts once.

    call       the system's own name of the call, the same in all its events
    party      the customer's number (None where it is withheld or this event does not tell it)
    extension  of our side: where it rings, who answered, to whom it was transferred
    media      the file of a recording or voicemail
    """

    call: str
    event: str
    at: datetime
    direction: str = INBOUND
    party: Person | None = None
    extension: str = ""
    media: Media | None = None


@dataclass(frozen=True)
class ReachUpdate:
    """Known message, new numbers (a repost): raises reach, never opens a ticket."""

    external_id: str
    reach: Mapping[str, int]


@dataclass(frozen=True)
class NotDelivered:
    """Something that we sent did not reach somebody, as the network told later (a bounce).

    `final`: nobody tries any more. `gone`: the address will never work.
    """

    external_id: str
    address: str
    text: str
    code: str = ""
    final: bool = True
    gone: bool = False


@dataclass(frozen=True)
class Ignored:
    """Stored and deliberately not turned into a message; `reason` is a short stable code that is counted."""

    reason: str
    # A repost raises the reach of the post it repeats.
    reach: ReachUpdate | None = None
    not_delivered: tuple[NotDelivered, ...] = ()


@dataclass(frozen=True)
class ReplyContext:
    """What the adapter may know when it says how a message can be answered."""

    visibility: str
    reply_data: Mapping[str, Any]
    author: Person | None
    occurred_at: datetime
    # What earlier attempts learned about this person on this channel: None unknown, False refused.
    private_open: bool | None = None


@dataclass(frozen=True)
class ReplyOption:
    """One way to answer. `allowed` False carries the `reason` that the agent reads instead of a composer.

    `private_link`: the address at which this person can write to our account privately, for a public answer; "" where
    the network has none.
    """

    visibility: str
    allowed: bool
    reason: str = ""
    max_length: int | None = None
    private_link: str = ""


@dataclass(frozen=True)
class OutboundFile:
    """A file to send. Where a network takes files before the message, `upload_id` is its name for one that an earlier
    try left there and that still lives; the adapter calls `keep(upload_id, until)` as soon as it has one.
    """

    filename: str
    content_type: str
    content: bytes
    upload_id: str = ""
    keep: Callable[[str, datetime], None] | None = None


@dataclass(frozen=True)
class Outbound:
    """One message to send, with everything fixed before the first try so that a retry is the same message."""

    delivery_id: int
    visibility: str
    text: str
    recipient: Person
    # External id of the message that this one answers, and the adapter's own data about it.
    in_reply_to: str = ""
    reply_data: Mapping[str, Any] = field(default_factory=dict)
    thread_key: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    author_name: str = ""
    message_id: str = ""
    # Nobody wrote it: programs must not answer it.
    automatic: bool = False
    files: tuple[OutboundFile, ...] = ()


@dataclass(frozen=True)
class Sent:
    """The network accepted a message: its ids there, and when by the network's own clock if it said."""

    external_ids: tuple[str, ...]
    sent_at: datetime | None = None
    permalink: str = ""
    thread_key: str = ""
    uses: tuple[Use, ...] = ()
    budget: Budget | None = None


@dataclass(frozen=True)
class Check:
    """The account answered: who it is, as the network names it."""

    name: str
    external_id: str
    state: Mapping[str, Any] = field(default_factory=dict)


class Adapter(Protocol):
    """One network. Constructed per use with an account; holds no state between uses."""

    kind: ClassVar[ChannelKind]

    def __init__(self, account: Account) -> None: ...

    def feeds(self) -> tuple[FeedSpec, ...]:
        """What is polled."""

    def fetch(self, feed: str, cursor: dict[str, Any]) -> Page:
        """The next page of a feed. An empty cursor is the first contact."""

    def normalise(self, payload: dict[str, Any]) -> Inbound | Ignored | CallEvent:
        """Pure: same payload and account, same answer, no I/O. Raises BadPayload."""

    def send(self, outbound: Outbound) -> Sent:
        """Send one message, once. Raises OutcomeUnknown where it may have been applied."""

    def check(self) -> Check:
        """Do the credentials work? One cheap request."""

    def reply_options(self, context: ReplyContext) -> tuple[ReplyOption, ...]:
        """Pure: how this message can be answered on this channel, before a composer opens."""

    def count(self, text: str, visibility: str) -> int:
        """Pure: the length of a text as this network counts it."""

    def find_gone(self, external_ids: Iterable[str]) -> tuple[dict[str, str], tuple[Use, ...]]:
        """Ids that the network no longer shows -> reason in words; only with `can_look_up`."""

    def fetch_media(self, url: str, max_bytes: int) -> tuple[bytes, str]:
        """A file of a message: content and content type. Raises Rejected when too large or of a refused type."""
