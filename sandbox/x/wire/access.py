"""Who calls: OAuth 1.0a signatures, OAuth 2 user tokens, app-only bearers."""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Request
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from sandbox.x.model import DMS, READ, Account, App, Token
from sandbox.x.wire.operations import APP, OAUTH1, OAUTH2, Operation
from sandbox.x.wire.problems import forbidden, oauth1_permissions, unauthorized, unsupported_authentication
from sandbox.x.world import World

WORDS = {
    OAUTH1: "OAuth 1.0a User Context",
    OAUTH2: "OAuth 2.0 User Context",
    APP: "OAuth 2.0 Application-Only",
}
CLOCK_SKEW_S = 300
logging.getLogger("oauthlib").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Caller:
    """An app, and the user for whom it acts (None: app-only)."""

    kind: str
    app: App
    user: Account | None = None
    token: Token | None = None

    @property
    def access_level(self) -> str:
        return self.app.access if self.kind != APP else READ

    def limit_key(self, scope: str) -> str:
        return f"{scope}:{self.app.id}" if scope == "app" or self.user is None else f"{scope}:{self.user.id}"


class Signatures(RequestValidator):
    """What oauthlib needs to know to check a signature."""

    enforce_ssl = False

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._nonces: deque[str] = deque(maxlen=5000)
        self._lock = threading.Lock()

    def check_client_key(self, client_key: str) -> bool:
        return bool(client_key)

    check_access_token = check_nonce = check_client_key

    @property
    def dummy_client(self) -> str:
        return "nobody"

    def validate_timestamp_and_nonce(self, client_key: str, timestamp: str, nonce: str, *_: Any, **__: Any) -> bool:
        with self._lock:
            if abs(time.time() - int(timestamp)) > CLOCK_SKEW_S or nonce in self._nonces:
                return False
            self._nonces.append(nonce)
            return True

    def _app(self, client_key: str) -> App | None:
        return next((app for app in self._world.apps.values() if app.consumer_key == client_key), None)

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return self._app(client_key) is not None

    def get_client_secret(self, client_key: str, request: Any) -> str:
        app = self._app(client_key)
        return app.consumer_secret if app else "nothing"

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        known = self._world.tokens.get(token)
        return (known.secret if known else None) or "nothing"


class Gate:
    """Turns a request into a Caller or refuses it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._signatures = SignatureOnlyEndpoint(Signatures(world))

    def caller(self, request: Request) -> Caller:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        with self._world.lock:
            if scheme == "OAuth":
                return self._signed(request)
            if scheme == "Bearer" and value:
                return self._bearer(value.strip())
        raise unauthorized()

    def _bearer(self, value: str) -> Caller:
        for app in self._world.apps.values():
            if app.bearer_token == value:
                return Caller(APP, app)
        token = self._world.tokens.get(value)
        if token is None or token.secret is not None or (token.expires_ms or 0) <= self._world.clock.now_ms():
            raise unauthorized()
        return self._for_user(OAUTH2, token)

    def _signed(self, request: Request) -> Caller:
        url = signed_url(request)
        form = request.mimetype == "application/x-www-form-urlencoded"
        body = request.get_data(as_text=True) if form else None
        headers = {"Authorization": request.headers["Authorization"]}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            valid, signed = self._signatures.validate_request(url, request.method, body, headers)
        except ValueError:  # oauthlib's word for a header that it cannot read
            raise unauthorized() from None
        token = self._world.tokens.get(signed.resource_owner_key) if valid else None
        if token is None or self._world.apps[token.app_id].consumer_key != signed.client_key:
            raise unauthorized()
        return self._for_user(OAUTH1, token)

    def _for_user(self, kind: str, token: Token) -> Caller:
        user = self._world.accounts[token.user_id]
        if token.revoked or user.gone:
            raise unauthorized()
        return Caller(kind, self._world.apps[token.app_id], user, token)


def signed_url(request: Request) -> str:
    """The address the client signed: X's own when an adapter redirected the request here, else ours."""
    sent = request.environ["RAW_URI"]
    original = request.headers.get("X-Original-URL")
    if not original:
        return request.host_url.rstrip("/") + sent
    there, here = urlsplit(original), urlsplit(sent)
    if (there.path, there.query) != (here.path, here.query):
        raise unauthorized()
    return original


def check(caller: Caller, operation: Operation) -> None:
    """Refuse callers whose kind, scopes or app permissions do not suffice."""
    if caller.kind not in operation.kinds:
        supported = ", ".join(WORDS[kind] for kind in (OAUTH1, OAUTH2, APP) if kind in operation.kinds)
        raise unsupported_authentication(WORDS[caller.kind], supported)
    if caller.kind == OAUTH2 and caller.token and not set(operation.scopes) <= set(caller.token.scopes):
        raise forbidden(missing_scopes(caller.token.scopes, operation))
    if caller.kind == OAUTH1:
        check_permissions(caller, operation)


def missing_scopes(granted: list[str], operation: Operation) -> str:
    lacking = ", ".join(scope for scope in operation.scopes if scope not in granted)
    return f"Your access token lacks the scopes this endpoint needs: {lacking}."


def check_permissions(caller: Caller, operation: Operation) -> None:
    private = operation.name.startswith("dm_")
    writes = operation.method != "GET"
    if (private and caller.access_level != DMS) or (writes and caller.access_level == READ):
        raise oauth1_permissions()
