"""Access tokens of Google, Microsoft and others who let programs in by OAuth 2 instead of a password."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tickets.channels.contract import Account
from tickets.channels.errors import AuthRevoked, Unavailable

GOOGLE = "https://oauth2.googleapis.com/token"
MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
# Who asks for tokens where, by the end of the mail server's name.
_TOKEN_URLS = {
    "gmail.com": GOOGLE,
    "googlemail.com": GOOGLE,
    "google.com": GOOGLE,
    "office365.com": MICROSOFT,
    "outlook.com": MICROSOFT,
}
_TIMEOUT_S = 20
_EARLY = timedelta(minutes=1)


def is_used(account: Account) -> bool:
    return bool(account.credentials.get("refresh_token"))


def access_token(account: Account) -> str:
    """A token that is valid now, renewed if need be. Raises AuthRevoked and Unavailable."""
    if _is_valid(account.credentials) or account.renew is None:
        return account.credentials.get("access_token", "")
    used = account.credentials.get("access_token")

    def exchange(current: dict[str, str]) -> dict[str, str]:
        # Somebody else may have renewed it while we waited for the lock.
        fresh = current.get("access_token") != used and _is_valid(current)
        return current if fresh else current | _renewed(account, current)

    account.credentials = account.renew(exchange)
    return account.credentials["access_token"]


def forget(account: Account) -> None:
    """The server did not accept the token although its time is not over: the next one must be new."""
    account.credentials = account.credentials | {"expires_at": "0"}


def _is_valid(credentials: Mapping[str, str]) -> bool:
    try:
        expires_at = datetime.fromtimestamp(int(credentials.get("expires_at", "")), UTC)
    except (ValueError, OverflowError):
        return False
    return bool(credentials.get("access_token")) and expires_at - _EARLY > datetime.now(UTC)


def _token_url(account: Account) -> str:
    chosen = account.options.get("oauth_token_url", "")
    if chosen:
        return chosen
    host = account.options.get("imap_host") or account.options.get("smtp_host") or ""
    found = next((url for end, url in _TOKEN_URLS.items() if host == end or host.endswith(f".{end}")), "")
    if not found:
        raise AuthRevoked("Nobody knows where this provider gives out tokens. Enter the option oauth_token_url.")
    return found


def _renewed(account: Account, current: Mapping[str, str]) -> dict[str, str]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": current.get("refresh_token", ""),
        "client_id": current.get("client_id", ""),
        "client_secret": current.get("client_secret", ""),
    }
    try:
        answer = requests.post(_token_url(account), data=form, timeout=_TIMEOUT_S, allow_redirects=False)
        body = answer.json()
    except requests.RequestException as error:
        raise Unavailable("The provider that gives out mail tokens does not answer.", code="oauth") from error
    if answer.status_code in (400, 401, 403):
        raise AuthRevoked(
            "The provider no longer lets us into the mailbox. Connect it again.", code=_reason(body) or "refused"
        )
    if answer.status_code != 200 or not isinstance(body, dict) or not body.get("access_token"):
        raise Unavailable("The provider that gives out mail tokens gave no token.", code=str(answer.status_code))
    return _tokens(body, current)


def _reason(body: Any) -> str:
    return str(body.get("error", ""))[:64] if isinstance(body, dict) else ""


def _tokens(body: Mapping[str, Any], current: Mapping[str, str]) -> dict[str, str]:
    try:
        lasts = timedelta(seconds=int(body.get("expires_in", 3600)))
    except (TypeError, ValueError, OverflowError):
        lasts = timedelta(hours=1)
    return {
        "access_token": str(body["access_token"]),
        "refresh_token": str(body.get("refresh_token") or current.get("refresh_token", "")),
        "expires_at": str(int((datetime.now(UTC) + lasts).timestamp())),
    }
