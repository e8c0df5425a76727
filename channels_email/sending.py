"""One answer by mail, through Django's email backend. A retry is the same mail: its Message-ID was fixed before."""

import smtplib
import ssl
from contextlib import suppress
from email.utils import formataddr
from typing import Any

from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string

from channels_email import oauth
from channels_email.smtp import TokenBackend
from channels_email.threading import is_signed, reply_address
from tickets.channels.contract import Account, FileLimits, Outbound, Person, Sent
from tickets.channels.errors import (
    AuthRevoked,
    ChannelError,
    OutcomeUnknown,
    RecipientGone,
    Rejected,
    Throttled,
    Unavailable,
    Unsupported,
)

TIMEOUT_S = 30
# What most mail servers take in one mail.
FILES = FileLimits(count=20, bytes=25 * 2**20, together=25 * 2**20)
TEMPLATE = "channels_email/reply.html"


def send(account: Account, outbound: Outbound) -> Sent:
    """Raises the errors of the channel contract."""
    connection = backend(account)
    try:
        mail = message(account, outbound)
        mail.connection = connection
        mail.message()
    except (BadHeaderError, ValueError) as error:
        raise Rejected(f"The mail cannot be written: {error}", code="header") from error
    greet(connection)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(error) from error
    except smtplib.SMTPResponseException as error:
        raise _answered(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        # The server may have taken the mail before the line broke; the same Message-ID makes another try harmless.
        raise OutcomeUnknown("The mail server broke off in the middle.", code=type(error).__name__) from error
    finally:
        close(connection)
    return Sent((outbound.message_id,), thread_key=outbound.thread_key or outbound.message_id)


def check(account: Account) -> None:
    """Can mail leave? Raises the errors of the channel contract."""
    connection = backend(account)
    greet(connection)
    close(connection)


def greet(connection: BaseEmailBackend) -> None:
    """Connect and sign in, before anything is sent: what goes wrong here has sent nothing."""
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        close(connection)
        raise AuthRevoked(
            "The mail server refused user name or password. Enter them anew; answers already written wait.",
            code=str(error.smtp_code),
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Rejected(f"The mail server does not offer what the settings ask for: {error}", code="smtp") from error
    except ssl.SSLCertVerificationError as error:
        raise Unavailable(f"The mail server’s certificate is not valid: {error.verify_message}.", code="tls") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(f"The mail server cannot be reached: {_words(error)}.", code=type(error).__name__) from error


def close(connection: BaseEmailBackend) -> None:
    # The server has answered already; how it says good-bye changes nothing.
    with suppress(smtplib.SMTPException, OSError):
        connection.close()


def message(account: Account, outbound: Outbound) -> EmailMultiAlternatives:
    """The mail itself. Raises Rejected and Unsupported for what cannot be sent by mail."""
    if not outbound.text.strip():
        raise Rejected("The answer is empty.", code="empty")
    if len(outbound.files) > FILES.count or sum(len(file.content) for file in outbound.files) > FILES.together:
        raise Unsupported(
            f"A mail takes at most {FILES.count} files, {FILES.together // 2**20} MB together.", feature="files"
        )
    signature = account.options.get("signature", "").replace("\r\n", "\n").strip()
    mail = EmailMultiAlternatives(
        subject=_one_line(outbound.subject),
        # Mail programs fold what follows two dashes and a space.
        body=f"{outbound.text}\n\n-- \n{signature}" if signature else outbound.text,
        from_email=formataddr((_sender_name(account, outbound), account.address)),
        to=_recipients(outbound),
        cc=[_written(person) for person in outbound.cc],
        reply_to=[reply_address(account, outbound.message_id)] if is_signed(account) else None,
        headers=_headers(outbound),
    )
    mail.attach_alternative(render_to_string(TEMPLATE, {"text": outbound.text, "signature": signature}), "text/html")
    for file in outbound.files:
        mail.attach(file.filename, file.content, file.content_type)
    return mail


def _sender_name(account: Account, outbound: Outbound) -> str:
    """ "Priya Nair (Northwind Air)": who answers, and for whom."""
    brand = _one_line(account.options.get("sender_name", ""))
    agent = _one_line(outbound.author_name)
    return f"{agent} ({brand})" if agent and brand else agent or brand


def _recipients(outbound: Outbound) -> list[str]:
    """Where the sender wants answers (Reply-To), else to where the mail came from."""
    wanted = str(outbound.reply_data.get("reply_to", ""))
    if wanted:
        return [formataddr((_one_line(outbound.recipient.name), wanted))]
    return [_written(person) for person in outbound.to or (outbound.recipient,)]


def _headers(outbound: Outbound) -> dict[str, str]:
    headers = {"Message-ID": outbound.message_id}
    if outbound.automatic:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    if outbound.in_reply_to:
        headers["In-Reply-To"] = outbound.in_reply_to
        headers["References"] = " ".join(dict.fromkeys([*outbound.references, outbound.in_reply_to]))
    return headers


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _written(person: Person) -> str:
    return formataddr((_one_line(person.name), person.handle or person.external_id))


def backend(account: Account) -> BaseEmailBackend:
    """The mailbox's own server where one is given, else that of the settings."""
    options = account.options
    if not options.get("smtp_host"):
        return get_connection()
    security = options.get("smtp_security") or "starttls"
    server: dict[str, Any] = {
        "host": options["smtp_host"],
        "port": int(options.get("smtp_port") or 587),
        "use_tls": security == "starttls",
        "use_ssl": security == "tls",
        "timeout": TIMEOUT_S,
    }
    if oauth.is_used(account):
        return TokenBackend(account=account, username="", password="", **server)
    credentials = account.credentials
    return EmailBackend(username=credentials.get("username", ""), password=credentials.get("password", ""), **server)


def _refused(error: smtplib.SMTPRecipientsRefused) -> ChannelError:
    code, words = next(iter(error.recipients.values()))
    return _answered(code, words, recipient=True)


def _answered(code: int, said: bytes | str, recipient: bool = False) -> ChannelError:
    """4xx: the server wants us to come back; 5xx: it never will take this mail."""
    words = f"The mail server said: {code} {_words(said)}"
    if 400 <= code < 500:
        return Throttled(words, code=str(code))
    return RecipientGone(words, code=str(code)) if recipient else Rejected(words, code=str(code))


def _words(said: object) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return _one_line(text)[:500] or type(said).__name__
