"""Unmodified clients of X, pointed at the sandbox."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from sandbox.x.world import World
from tests.x_sandbox import BRAND

HOSTS = ("https://api.twitter.com", "https://upload.twitter.com", "https://api.x.com", "https://twitter.com")


class RedirectAdapter(HTTPAdapter):
    """Sends what is meant for X to the sandbox and says which address was signed."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base = urlsplit(base_url)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        request.headers["X-Original-URL"] = request.url
        there = urlsplit(request.url)
        request.url = urlunsplit((self.base.scheme, self.base.netloc, there.path, there.query, ""))
        options["timeout"] = options.get("timeout") or 5
        return super().send(request, **options)


def redirected(session: Any, base_url: str) -> Any:
    for host in HOSTS:
        session.mount(host, RedirectAdapter(base_url))
    return session


@pytest.fixture
def brand(x_world: World) -> Any:
    return x_world.find(BRAND)


@pytest.fixture
def tweepy_client(x_world: World) -> Callable[..., tweepy.Client]:
    """`tweepy_client("oauth1" | "oauth2" | "app", **of_tweepy)`, acting for the brand."""

    def make(auth: str = "oauth1", who: str = BRAND, **options: Any) -> tweepy.Client:
        credentials = x_world.connect(who, "oauth2" if auth == "oauth2" else "oauth1")
        if auth == "oauth1":
            options |= credentials
        elif auth == "oauth2":
            options["bearer_token"] = credentials["access_token"]
        else:
            options["bearer_token"] = x_world.app().bearer_token
        client = tweepy.Client(**options)
        redirected(client.session, x_world.base_url)
        return client

    return make


@pytest.fixture
def client(tweepy_client: Callable[..., tweepy.Client]) -> tweepy.Client:
    return tweepy_client("oauth1", return_type=dict)


@pytest.fixture
def ann(x_world: World) -> Any:
    return x_world.account("ann", "Ann Smith", followers=900)
