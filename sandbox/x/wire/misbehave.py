"""How an ordered fault looks on the wire."""

import json
import threading
from typing import Any

from sandbox.x.faults import Fault
from sandbox.x.wire import problems
from sandbox.x.wire.call import Answer, Call
from sandbox.x.wire.paging import token

CLOUDFLARE = """<!DOCTYPE html>
<html lang="en-US"><head><title>twitter.com | 503: Service temporarily unavailable</title></head>
<body><h1>Error 503</h1><p>Service temporarily unavailable</p><p>Cloudflare Ray ID: 8f0c2d</p></body></html>
"""
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>X</title></head><body><p>Something went wrong.</p></body></html>\n"
DEFAULT_HANG_S = 60
ACCOUNT_ID = 2244994945


class Dropped(ConnectionResetError):
    """The server closes the connection without an answer."""


def hang(fault: Fault, closing: threading.Event) -> None:
    closing.wait(float(fault.options.get("seconds", DEFAULT_HANG_S)))
    raise Dropped


def before(fault: Fault, closing: threading.Event, now_s: int) -> Answer | None:
    """The answer that stands in for the route's; None: the route is to be called."""
    if fault.name == "hang_before":
        hang(fault, closing)
    if fault.name == "reset_before":
        raise Dropped
    if fault.name == "cloudflare":
        return Answer(503, CLOUDFLARE, content_type="text/html; charset=UTF-8")
    refusal = {
        "rate_limited": problems.too_many,
        "rate_limited_without_reset": problems.too_many,
        "usage_cap": lambda: problems.usage_cap(ACCOUNT_ID),
        "credits_depleted": lambda: problems.credits_depleted(ACCOUNT_ID),
        "spend_cap": lambda: problems.spend_cap(ACCOUNT_ID),
        "unauthorized": problems.unauthorized,
        "client_forbidden": problems.client_forbidden,
        "server_error": problems.server_error,
        "unavailable": problems.unavailable,
    }.get(fault.name)
    if refusal is None:
        return None
    made = refusal()
    answer = Answer(made.status, made.body)
    if fault.name == "rate_limited":
        reset = now_s + int(fault.options.get("reset_in", 60))
        answer.headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(reset)}
    return answer


def after(fault: Fault, call: Call | None, answer: Answer, closing: threading.Event) -> Answer:
    """Spoil the answer of a route that succeeded. Without a call (tokens) there is no page to spoil."""
    if fault.name == "hang_after":
        hang(fault, closing)
    if fault.name == "reset_after":
        raise Dropped
    if fault.name == "empty_body":
        return Answer(answer.status, "")
    if fault.name == "html":
        return Answer(200, LOGIN_PAGE, content_type="text/html; charset=utf-8")
    if fault.name == "truncated":
        whole = json.dumps(answer.body)
        return Answer(answer.status, whole[: len(whole) // 2])
    if fault.name == "unavailable_after":
        made = problems.unavailable()
        return Answer(made.status, made.body)
    if call is not None:
        _spoil(fault.name, call, answer.body)
    return answer


def _spoil(name: str, call: Call, body: dict[str, Any]) -> None:
    if name == "empty_page":
        for part in ("data", "includes", "errors"):
            body.pop(part, None)
        body["meta"] = {"result_count": 0, "next_token": token(call.page_start or call.world.clock.snowflake())}
    elif name == "repeated_page" and call.page_start:
        body["meta"]["next_token"] = token(call.page_start)
    elif name == "unknown_event":
        newest = body["data"][0] if body.get("data") else {}
        event = {"id": str(call.world.clock.snowflake()), "event_type": "ReactionCreate", "reaction": "❤️"}
        kept = {key: newest[key] for key in ("dm_conversation_id", "created_at", "sender_id") if key in newest}
        body["data"] = [event | kept, *body.get("data", [])]
        body["meta"]["result_count"] = len(body["data"])
    elif name == "broken_item" and body.get("data"):
        broken = body["data"][0]
        broken |= {"text": {"unexpected": ["shape"]}, "created_at": "yesterday", "author_id": None}
        broken |= {"entities": "none", "sender_id": None}
    elif name == "missing_includes":
        body.pop("includes", None)
