"""Takes tweepy's requests, which know one fixed host and no time-out, to where they belong."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from tickets.channels.errors import Rejected

# Seconds to connect, and between two bytes of an answer.
TIMEOUT = (3.05, 20)
X_HOSTS = frozenset({"api.twitter.com", "api.x.com"})


def origin_of(api_base_url: str) -> str:
    """`http://host:port` of another server that speaks X's API, "" for X itself. Raises Rejected."""
    parts = urlsplit(api_base_url.strip())
    if not api_base_url.strip() or parts.netloc in X_HOSTS:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise Rejected(
            f"{api_base_url!r} is no server address. Give it as https://host or http://host:port, without a path.",
            code="api_base_url",
        )
    return f"{parts.scheme}://{parts.netloc}"


class Transport(HTTPAdapter):
    """Adds the default time-out; with an origin, sends there what was meant for X.

    OAuth 1.0a signs the public address, so the other server is told it in `X-Original-URL`.
    """

    def __init__(self, origin: str = "") -> None:
        self._origin = urlsplit(origin)
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        public = request.url or ""
        url = urlsplit(public)
        if self._origin.netloc and url.netloc in X_HOSTS:
            request.headers["X-Original-URL"] = public
            request.url = urlunsplit((self._origin.scheme, self._origin.netloc, url.path, url.query, ""))
            options["proxies"] = get_environ_proxies(request.url)
        options["timeout"] = options.get("timeout") or TIMEOUT
        return super().send(request, *args, **options)


def mount(session: requests.Session, origin: str) -> None:
    """Every request of the session goes through `Transport`; redirects are never followed."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, Transport(origin))
    session.max_redirects = 0
