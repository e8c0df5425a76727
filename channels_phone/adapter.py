"""The telephone line as a channel. Calls are logged by agents; nothing is polled and nothing is sent."""

from collections.abc import Iterable
from typing import Any, ClassVar

from tickets.channels.contract import (
    Account,
    Capabilities,
    ChannelKind,
    Check,
    FeedSpec,
    Field,
    Ignored,
    Inbound,
    Outbound,
    Page,
    ReplyContext,
    ReplyOption,
    Sent,
    Use,
)
from tickets.channels.errors import BadPayload, Unsupported


class PhoneAdapter:
    kind: ClassVar[ChannelKind] = ChannelKind(
        kind="phone",
        label="Phone",
        icon="phone",
        capabilities=Capabilities(polls=False, logs_calls=True),
        option_fields=(
            Field(
                "provider",
                "Telephone system",
                required=False,
                default="manual",
                choices=("manual",),
                help="Calls are logged by hand.",
            ),
        ),
        address_label="Number",
        address_pattern=r"\+[1-9]\d{6,14}",
        address_help="With its country, as +442079460812.",
        message_names={"private": "call"},
    )

    def __init__(self, account: Account) -> None:
        self.account = account

    def feeds(self) -> tuple[FeedSpec, ...]:
        return ()

    def fetch(self, feed: str, cursor: dict[str, Any]) -> Page:
        raise Unsupported("A telephone line is not polled.", feature="fetch")

    def normalise(self, payload: dict[str, Any]) -> Inbound | Ignored:
        raise BadPayload("Calls are logged by agents; a telephone line receives no items.")

    def send(self, outbound: Outbound) -> Sent:
        raise Unsupported("Call the customer and log the call.", feature="send")

    def check(self) -> Check:
        return Check(self.account.address, self.account.address)

    def reply_options(self, context: ReplyContext) -> tuple[ReplyOption, ...]:
        return ()

    def count(self, text: str, visibility: str) -> int:
        return len(text)

    def find_gone(self, external_ids: Iterable[str]) -> tuple[dict[str, str], tuple[Use, ...]]:
        raise Unsupported("Calls are not looked up.", feature="find_gone")

    def fetch_media(self, url: str, max_bytes: int) -> tuple[bytes, str]:
        raise Unsupported("Calls carry no files yet.", feature="fetch_media")
