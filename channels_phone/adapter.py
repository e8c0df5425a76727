"""The telephone line as a channel: calls are logged by agents, or told by a telephone system. Nothing is sent."""

from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests

from channels_phone import events
from tickets.channels import outgoing
from tickets.channels.contract import (
    Account,
    CallEvent,
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
        credential_fields=(
            Field(
                "webhook_secret",
                "Webhook secret",
                secret=True,
                required=False,
                help="Signs what the telephone system tells. Make one below after the line is connected.",
            ),
        ),
        option_fields=(
            Field(
                "provider",
                "Telephone system",
                required=False,
                default="manual",
                choices=("manual", "webhook"),
                help="manual: agents log their calls. webhook: the telephone system tells them.",
            ),
            Field(
                "api_base_url",
                "Address of the telephone system",
                required=False,
                pattern=r"https?://\S+",
                help="Such as https://pbx.example. Recordings from there may be in your own network.",
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

    def normalise(self, payload: dict[str, Any]) -> Inbound | Ignored | CallEvent:
        if not isinstance(payload, dict):
            raise BadPayload("An event of a call is one JSON object.")
        return events.read(payload)

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
        ours, wanted = urlsplit(self.account.options.get("api_base_url", "")), urlsplit(url)
        trusted = bool(ours.netloc) and (ours.scheme, ours.netloc) == (wanted.scheme, wanted.netloc)
        return outgoing.download(
            requests.Request("GET", url), max_bytes=max_bytes, content_types=outgoing.SOUNDS, trusted=trusted
        )
