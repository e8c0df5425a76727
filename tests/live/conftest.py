"""A mailbox at real servers, made once; its folders are emptied for each test."""

import json
import smtplib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from imap_tools import MailBoxUnencrypted

from tests.channels_email import conftest as channels_email_conftest
from tests.live.mail_servers import DOMAIN, PASSWORD, MailServers, missing
from tickets.models import Channel
from tickets.services import channels

MAILBOX = f"support@{DOMAIN}"


class Tokens(ThreadingHTTPServer):
    """Gives out access tokens and says which are good, as a provider does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TokenHandler)
        self.good = {"first"}
        self.asked = 0
        self.refuses = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _TokenHandler(BaseHTTPRequestHandler):
    server: Tokens

    def do_GET(self) -> None:
        token = parse_qs(urlparse(self.path).query).get("access_token", [""])[0]
        active = token in self.server.good
        self._answer(200 if active else 401, {"active": str(active).lower(), "email": MAILBOX})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.refuses:
            self._answer(400, {"error": "invalid_grant"})
            return
        self.server.asked += 1
        token = f"renewed-{self.server.asked}"
        self.server.good.add(token)
        self._answer(200, {"access_token": token, "expires_in": 3600})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


mail = channels_email_conftest.mail


@pytest.fixture(scope="session")
def tokens() -> Iterator[Tokens]:
    server = Tokens()
    yield server
    server.shutdown()


@pytest.fixture(scope="session")
def servers(tokens) -> Iterator[MailServers]:
    if reason := missing():
        pytest.skip(reason)
    # Not below pytest's own directory, which only root may enter: Postfix and Dovecot work as users of their own.
    with tempfile.TemporaryDirectory(prefix="parley-mail-") as root:
        started = MailServers(Path(root), tokens.url)
        started.start()
        yield started
        started.stop()


@pytest.fixture
def box(servers) -> Iterator[MailBoxUnencrypted]:
    """The mailbox as its owner sees it."""
    with MailBoxUnencrypted("127.0.0.1", servers.imap, timeout=20).login(MAILBOX, PASSWORD) as opened:
        for folder in opened.folder.list():
            opened.folder.set(folder.name)
            opened.delete(opened.uids())
        opened.folder.set("INBOX")
        yield opened


@pytest.fixture
def connect(servers, db) -> Callable[..., Channel]:
    def connected(credentials: dict[str, str] | None = None, **options: str) -> Channel:
        where = {
            "imap_host": "127.0.0.1",
            "imap_port": str(servers.imap),
            "imap_security": "none",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(servers.submission),
            "smtp_security": "none",
        }
        credentials = credentials or {"username": MAILBOX, "password": PASSWORD}
        return channels.add("email", MAILBOX, "Support", credentials, where | options)

    return connected


@pytest.fixture
def deliver_mail(servers, box) -> Callable[..., None]:
    """Mail from outside, through Postfix and LMTP into the mailbox; returns once it lies there."""

    def deliver(raw: bytes, to: str = MAILBOX, sender: str = f"customer@{DOMAIN}", waits: bool = True) -> None:
        before = count(box)
        with smtplib.SMTP("127.0.0.1", servers.smtp, timeout=20) as smtp:
            smtp.sendmail(sender, [to], raw)
        if waits:
            wait_for_more(box, before)

    return deliver


def count(box: MailBoxUnencrypted) -> int:
    box.folder.set("INBOX")
    return len(box.uids())


def wait_for_more(box: MailBoxUnencrypted, than: int) -> None:
    until = time.monotonic() + 60
    while count(box) <= than:
        assert time.monotonic() < until, "the mail does not arrive"
        time.sleep(0.02)
