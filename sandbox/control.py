"""`/_sandbox/`: what other programs on this machine need: credentials for the demo, acts and faults for tests.

Only callers on the loopback interface are answered.
"""

import ipaddress
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request

from sandbox.x.faults import NAMES, UnknownFault
from sandbox.x.model import NotPossible
from sandbox.x.world import World


class BadRequest(ValueError):
    pass


def mount(app: Flask, world: World, connection: Callable[[], dict[str, object]]) -> None:
    control = Blueprint("control", __name__, url_prefix="/_sandbox")

    @control.before_request
    def local_programs_only() -> tuple[Response, int] | None:
        caller = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - an unknown caller, refused
        # A browser names the page that sends a form or script request; programs do not.
        if not caller.is_loopback or request.headers.get("Origin"):
            return jsonify(error="Only programs on this machine may ask."), 403
        return None

    @control.errorhandler(BadRequest)
    @control.errorhandler(NotPossible)
    @control.errorhandler(UnknownFault)
    def refuse(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    @control.get("/connection")
    def credentials() -> Response:
        return jsonify(connection())

    @control.get("/requests")
    def requests() -> Response:
        with world.lock:
            return jsonify([{"method": one.method, "path": one.path, "status": one.status} for one in world.requests])

    @control.get("/faults")
    def faults() -> Response:
        return jsonify(_waiting(world))

    @control.post("/<verb>")
    def act(verb: str) -> Response:
        if verb not in ACTS:
            raise BadRequest(f"There is no action {verb!r}; known: {', '.join(sorted(ACTS))}.")
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise BadRequest("Send a JSON object.")
        return jsonify(ACTS[verb](world, body))

    app.register_blueprint(control)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"Give {name!r} as text.")
    return value


def _number(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not str(value).isdigit():
        raise BadRequest(f"Give {name!r} as an id.")
    return int(value)


def _account(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """{"username", "name", "followers"?, "verified"?}"""
    fields = {
        name: body[name] for name in ("followers", "verified", "protected", "suspended", "open_dms") if name in body
    }
    account = world.account(_text(body, "username"), str(body.get("name", "")), **fields)
    return {"id": str(account.id)}


def _post(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """{"author", "text", "reply_to"?, "quote"?, "scene"?}"""
    author = _text(body, "author")
    pictures = [world.picture(author, body["scene"])] if body.get("scene") else []
    parent, quote = _number(body, "reply_to"), _number(body, "quote")
    post = world.post(author, _text(body, "text"), reply_to=parent, quote=quote, media=pictures)
    return {"id": str(post.id), "conversation_id": str(post.conversation_id)}


def _dm(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """{"sender", "to", "text"}"""
    event = world.dm(_text(body, "sender"), _text(body, "to"), _text(body, "text"))
    return {"id": str(event.id), "conversation_id": event.conversation_id}


def _edit(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """{"post", "text"}"""
    return {"id": str(world.edit(_number(body, "post") or 0, _text(body, "text")).id)}


def _delete(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """{"post"}"""
    world.delete(_number(body, "post") or 0)
    return {}


def _repost(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """{"author", "post"}"""
    return {"id": str(world.repost(_text(body, "author"), _number(body, "post") or 0).id)}


def _faults(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """{"name", "route"?, "times"? (null: until cleared), "options"?} or {"clear": true}"""
    if body.get("clear"):
        world.faults.clear()
    else:
        times = body.get("times", 1)
        if times is not None and (not isinstance(times, int) or times < 1):
            raise BadRequest("Give 'times' as a whole number from 1, or null.")
        options = body.get("options") or {}
        world.faults.add(_text(body, "name"), str(body.get("route", "*")), times=times, **options)
    return _waiting(world)


def _waiting(world: World) -> dict[str, Any]:
    waiting = [{"name": one.name, "route": one.route, "times": one.times} for one in world.faults.waiting()]
    return {"waiting": waiting, "known": NAMES}


ACTS: dict[str, Callable[[World, dict[str, Any]], dict[str, Any]]] = {
    "account": _account,
    "post": _post,
    "dm": _dm,
    "edit": _edit,
    "delete": _delete,
    "repost": _repost,
    "faults": _faults,
}
