"""A network that lives in this process: the fake at the edge for tests of the core.

`network.say(...)` puts a post or direct message there, `network.pages` is what the feed gives out, `network.sent` what
reached it, and `network.fail(...)` makes the next calls go wrong before or after they were applied.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar

from django.utils import timezone

from tickets.channels.contract import (
    INBOUND,
    OUTBOUND,
    Account,
    Capabilities,
    ChannelKind,
    Check,
    FeedSpec,
    FileLimits,
    Ignored,
    Inbound,
    Media,
    Outbound,
    Page,
    Person,
    RawItem,
    ReachUpdate,
    ReplyContext,
    ReplyOption,
    Sent,
    Use,
)
from tickets.channels.errors import BadPayload, Rejected

BRAND = "brand"
MAX_LENGTH = 100
PRIVATE_LINK = "https://loopback.example/to/brand"


@dataclass
class Network:
    """What the network knows: its posts, what was sent to it, and how it will fail."""

    items: list[dict[str, Any]] = field(default_factory=list)
    sent: list[Outbound] = field(default_factory=list)
    failures: list[tuple[str, bool, Exception]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    page_size: int = 1000
    ids: Any = field(default_factory=lambda: count(1000))
    # Called in the middle of a call, to kill or to interfere.
    during: dict[str, Any] = field(default_factory=dict)

    def say(self, text: str, author: str = "jo", **fields: Any) -> str:
        """Something is said; returns its id. See `LoopbackAdapter.normalise` for the fields."""
        item = {"id": str(next(self.ids)), "text": text, "author": author, "at": timezone.now().isoformat(), **fields}
        self.items.append(item)
        return item["id"]

    def fail(self, call: str, error: Exception, *, applied: bool = False, times: int = 1) -> None:
        self.failures += [(call, applied, error)] * times

    def enter(self, call: str) -> tuple[bool, Exception | None]:
        self.calls.append(call)
        if call in self.during:
            self.during[call]()
        for failure in self.failures:
            if failure[0] == call:
                self.failures.remove(failure)
                return failure[1], failure[2]
        return True, None


network = Network()


class LoopbackAdapter:
    kind: ClassVar[ChannelKind] = ChannelKind(
        kind="loopback",
        label="Loopback",
        icon="world",
        capabilities=Capabilities(
            can_reply_publicly=True,
            can_reply_privately=True,
            can_start_private=True,
            can_look_up=True,
            is_metered=True,
            max_public_length=MAX_LENGTH,
            can_number_parts=True,
            public_files=FileLimits(count=2, bytes=1000, types=("image/png", "image/gif")),
            private_files=FileLimits(count=3, bytes=1000, together=1500),
        ),
        prices={"post_read": "0.005", "post_create": "0.010"},
        poll_seconds=60,
    )

    def __init__(self, account: Account) -> None:
        self.account = account

    def feeds(self) -> tuple[FeedSpec, ...]:
        return (FeedSpec("everything", "Everything"),)

    def _enter(self, operation: str) -> tuple[bool, Exception | None]:
        """Like every network, this one looks for credentials first."""
        self.account.credentials.get("token")
        return network.enter(operation)

    def fetch(self, feed: str, cursor: dict[str, Any]) -> Page:
        _applied, error = self._enter("fetch")
        if error:
            raise error
        start = cursor.get("seen", 0)
        part = network.items[start : start + network.page_size]
        items = [RawItem(item["id"], item, item.get("revision", "")) for item in part]
        seen = start + len(part)
        uses = (Use("post_read", tuple(item["id"] for item in part)),) if part else ()
        return Page(items, {"seen": seen}, more=seen < len(network.items), uses=uses)

    def normalise(self, payload: dict[str, Any]) -> Inbound | Ignored:
        if "id" not in payload or payload.get("broken"):
            raise BadPayload("The item has no id.")
        if payload.get("crash"):
            raise RuntimeError("a bug in the adapter")
        if payload.get("repost_of"):
            return Ignored("repost", ReachUpdate(payload["repost_of"], {"reposts": payload.get("reposts", 1)}))
        return self._inbound(payload)

    def _inbound(self, item: dict[str, Any]) -> Inbound:
        author = Person(
            item["author"], name=item.get("name", ""), handle="@" + item["author"], followers=item.get("followers")
        )
        private = item.get("private", False)
        to = Person(item["to"], handle="@" + item["to"]) if item.get("to") else None
        key = item.get("key") or (f"dm-{to.external_id if to else item['author']}" if private else None)
        return Inbound(
            external_ids=tuple(item.get("ids", [item["id"]])),
            direction=OUTBOUND if item["author"] == BRAND else INBOUND,
            visibility="private" if private else "public",
            author=author,
            party=to,
            occurred_at=datetime.fromisoformat(item["at"]),
            thread_key=key or f"{item.get('conversation', item['id'])}:{item['author']}",
            text=item["text"],
            replies_to=tuple(item.get("replies_to", ())),
            shared_thread=item.get("shared", False),
            asks_for_answer=item.get("asks", item["author"] != BRAND),
            reach=item.get("reach", {}),
            media=tuple(Media("photo", url=url) for url in item.get("media", ())),
            reply_data={"refuses": item.get("refuses", "")},
        )

    def send(self, outbound: Outbound) -> Sent:
        applied, error = self._enter("send")
        if applied:
            network.sent.append(outbound)
        if error:
            raise error
        id_ = str(next(network.ids))
        return Sent((id_,), timezone.now(), uses=(Use("post_create", (id_,)),), thread_key=outbound.thread_key)

    def check(self) -> Check:
        _applied, error = self._enter("check")
        if error:
            raise error
        return Check("Brand", BRAND)

    def reply_options(self, context: ReplyContext) -> tuple[ReplyOption, ...]:
        refusal = context.reply_data.get("refuses", "")
        private = ReplyOption(
            "private", context.private_open is not False, "" if context.private_open is not False else "They refuse."
        )
        if context.visibility == "private":
            return (private,)
        return (ReplyOption("public", not refusal, refusal, MAX_LENGTH, PRIVATE_LINK), private)

    def count(self, text: str, visibility: str) -> int:
        return len(text)

    def find_gone(self, external_ids: Iterable[str]) -> tuple[dict[str, str], tuple[Use, ...]]:
        ids = tuple(external_ids)
        return {id_: network.gone[id_] for id_ in ids if id_ in network.gone}, (Use("post_read", ids),)

    def fetch_media(self, url: str, max_bytes: int) -> tuple[bytes, str]:
        _applied, error = self._enter("fetch_media")
        if error:
            raise error
        content, content_type = network.files[url]
        if len(content) > max_bytes:
            raise Rejected("The file is too large.")
        return content, content_type


def hours_ago(hours: float) -> str:
    return (timezone.now() - timedelta(hours=hours)).isoformat()
