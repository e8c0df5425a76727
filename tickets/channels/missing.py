"""Stands in for an adapter that settings no longer name: what is stored stays readable, nothing is read or sent."""

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from tickets.channels.contract import (
    Account,
    Capabilities,
    ChannelKind,
    FeedSpec,
    Outbound,
    ReplyContext,
    ReplyOption,
)
from tickets.channels.errors import AuthRevoked, BadPayload


class MissingAdapter:
    kind: ClassVar[ChannelKind]

    def __init__(self, account: Account) -> None: ...

    def feeds(self) -> tuple[FeedSpec, ...]:
        return ()

    def fetch(self, feed: str, cursor: dict[str, Any]) -> NoReturn:
        raise AuthRevoked(self._words())

    def normalise(self, payload: dict[str, Any]) -> NoReturn:
        raise BadPayload(self._words())

    def send(self, outbound: Outbound) -> NoReturn:
        raise AuthRevoked(self._words())

    def check(self) -> NoReturn:
        raise AuthRevoked(self._words())

    def reply_options(self, context: ReplyContext) -> tuple[ReplyOption, ...]:
        return ()

    def count(self, text: str, visibility: str) -> int:
        return len(text)

    def find_gone(self, external_ids: Iterable[str]) -> NoReturn:
        raise AuthRevoked(self._words())

    def fetch_media(self, url: str, max_bytes: int) -> NoReturn:
        raise AuthRevoked(self._words())

    def _words(self) -> str:
        return (
            f"Nothing here knows the kind “{self.kind.kind}” any more. Name its adapter in CHANNEL_ADAPTERS "
            "again and restart, then resume. Nothing is lost meanwhile."
        )


def missing(kind: str) -> type[MissingAdapter]:
    spec = ChannelKind(kind, kind, "plug-connected-x", Capabilities(polls=False))
    return type("Missing", (MissingAdapter,), {"kind": spec})
