"""OAuth 2 tokens: exchange of a code, refresh. Refresh tokens rotate and serve once."""

import base64
import hashlib
from typing import Any

from flask import Request

from sandbox.x.model import App, Token
from sandbox.x.wire.call import Answer
from sandbox.x.wire.problems import Problem
from sandbox.x.world import World


def refused(error: str, description: str, status: int = 400) -> Problem:
    return Problem(status, {"error": error, "error_description": description})


def token(world: World, request: Request) -> Answer:
    with world.lock:
        app = client(world, request)
        grant = request.form.get("grant_type")
        if grant == "refresh_token":
            return answer(world, refresh(world, app, request.form.get("refresh_token", "")))
        if grant == "authorization_code":
            return answer(world, exchange(world, app, request.form.to_dict()))
        raise refused("unsupported_grant_type", "The grant type is not supported.")


def client(world: World, request: Request) -> App:
    """Confidential clients identify themselves by HTTP Basic."""
    basic = request.authorization
    name, secret = (basic.username, basic.password) if basic and basic.type == "basic" else (None, None)
    for app in world.apps.values():
        if app.client_id == name and app.client_secret == secret:
            return app
    raise refused("unauthorized_client", "Missing valid authorization header", 401)


def refresh(world: World, app: App, value: str) -> Token:
    known = next((one for one in world.tokens.values() if value and one.refresh_token == value), None)
    if known is None or known.app_id != app.id or known.revoked or world.accounts[known.user_id].gone:
        raise refused("invalid_request", "Value passed for the token was invalid.")
    known.refresh_token = None
    world.keep("token", known)
    return world.grant(app, world.accounts[known.user_id], known.scopes)


def exchange(world: World, app: App, form: dict[str, Any]) -> Token:
    code = world.codes.pop(form.get("code", ""), None)
    wrong = refused("invalid_request", "Value passed for the authorization code was invalid.")
    if code is None or code["app"] != app.id or code["until_ms"] < world.clock.now_ms():
        raise wrong
    if form.get("redirect_uri") != code["redirect_uri"] or not proves(code, form.get("code_verifier", "")):
        raise wrong
    return world.grant(app, world.accounts[code["user"]], code["scopes"])


def proves(code: dict[str, Any], verifier: str) -> bool:
    if code["method"] == "plain":
        return verifier == code["challenge"]
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == code["challenge"]


def answer(world: World, made: Token) -> Answer:
    body = {
        "token_type": "bearer",
        "expires_in": world.settings.access_token_s,
        "access_token": made.access_token,
        "scope": " ".join(made.scopes),
    }
    if made.refresh_token:
        body["refresh_token"] = made.refresh_token
    return Answer(body=body)
