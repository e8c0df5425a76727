"""One answer by mail, through Django's email backend. A retry is the same mail: its Message-ID was fixed before."""

import smtplib
from email.utils import formataddr

from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from tickets.channels.contract import Account, Outbound, Person, Sent
from tickets.channels.errors import AuthRevoked, OutcomeUnknown, RecipientGone, Rejected, Throttled, Unavailable

TIMEOUT_S = 30
TEMPLATE = "channels_email/reply.html"


def send(account: Account, outbound: Outbound) -> Sent:
    """Raises the errors of the channel contract."""
    mail = message(account, outbound)
    try:
        mail.send()
    except (BadHeaderError, ValueError) as error:
        raise Rejected(f"The mail cannot be written: {error}.", code="header") from error
    except smtplib.SMTPAuthenticationError as error:
        raise AuthRevoked(
            "The mail server refused the password. Enter the new one; answers already written wait.", code="smtp_auth"
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(error) from error
    except smtplib.SMTPResponseException as error:
        raise _answered(error.smtp_code, str(error.smtp_error)) from error
    except (smtplib.SMTPConnectError, ConnectionRefusedError) as error:
        raise Unavailable("The mail server cannot be reached.", code="smtp_connect") from error
    except (smtplib.SMTPException, OSError) as error:
        # It may have come after the server had taken the message; the fixed Message-ID makes a retry safe.
        raise OutcomeUnknown("The mail server broke off in the middle.", code=type(error).__name__) from error
    return Sent((outbound.message_id,), thread_key=outbound.thread_key or outbound.message_id)


def message(account: Account, outbound: Outbound) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=_one_line(outbound.subject),
        body=outbound.text,
        from_email=formataddr((_one_line(outbound.author_name or account.address), account.address)),
        to=[_written(person) for person in outbound.to],
        cc=[_written(person) for person in outbound.cc],
        headers=_headers(outbound),
        connection=_connection(account),
    )
    mail.attach_alternative(render_to_string(TEMPLATE, {"text": outbound.text}), "text/html")
    for file in outbound.files:
        mail.attach(file.filename, file.content, file.content_type)
    return mail


def _headers(outbound: Outbound) -> dict[str, str]:
    headers = {"Message-ID": outbound.message_id}
    if outbound.in_reply_to:
        headers["In-Reply-To"] = outbound.in_reply_to
        headers["References"] = " ".join(dict.fromkeys([*outbound.references, outbound.in_reply_to]))
    return headers


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _written(person: Person) -> str:
    return formataddr((_one_line(person.name), person.external_id))


def _connection(account: Account) -> object:
    """The mailbox's own server where one is given, else that of the settings."""
    options = account.options
    if not options.get("smtp_host"):
        return get_connection()
    security = options.get("smtp_security", "starttls")
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=options["smtp_host"],
        port=int(options.get("smtp_port") or 587),
        username=account.credentials.get("username", ""),
        password=account.credentials.get("password", ""),
        use_tls=security == "starttls",
        use_ssl=security == "tls",
        timeout=TIMEOUT_S,
    )


def _refused(error: smtplib.SMTPRecipientsRefused) -> Exception:
    code, words = next(iter(error.recipients.values()))
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return _answered(code, text, recipient=True)


def _answered(code: int, text: str, recipient: bool = False) -> Exception:
    """4xx: the server wants us to come back; 5xx: it never will take this mail."""
    words = f"The mail server said: {code} {text}"
    if 400 <= code < 500:
        return Throttled(words, code=str(code))
    return RecipientGone(words, code=str(code)) if recipient else Rejected(words, code=str(code))
