"""What X's refusals mean to us. One table: status and words of an answer -> error of the channel contract."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from tickets.channels.errors import (
    AuthRevoked,
    BudgetExhausted,
    ChannelError,
    CursorExpired,
    OutcomeUnknown,
    RecipientGone,
    Rejected,
    Throttled,
    Unavailable,
    WindowClosed,
)

LONGEST_QUOTE = 300
RATE_WINDOWS = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")

OUT_OF_CREDIT = ("creditsdepleted", "usagecapexceeded", "usage-capped", "spendcap", "problems/credits")
APP_REFUSED = (
    "oauth1-permissions",
    "oauth1 app permissions",
    "client-forbidden",
    "client-not-enrolled",
    "unsupported-authentication",
    "unsupported authentication",
    "lacks the scopes",
)
ACCOUNT_LOCKED = ("your account is suspended", "your account is temporarily locked", "account is locked")

# Words of a 403 -> what it means for one message.
REFUSALS: tuple[tuple[str, type[ChannelError], str, str], ...] = (
    (
        "duplicate content",
        OutcomeUnknown,
        "duplicate",
        "X says this text was posted before: this reply may already be there. Reading the account's posts will tell.",
    ),
    (
        "reply to this conversation is not allowed",
        Rejected,
        "reply_gate",
        "X accepts a reply here only if the author mentioned or quoted this account. Open the post in X to answer it.",
    ),
    (
        "deleted or not visible",
        RecipientGone,
        "gone",
        "The post was deleted, or its author no longer lets this account see it.",
    ),
    (
        "permission to dm",
        WindowClosed,
        "dm_closed",
        "This person does not accept direct messages from this account. Answer in public and ask them to write.",
    ),
    (
        "this operation is not permitted",
        WindowClosed,
        "dm_closed",
        "X does not let this account write to this person. Answer in public and ask them to write.",
    ),
    ("too long", Rejected, "too_long", "X finds this text too long."),
)


def error_from(status: int, headers: Mapping[str, str], body: str, *, writing: bool) -> ChannelError:
    """The meaning of an answer that is no success."""
    words, said = _words(body)
    if status == 402 or any(mark in words for mark in OUT_OF_CREDIT):
        return BudgetExhausted(
            "X stopped serving this account: its credits, spending limit or monthly cap are used up. "
            "Add credits or raise the limit in X's developer console, then resume.",
            code=said,
        )
    if status == 401:
        return AuthRevoked("X no longer accepts this account's credentials. Enter new ones.", code=said)
    if status == 429:
        return Throttled("X asks us to slow down.", retry_at=_retry_at(headers), code=said)
    if status >= 500:
        return unanswered(f"X is out of order (status {status}).", writing=writing)
    if status == 403:
        return _forbidden(words, said, writing=writing)
    return _other(status, words, said, writing=writing)


def unanswered(what: str, *, writing: bool) -> ChannelError:
    """No usable answer: a read is repeated, a write may have been applied."""
    if writing:
        return OutcomeUnknown(f"{what} The message may or may not have been sent.")
    return Unavailable(what)


def transport_error(error: Exception, *, writing: bool) -> ChannelError:
    """The request or its answer was lost on the way."""
    what = "X did not answer in time." if isinstance(error, requests.Timeout) else "X cannot be reached."
    return unanswered(what, writing=writing and not _never_sent(error))


def _never_sent(error: Exception) -> bool:
    """No connection came about, so nothing can have been applied."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError) or "CERTIFICATE_VERIFY_FAILED" in str(reason)


def _forbidden(words: str, said: str, *, writing: bool) -> ChannelError:
    if any(mark in words for mark in APP_REFUSED):
        return AuthRevoked(
            f"X refuses this app: {said} Give it read, write and direct message permission in X's developer console, "
            "then make new access tokens and enter them.",
            code="app_permissions",
        )
    if any(mark in words for mark in ACCOUNT_LOCKED):
        return AuthRevoked(f"X locked this account: {said} Sign in at x.com to unlock it.", code="account_locked")
    for mark, kind, code, text in REFUSALS:
        if writing and mark in words:
            return kind(text, code=code)
    if writing:
        return Rejected(f"X refused this message: {said}", code="forbidden")
    return AuthRevoked(f"X refuses to show this account's messages: {said}", code="forbidden")


def _other(status: int, words: str, said: str, *, writing: bool) -> ChannelError:
    if writing:
        if status == 404:
            return RecipientGone("The post or the person no longer exists.", code="gone")
        if not 400 <= status < 500 or status == 408:
            return unanswered(f"X gave an answer that says nothing (status {status}).", writing=True)
        text = "X finds this text too long." if "too long" in words else f"X refused this message: {said}"
        return Rejected(text, code="too_long" if "too long" in words else "invalid")
    if status == 400 and any(name in words for name in ("since_id", "pagination_token", "next_token")):
        return CursorExpired("X no longer accepts the position up to which this feed was read.", code="since_id")
    return Unavailable(f"X did not understand the request (status {status}): {said}")


def _words(body: str) -> tuple[str, str]:
    """All the words of an error body in lower case, and the one sentence worth showing."""
    try:
        parsed: Any = json.loads(body)
    except (ValueError, RecursionError):
        return "", "no reason given."
    parsed = parsed if isinstance(parsed, dict) else {}
    errors = parsed.get("errors")
    parts = [parsed, *(one for one in (errors if isinstance(errors, list) else []) if isinstance(one, dict))]
    names = ("title", "type", "reason", "detail", "message", "parameters", "error", "error_description")
    words = " ".join(str(part[name]) for part in parts for name in names if name in part).lower()
    sentences = [
        str(part[name])
        for name in ("message", "detail", "error_description", "title")
        for part in parts[::-1]
        if isinstance(part.get(name), str)
    ]
    said = next((sentence for sentence in sentences if sentence), "no reason given.")
    return words, said[:LONGEST_QUOTE]


def _retry_at(headers: Mapping[str, str]) -> datetime | None:
    """When every window that is used up has opened again, by X's own word; None when it does not say."""
    now = datetime.now(UTC)
    resets = [
        at
        for window in RATE_WINDOWS
        if headers.get(f"{window}-remaining", "0") == "0" and (at := epoch(headers.get(f"{window}-reset"))) and at > now
    ]
    return max(resets, default=None)


def epoch(text: str | None) -> datetime | None:
    """Unix seconds as X writes them in its headers."""
    try:
        return datetime.fromtimestamp(int(text or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return None
