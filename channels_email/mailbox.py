"""An open mailbox: connected, signed in, and its errors in the words of the channel contract."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxLoginError,
    UnexpectedCommandStatusError,
)

from channels_email import oauth
from tickets.channels.contract import Account
from tickets.channels.errors import AuthRevoked, Rejected, Throttled, Unavailable

TIMEOUT_S = 60
PORTS = {"none": 143, "starttls": 143, "tls": 993}
# A server that is too busy to let anybody in refuses with the same word as for a wrong password.
_BUSY = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED|OVERQUOTA)\]|too many|try again|temporar", re.I)


@contextmanager
def opened(account: Account) -> Iterator[BaseMailBox]:
    """Raises the errors of the channel contract, also for what happens inside the block."""
    box: BaseMailBox | None = None
    try:
        box = _connected(account)
        _sign_in(box, account)
        yield box
    except MailboxFolderSelectError as error:
        raise Rejected(f"The mailbox has no folder of that name: {_words(error)}", code="folder") from error
    except ssl.SSLCertVerificationError as error:
        raise Unavailable(f"The mail server’s certificate is not valid: {error.verify_message}.", code="tls") from error
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise Unavailable(f"The mail server broke off: {_words(error)}", code=type(error).__name__) from error
    finally:
        if box is not None:
            # What we came for is done or has failed already.
            with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                box.logout()


def _connected(account: Account) -> BaseMailBox:
    options = account.options
    host, security = options.get("imap_host", ""), options.get("imap_security") or "tls"
    port = int(options.get("imap_port") or PORTS[security])
    try:
        if security == "none":
            return MailBoxUnencrypted(host, port, timeout=TIMEOUT_S)
        kind = MailBoxStartTls if security == "starttls" else MailBox
        return kind(host, port, timeout=TIMEOUT_S, ssl_context=ssl.create_default_context())
    except ssl.SSLCertVerificationError:
        raise
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise Unavailable(f"The mail server cannot be reached: {_words(error)}", code=type(error).__name__) from error


def _sign_in(box: BaseMailBox, account: Account) -> None:
    user = account.credentials.get("username") or account.address
    try:
        if oauth.is_used(account):
            box.xoauth2(user, oauth.access_token(account), initial_folder=None)
        else:
            # `login` sends names and passwords as ASCII.
            password = account.credentials.get("password", "")
            sign_in = box.login if (user + password).isascii() else box.login_utf8
            sign_in(user, password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, MailboxLoginError) as error:
        said = _words(error)
        if _BUSY.search(said):
            raise Throttled(f"The mail server lets nobody in now: {said}") from error
        oauth.forget(account)
        raise AuthRevoked(
            "The mail server refused user name or password. Enter them anew; nothing is lost meanwhile.",
            code="imap_login",
        ) from error


def _words(error: BaseException) -> str:
    """What the server said."""
    if isinstance(error, UnexpectedCommandStatusError):
        parts = [part for part in error.command_result[1] or [] if isinstance(part, bytes)]
        return b" ".join(parts).decode(errors="replace")[:300]
    return " ".join(str(error).split())[:300] or type(error).__name__
