"""The two ways to speak for an X account, and the refresh of OAuth 2 tokens, which can be used once."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import requests

from channels_social.x.errors import error_from, transport_error
from tickets.channels.errors import AuthRevoked, ChannelError, Unavailable

OAUTH1 = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
# A public client has no secret.
OAUTH2 = ("client_id", "access_token", "refresh_token")
TOKEN_URL = "https://api.x.com/2/oauth2/token"  # noqa: S105
_ONE_WORD = re.compile(r"[!-~]*")
EARLY = timedelta(seconds=30)


def is_oauth1(credentials: Mapping[str, str]) -> bool:
    """Which set is complete. Raises AuthRevoked when neither is or they cannot be used, and says which."""
    damaged = [
        name for name in {*OAUTH1, *OAUTH2, "client_secret"} if not _ONE_WORD.fullmatch(credentials.get(name, ""))
    ]
    if damaged:
        raise AuthRevoked(
            f"{', '.join(sorted(damaged))}: X's credentials are one word of plain letters, digits and signs. "
            "Copy them again.",
            code="damaged_credentials",
        )
    missing = {names: [name for name in names if not credentials.get(name)] for names in (OAUTH1, OAUTH2)}
    if not missing[OAUTH1]:
        return True
    if not missing[OAUTH2]:
        return False
    begun = OAUTH1 if credentials.get("consumer_key") or credentials.get("consumer_secret") else OAUTH2
    version = "OAuth 1.0a" if begun == OAUTH1 else "OAuth 2"
    raise AuthRevoked(
        f"The {version} credentials are incomplete: {', '.join(missing[begun])} missing. "
        f"Enter either {', '.join(OAUTH1)} or {', '.join(OAUTH2)} (and client_secret).",
        code="incomplete_credentials",
    )


def has_expired(credentials: Mapping[str, str]) -> bool:
    try:
        expires_at = datetime.fromtimestamp(int(credentials.get("expires_at", "")), UTC)
    except ValueError:
        return False
    return expires_at - EARLY <= datetime.now(UTC)


def refresher(session: requests.Session, used: Mapping[str, str]) -> Callable[[dict[str, str]], dict[str, str]]:
    """For `Account.renew`: new credentials, unless somebody else has renewed since `used` was read."""

    def refresh(current: dict[str, str]) -> dict[str, str]:
        if current.get("access_token") != used.get("access_token"):
            return current
        return current | _exchange(session, current)

    return refresh


def _exchange(session: requests.Session, current: dict[str, str]) -> dict[str, str]:
    form = {"grant_type": "refresh_token", "refresh_token": current["refresh_token"], "client_id": current["client_id"]}
    secret = current.get("client_secret")
    try:
        answer = session.post(TOKEN_URL, data=form, auth=(current["client_id"], secret) if secret else None)
    except requests.RequestException as error:
        raise transport_error(error, writing=False) from error
    if answer.status_code in (400, 401, 403):
        raise AuthRevoked(
            "X no longer renews this account's access. Connect the account again.", code="refresh_refused"
        )
    if answer.status_code != 200:
        raise error_from(answer.status_code, answer.headers, answer.text, writing=False)
    return _tokens(answer.text, current)


def _tokens(body: str, current: dict[str, str]) -> dict[str, str]:
    unreadable: ChannelError = Unavailable("X gave an unreadable answer when its access token was renewed.")
    try:
        tokens = json.loads(body)
        expires_at = datetime.now(UTC) + timedelta(seconds=int(tokens.get("expires_in", 7200)))
        access, following = tokens["access_token"], tokens.get("refresh_token") or current["refresh_token"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise unreadable from error
    return {
        "access_token": str(access),
        "refresh_token": str(following),
        "expires_at": str(int(expires_at.timestamp())),
    }
