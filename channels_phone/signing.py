"""Signatures of the generic webhook: HMAC-SHA256 over "<timestamp>.<body>" with the line's own secret."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

# A request of another time is somebody's recording of an old one.
REPLAY_WINDOW = timedelta(minutes=5)
# While every telephone system is given the new secret.
OLD_SECRET_LIVES = timedelta(hours=24)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def is_signed(credentials: Mapping[str, str], timestamp: str, signature: str, body: bytes, now: datetime) -> bool:
    """Whether somebody who knows a valid secret wrote this body a moment ago."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > REPLAY_WINDOW.total_seconds():
        return False
    # Every one is tried: how long it takes tells nothing.
    fits = [
        hmac.compare_digest(sign(one, timestamp, body).encode(), signature.encode()) for one in _valid(credentials, now)
    ]
    return any(fits)


def _valid(credentials: Mapping[str, str], now: datetime) -> list[str]:
    found = [credentials.get("webhook_secret", "")]
    until = credentials.get("webhook_secret_old_until")
    if until and datetime.fromisoformat(until) > now:
        found.append(credentials.get("webhook_secret_old", ""))
    return [secret for secret in found if secret]


def rotated(credentials: Mapping[str, str], now: datetime) -> dict[str, str]:
    """The credentials with a new secret; the present one still holds for `OLD_SECRET_LIVES`."""
    new = dict(credentials)
    if new.get("webhook_secret"):
        new["webhook_secret_old"] = new["webhook_secret"]
        new["webhook_secret_old_until"] = (now + OLD_SECRET_LIVES).isoformat()
    return new | {"webhook_secret": secrets.token_urlsafe(32)}
