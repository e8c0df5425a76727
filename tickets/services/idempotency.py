"""A request that comes twice under one key is done once, even when both come at the same time."""

from datetime import datetime

from accounts.models import User
from tickets.models import GivenAnswer
from tickets.models.fields import Secrets


class OtherRequest(Exception):
    """The key belongs to another request."""


def claim(user: User, key: str, fingerprint: str) -> GivenAnswer | None:
    """None when the caller is the first, who then does the work and calls `remember` in the same transaction.

    A second request waits here, at the unique index, until the first has committed; then it gets the first's answer.
    Raises OtherRequest when the key was used for something else.
    """
    made = GivenAnswer(user=user, key=key, fingerprint=fingerprint)
    GivenAnswer.objects.bulk_create([made], ignore_conflicts=True)
    found = GivenAnswer.objects.get(user=user, key=key)
    if found.fingerprint != fingerprint:
        raise OtherRequest
    return None if found.status is None else found


def remember(user: User, key: str, status: int, answer: dict[str, str]) -> None:
    GivenAnswer.objects.filter(user=user, key=key).update(status=status, answer=Secrets(answer))


def forget(before: datetime) -> None:
    GivenAnswer.objects.filter(created_at__lt=before).delete()
