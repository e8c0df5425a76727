"""X: what it can do, and the channel contract put into practice with the modules beside this one."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from channels_social.x import feeds, media, sending, uploads
from channels_social.x.client import Client
from channels_social.x.counting import MAX_DIRECT_MESSAGE, MAX_POST, weighted_length
from channels_social.x.gone import find_gone
from channels_social.x.normalise import Us, normalise
from channels_social.x.replying import reply_options
from tickets.channels.contract import (
    PUBLIC,
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
from tickets.channels.errors import AuthRevoked, Unavailable

CREDENTIALS = (
    Field("consumer_key", "API key", secret=True, required=False, help="OAuth 1.0a: the app's API key."),
    Field("consumer_secret", "API key secret", secret=True, required=False, help="OAuth 1.0a."),
    Field("client_id", "Client ID", required=False, help="OAuth 2: the app's client ID."),
    Field("client_secret", "Client secret", secret=True, required=False, help="OAuth 2, confidential clients only."),
    Field("access_token", "Access token", secret=True, required=False, help="The account's own, of either kind."),
    Field("access_token_secret", "Access token secret", secret=True, required=False, help="OAuth 1.0a."),
    Field("refresh_token", "Refresh token", secret=True, required=False, help="OAuth 2, scope offline.access."),
)
OPTIONS = (
    Field(
        "api_base_url",
        "API server",
        required=False,
        help="Only for another server that speaks X's API, such as the sandbox: http://host:port. Empty means X.",
        pattern=r"https?://[^\s/]+/?",
    ),
    Field(
        "poll_seconds",
        "Seconds between polls",
        required=False,
        default="60",
        help="New mentions are read so often. Whole seconds, at least 1.",
        pattern=r"[1-9]\d{0,4}",
    ),
)
# US dollars, August 2026. Where X's price list leaves a doubt, the dear reading: docs/channels/x.md.
PRICES = {
    "post_read": "0.005",
    "owned_post_read": "0.005",
    "user_read": "0.010",
    "dm_read": "0.010",
    "post_create": "0.015",
    "post_with_url": "0.200",
    "summoned_reply": "0.010",
    "dm_create": "0.015",
}


class XAdapter:
    kind: ClassVar[ChannelKind] = ChannelKind(
        kind="x",
        label="X",
        icon="brand-x",
        capabilities=Capabilities(
            can_reply_publicly=True,
            can_reply_privately=True,
            can_start_private=True,
            max_public_length=MAX_POST,
            max_private_length=MAX_DIRECT_MESSAGE,
            can_number_parts=True,
            has_followers=True,
            can_look_up=True,
            can_open_in_network=True,
            is_metered=True,
            public_files=uploads.POST_FILES,
            private_files=uploads.MESSAGE_FILES,
        ),
        credential_fields=CREDENTIALS,
        option_fields=OPTIONS,
        address_label="Handle",
        address_pattern=r"^@?[A-Za-z0-9_]{1,15}$",
        address_help="The account's name on X, such as @northwind.",
        address_form=lambda address: "@" + address.strip().lstrip("@").lower(),
        message_names={
            "public": "mention",
            "private": "direct message",
            "public_reply": "Public reply",
            "private_reply": "Direct message",
        },
        prices=PRICES,
    )

    def __init__(self, account: Account) -> None:
        self._account = account

    def feeds(self) -> tuple[FeedSpec, ...]:
        return feeds.FEEDS

    def fetch(self, feed: str, cursor: dict[str, Any]) -> Page:
        client = Client(self._account)
        if self._us.user_id:
            return feeds.fetch(client, feed, cursor, self._us)
        me = self._learn(client)
        page = feeds.fetch(client, feed, cursor, self._us)
        return replace(page, uses=(*page.uses, Use("user_read", (me.external_id,))))

    def normalise(self, payload: dict[str, Any]) -> Inbound | Ignored:
        return normalise(payload, self._us)

    def send(self, outbound: Outbound) -> Sent:
        return sending.send(lambda: Client(self._account), outbound, handle=self._account.address.lstrip("@"))

    def check(self) -> Check:
        """Who the credentials speak for. Raises AuthRevoked when that is another account."""
        return self._learn(Client(self._account))

    def reply_options(self, context: ReplyContext) -> tuple[ReplyOption, ...]:
        return reply_options(context, self._us.user_id)

    def count(self, text: str, visibility: str) -> int:
        return weighted_length(text) if visibility == PUBLIC else len(text)

    def find_gone(self, external_ids: Iterable[str]) -> tuple[dict[str, str], tuple[Use, ...]]:
        return find_gone(Client(self._account), external_ids)

    def fetch_media(self, url: str, max_bytes: int) -> tuple[bytes, str]:
        return media.fetch(self._account, url, max_bytes)

    @property
    def _us(self) -> Us:
        return Us(str(self._account.state.get("user_id", "")), self._account.address.lstrip("@").lower())

    def _learn(self, client: Client) -> Check:
        me = client.me().one
        user_id, handle = str(me.get("id", "")), str(me.get("username", ""))
        if not user_id.isdecimal():
            raise Unavailable("X did not say which account the credentials belong to.")
        if handle.lower() != self._us.handle:
            raise AuthRevoked(
                f"These credentials belong to @{handle}, this channel is @{self._us.handle}. "
                "Enter the credentials of this account, or correct the channel's address.",
                code="other_account",
            )
        known = {"user_id": user_id}
        self._account.state |= known
        if self._account.remember:
            self._account.remember(known)
        return Check(name=str(me.get("name", "")), external_id=user_id, state=known)
