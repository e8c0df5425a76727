"""A mailbox as a channel."""

from collections.abc import Iterable
from typing import Any, ClassVar

from channels_email import polling, sending
from channels_email.normalise import normalise
from channels_email.screening import RULE
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
from tickets.channels.errors import Unsupported

SECURITY = ("none", "starttls", "tls")
PORT = r"\d{1,5}"
SITE = r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?"
SITES = rf"\s*{SITE}(?:[\s,]+{SITE})*\s*"


class EmailAdapter:
    kind: ClassVar[ChannelKind] = ChannelKind(
        kind="email",
        label="Email",
        icon="mail",
        capabilities=Capabilities(
            can_reply_privately=True,
            can_start_conversation=True,
            idempotent_send=True,
            has_copies=True,
            has_subject=True,
            has_html=True,
            private_files=sending.FILES,
        ),
        credential_fields=(
            Field("username", "User name", required=False),
            Field("password", "Password", secret=True, required=False, help="An app password where there is one."),
            Field("client_id", "OAuth client ID", required=False, help="Google and Microsoft, instead of a password."),
            Field("client_secret", "OAuth client secret", secret=True, required=False),
            Field("refresh_token", "OAuth refresh token", secret=True, required=False),
        ),
        option_fields=(
            Field(
                "colleagues",
                "Colleagues",
                required=False,
                help="Addresses and domains, with commas between. What they forward belongs to the customer who wrote "
                "it. Empty: everybody at the mailbox's own domain.",
            ),
            Field(
                "sender_name",
                "Name on answers",
                required=False,
                help="Stands beside the agent's name: Priya Nair (Northwind Air).",
            ),
            Field(
                "contact_sites",
                "Sites with the contact form",
                required=False,
                pattern=SITES,
                help="Such as https://www.northwind.example, with commas between. Empty: no form.",
            ),
            Field("signature", "Signature", required=False, is_long=True, help="Stands below every answer."),
            Field(
                "acknowledgement",
                "Acknowledgement",
                required=False,
                is_long=True,
                help="Sent at once to whoever opens a ticket; {number} becomes its number. Empty: none. Never sent to "
                "programs, mailing lists and bounces.",
            ),
            Field(
                "blocked",
                "Blocked senders",
                required=False,
                is_long=True,
                help="Addresses and domains, with commas or lines between. Their mail opens nothing.",
            ),
            Field(
                "allowed",
                "Allowed senders",
                required=False,
                is_long=True,
                help="Addresses and domains that are never blocked and never spam.",
            ),
            Field(
                "spam_header",
                "Spam header",
                required=False,
                pattern=RULE,
                help="What the mail server in front of this one writes into spam: X-Spam-Flag: YES, or X-Spam-Score: 5 "
                "for a number of at least 5. Such tickets are marked as spam and need nobody.",
            ),
            Field(
                "reply_address",
                "Reply address",
                required=False,
                default="mailbox",
                choices=("mailbox", "signed"),
                help="Signed: answers come to name+code@…, which finds their ticket although a mail program drops "
                "the headers. The mail server must deliver such addresses to the mailbox.",
            ),
            Field("imap_host", "IMAP server", required=False, help="Empty: mail comes through receive_email."),
            Field(
                "imap_port", "IMAP port", required=False, help="A number. Empty: 993, or 143 without TLS.", pattern=PORT
            ),
            Field("imap_security", "IMAP security", required=False, default="tls", choices=SECURITY),
            Field(
                "imap_folder",
                "Folders",
                required=False,
                default="INBOX",
                help="With commas between.",
            ),
            Field(
                "imap_sent_folder",
                "Folder of sent mail",
                required=False,
                help="Where answers from other mail programs lie, such as Sent. They then stop the clock here, too.",
            ),
            Field(
                "imap_after",
                "Once stored here",
                required=False,
                default=polling.SEEN,
                choices=(polling.SEEN, polling.MOVE, polling.LEAVE),
                help="Mark mail as read, move it, or leave the mailbox as it is.",
            ),
            Field("imap_done_folder", "Move it to", required=False, default="Done"),
            Field("poll_seconds", "Seconds between polls", required=False, default="60", pattern=r"[1-9]\d{0,4}"),
            Field(
                "oauth_token_url",
                "OAuth token address",
                required=False,
                help="Empty: that of Google or Microsoft, by the name of the server.",
                pattern=r"https?://\S+",
            ),
            Field("smtp_host", "SMTP server", required=False, help="Empty: the server of this installation."),
            Field("smtp_port", "SMTP port", required=False, default="587", help="A number.", pattern=PORT),
            Field("smtp_security", "SMTP security", required=False, default="starttls", choices=SECURITY),
        ),
        address_label="Mailbox",
        address_pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+",
        address_help="The whole address, such as support@northwind.example.",
        address_form=lambda address: address.strip().lower(),
        message_names={"private": "email", "private_reply": "Email"},
    )

    def __init__(self, account: Account) -> None:
        self.account = account

    def feeds(self) -> tuple[FeedSpec, ...]:
        return polling.feeds(self.account)

    def fetch(self, feed: str, cursor: dict[str, Any]) -> Page:
        return polling.fetch(self.account, feed, cursor)

    def normalise(self, payload: dict[str, Any]) -> Inbound | Ignored:
        return normalise(payload, self.account)

    def send(self, outbound: Outbound) -> Sent:
        return sending.send(self.account, outbound)

    def check(self) -> Check:
        polling.check(self.account)
        sending.check(self.account)
        return Check(self.account.address, self.account.address)

    def reply_options(self, context: ReplyContext) -> tuple[ReplyOption, ...]:
        return (ReplyOption("private", allowed=True),)

    def count(self, text: str, visibility: str) -> int:
        return len(text)

    def find_gone(self, external_ids: Iterable[str]) -> tuple[dict[str, str], tuple[Use, ...]]:
        raise Unsupported("Mail is not looked up.", feature="find_gone")

    def fetch_media(self, url: str, max_bytes: int) -> tuple[bytes, str]:
        raise Unsupported("Files come with the mail.", feature="fetch_media")
