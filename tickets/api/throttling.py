"""How many requests a token, a session or an address may send, told in the standard headers of every answer."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiToken
from accounts.throttling import count

WINDOW_S = 60


class RateLimit(BaseThrottle):
    """A fixed window of a minute. Without the cache nobody is refused: limits protect, they do not guard."""

    left_s = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        quota, now = settings.API_REQUESTS_PER_MINUTE, time.time()
        self.left_s = WINDOW_S - int(now) % WINDOW_S
        used = count(f"api-rate:{_who(self, request)}:{int(now) // WINDOW_S}", WINDOW_S * 2)
        view.headers["RateLimit-Policy"] = f'"default";q={quota};w={WINDOW_S}'
        view.headers["RateLimit"] = f'"default";r={max(0, quota - used)};t={self.left_s}'
        return used <= quota

    def wait(self) -> float:
        return self.left_s


def _who(throttle: BaseThrottle, request: Request) -> str:
    if isinstance(request.auth, ApiToken):
        return f"token-{request.auth.pk}"
    return f"user-{request.user.pk}" if request.user.is_authenticated else f"ip-{throttle.get_ident(request)}"
