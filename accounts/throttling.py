"""Wrong passwords: who may try how often, from where, and what somebody reads who tried too often.

django-axes counts one name from one place (AXES_… in settings). Here all names from one place are counted together,
or whoever has a list of names could try each of them a few times.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

# Many people may sit behind one address.
MOST_WRONG_FROM_ONE_PLACE = 50


def address_of(request: HttpRequest) -> str:
    """The client's address; behind TRUSTED_PROXIES the one that the outermost saw, whatever the client claims."""
    return BaseThrottle().get_ident(request)


def count(key: str, seconds: int) -> int:
    """How often this was called with the key since it last expired; 0 without the cache."""
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key))
    except (RedisError, ValueError):  # ValueError: it expired in between
        return 0


class OnePlace:
    """An authentication backend that knows nobody and refuses a place with too many wrong passwords."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        if request is not None and _wrong_so_far(request) >= MOST_WRONG_FROM_ONE_PLACE:
            request.axes_locked_out = True  # type: ignore[attr-defined] # axes' middleware answers
            raise PermissionDenied


@receiver(user_login_failed, dispatch_uid="accounts.count_wrong")
def count_wrong(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    if request is not None:
        count(_key(request), int(settings.AXES_COOLOFF_TIME.total_seconds()))


def _wrong_so_far(request: HttpRequest) -> int:
    try:
        return int(cache.get(_key(request), 0))
    except RedisError:
        return 0


def _key(request: HttpRequest) -> str:
    return f"wrong-passwords:{address_of(request)}"


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    if response is not None and response.status_code == 429:
        return response  # the API has said it in its own form
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    page = render(request, "accounts/locked_out.html", {"minutes": minutes}, status=429)
    page["Retry-After"] = str(minutes * 60)
    return page
