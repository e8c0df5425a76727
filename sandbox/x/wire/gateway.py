"""The way of one call: fault, caller, limit, credits, route, ledger, headers, log."""

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from sandbox.x.faults import AFTER, BEFORE, Fault
from sandbox.x.wire import dms, files, misbehave, oauth, posts, usage, users, writing
from sandbox.x.wire.access import Caller, Gate, check
from sandbox.x.wire.call import Answer, Call
from sandbox.x.wire.operations import OPERATIONS, Operation
from sandbox.x.wire.problems import BLANK, Problem, credits_depleted, invalid_body
from sandbox.x.wire.quota import Quota
from sandbox.x.wire.vocabulary import in_new_words, in_use
from sandbox.x.world import Seen, World

ROUTES: dict[str, Callable[..., Answer]] = {
    "me": users.me,
    "users": users.by_ids,
    "user": users.by_id,
    "users_by": users.by_usernames,
    "user_by": users.by_username,
    "mentions": posts.mentions,
    "own_posts": posts.own_posts,
    "posts": posts.by_ids,
    "post": posts.by_id,
    "search": posts.search,
    "post_create": writing.create,
    "post_delete": writing.delete,
    "post_hide": writing.hide,
    "like": writing.like,
    "unlike": writing.unlike,
    "dm_events": dms.events,
    "dm_event": dms.event,
    "dm_events_of": dms.events_of,
    "dm_events_with": dms.events_with,
    "dm_open": dms.open_group,
    "dm_send": dms.send,
    "dm_send_with": dms.send_with,
    "dm_media": files.private,
    "media_upload": files.upload,
    "usage": usage.usage,
}


@dataclass
class Trace:
    """What the log will say about a call."""

    route: str
    fault: Fault | None = None
    caller: Caller | None = None
    body: Any = None


class Gateway:
    """Serves the API of one world. `closing` ends hanging calls when the server stops."""

    def __init__(self, world: World, closing: threading.Event) -> None:
        self.world = world
        self.closing = closing
        self.gate = Gate(world)
        self.quota = Quota(world)

    def mount(self, app: Flask) -> None:
        for operation in OPERATIONS:
            app.add_url_rule(operation.rule, operation.name, self._view(operation), methods=[operation.method])
        app.add_url_rule("/2/oauth2/token", "oauth_token", self._plain("oauth_token", oauth.token), methods=["POST"])
        app.add_url_rule("/media/<name>", "media", self._media)

    def _view(self, operation: Operation) -> Callable[..., Response]:
        def view(**path: str) -> Response:
            trace = Trace(operation.name, self.world.faults.take(operation.name))
            return self._logged(trace, lambda: self._serve(operation, trace, path))

        return view

    def _plain(self, route: str, handler: Callable[..., Answer]) -> Callable[[], Response]:
        """A route without a user: faults and the log apply, limits do not."""

        def view() -> Response:
            trace = Trace(route, self.world.faults.take(route))

            def serve() -> Answer:
                stand_in = self._stand_in(trace.fault)
                return stand_in or self._spoilt(trace.fault, None, handler(self.world, request))

            return self._logged(trace, serve)

        return view

    def _media(self, name: str) -> Response:
        trace = Trace("media", self.world.faults.take("media"))
        return self._logged(trace, lambda: self._stand_in(trace.fault) or files.public(self.world, name))

    def _stand_in(self, fault: Fault | None) -> Answer | None:
        if fault is None or fault.name not in BEFORE:
            return None
        return misbehave.before(fault, self.closing, self.world.clock.now_ms() // 1000)

    def _spoilt(self, fault: Fault | None, call: Call | None, answer: Answer) -> Answer:
        if fault is None or fault.name not in AFTER:
            return answer
        return misbehave.after(fault, call, answer, self.closing)

    def _logged(self, trace: Trace, serve: Callable[[], Answer]) -> Response:
        status = 0
        try:
            try:
                answer = serve()
            except Problem as problem:
                answer = Answer(problem.status, problem.body, dict(problem.headers))
            status = answer.status
            return response(answer)
        finally:
            caller = trace.caller
            user_id = caller.user.id if caller and caller.user else None
            self.world.log(
                Seen(
                    request.method,
                    request.path,
                    trace.route,
                    status,
                    request.args.to_dict(),
                    trace.body,
                    caller.kind if caller else "",
                    user_id,
                    trace.fault.name if trace.fault else "",
                )
            )

    def _serve(self, operation: Operation, trace: Trace, path: dict[str, str]) -> Answer:
        stand_in = self._stand_in(trace.fault)
        if stand_in is not None and trace.fault and trace.fault.name == "rate_limited_without_reset":
            return stand_in
        try:
            answer = stand_in or self._answer(operation, trace, path)
        except Problem as problem:
            answer = Answer(problem.status, problem.body, dict(problem.headers))
        if in_use(self.world.settings.vocabulary, request.args):
            answer.body = in_new_words(answer.body)
        answer.headers = self.quota.headers(operation, trace.caller) | answer.headers
        return answer

    def _answer(self, operation: Operation, trace: Trace, path: dict[str, str]) -> Answer:
        world = self.world
        caller = trace.caller = self.gate.caller(request)
        check(caller, operation)
        with world.lock:
            self.quota.take(operation, caller)
            if world.settings.credits is not None and world.settings.credits <= 0:
                raise credits_depleted(misbehave.ACCOUNT_ID)
            body = json_body(operation)
            # A picture in base64 would fill the log.
            trace.body = body if operation.name != "media_upload" else None
            base_url = request.host_url.rstrip("/")
            call = Call(world, operation, caller, request.args.to_dict(), body or {}, base_url)
            call.check_query()
            answer = ROUTES[operation.name](call, **path)
            if world.settings.credits is not None:
                world.settings.credits -= call.spent
        return self._spoilt(trace.fault, call, answer)


def json_body(operation: Operation) -> dict[str, Any] | None:
    if operation.method == "GET" or request.mimetype == "multipart/form-data":
        return None
    if not request.get_data():
        return {}
    if request.mimetype != "application/json":
        raise invalid_body("Requests with bodies must have content-type of application/json.")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise invalid_body("The body of the request is not a JSON object.")
    return body


def response(answer: Answer) -> Response:
    body = answer.body
    if not isinstance(body, str | bytes):
        body = json.dumps(body, ensure_ascii=False)
    made = Response(body, answer.status, content_type=answer.content_type)
    made.headers.update(answer.headers)
    made.headers["x-transaction-id"] = secrets.token_hex(8)
    made.headers["cache-control"] = "no-cache, no-store, max-age=0"
    return made


def refusal(status: int, title: str) -> Response:
    """For what reaches no route: unknown addresses and methods, bodies that are too large."""
    return response(Answer(status, {"title": title, "detail": title, "type": BLANK, "status": status}))
