"""A mail server that lives in the test, and mail to put in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests import factories as make
from tickets.channels.contract import Account

MAILBOX = "help@northwind.example"


@dataclass
class Server:
    """Takes mail as told: `answers` maps an SMTP command to what is said instead of doing it."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        if self.answers.get("DATA") == "hang up":
            server.transport.abort()
        return self.answers.get("DATA", "250 OK")

    def authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == b"right"
        return AuthResult(success=right, handled=False)


class OnAnyPort(Controller):
    """Knocks at the port that the system gave it, not at port 0."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def smtp() -> Iterator[Server]:
    server = Server()
    controller = OnAnyPort(
        server,
        hostname="127.0.0.1",
        port=0,
        authenticator=server.authenticate,
        auth_require_tls=False,
        auth_exclude_mechanism=["CRAM-MD5"],
    )
    controller.start()
    server.port = controller.port
    yield server
    controller.stop()


def account_at(port: int, password: str = "", **options: str) -> Account:
    credentials = {"username": "help", "password": password} if password else {}
    where = {"smtp_host": "127.0.0.1", "smtp_port": str(port), "smtp_security": "none"}
    return Account(1, "email", MAILBOX, credentials, where | options, {})


@pytest.fixture
def mailbox(db):
    return make.channel("email", address=MAILBOX, name="Help")


@pytest.fixture
def mail() -> Callable[..., bytes]:
    """`mail("Where?", From="Jo <jo@mail.example>", Message_ID="<1@x>")`: a raw message; None leaves a field out."""

    def write(text: str = "Where is my bag?", **fields: Any) -> bytes:
        fields = {
            "From": "Jo Doe <jo@mail.example>",
            "To": MAILBOX,
            "Subject": "Lost bag",
            "Message-ID": "<one@mail.example>",
        } | {name.replace("_", "-"): value for name, value in fields.items()}
        head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)
        return f"{head}\n{text}\n".encode()

    return write
