"""X's refusals, word for word as seen live or documented."""

from datetime import datetime
from typing import Any

TYPES = "https://api.twitter.com/2/problems/"
BLANK = "about:blank"
Body = dict[str, Any]


class Problem(Exception):
    """An error answer: status and JSON body."""

    def __init__(self, status: int, body: Body, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers or {}


def _plain(status: int, title: str, detail: str) -> Problem:
    return Problem(status, {"title": title, "detail": detail, "type": BLANK, "status": status})


def invalid(parameter: str, value: object, message: str) -> Problem:
    """400 for a parameter."""
    return _invalid({"parameters": {parameter: [str(value)]}, "message": message})


def invalid_body(message: str) -> Problem:
    return _invalid({"parameters": {}, "message": message})


def _invalid(error: Body) -> Problem:
    detail = "One or more parameters to your request was invalid."
    return Problem(
        400, {"errors": [error], "title": "Invalid Request", "detail": detail, "type": f"{TYPES}invalid-request"}
    )


def since_id_too_old(since_id: str, oldest: datetime, smallest: int) -> Problem:
    return invalid(
        "since_id",
        since_id,
        f"'since_id' must be a tweet id created after {oldest:%Y-%m-%dT%H:%MZ}. "
        f"Please use a 'since_id' that is larger than {smallest}",
    )


def unauthorized() -> Problem:
    return _plain(401, "Unauthorized", "Unauthorized")


def forbidden(detail: str) -> Problem:
    return _plain(403, "Forbidden", detail)


def not_found() -> Problem:
    return _plain(404, "Not Found", "Not Found")


def too_long() -> Problem:
    return Problem(
        400,
        {
            "detail": "Your Tweet text is too long. For more information on how Twitter determines text length see "
            "https://github.com/twitter/twitter-text.",
            "type": BLANK,
            "title": "Bad Request",
            "status": 400,
        },
    )


def duplicate() -> Problem:
    return forbidden("You are not allowed to create a Tweet with duplicate content.")


def reply_gate() -> Problem:
    return forbidden(
        "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the "
        "author of the post you are replying to."
    )


def parent_gone() -> Problem:
    return forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")


def no_dm() -> Problem:
    return forbidden("You do not have permission to DM one or more participants.")


def not_permitted() -> Problem:
    return forbidden("This operation is not permitted.")


def unsupported_authentication(used: str, supported: str) -> Problem:
    return Problem(
        403,
        {
            "title": "Unsupported Authentication",
            "detail": f"Authenticating with {used} is forbidden for this endpoint.  "
            f"Supported authentication types are [{supported}].",
            "type": f"{TYPES}unsupported-authentication",
            "status": 403,
        },
    )


def oauth1_permissions() -> Problem:
    return Problem(
        403,
        {
            "title": "Forbidden",
            "detail": "Your client app is not configured with the appropriate oauth1 app permissions for this "
            "endpoint.",
            "type": f"{TYPES}oauth1-permissions",
            "status": 403,
        },
    )


def client_forbidden() -> Problem:
    return Problem(
        403,
        {
            "reason": "client-not-enrolled",
            "title": "Client Forbidden",
            "detail": "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens "
            "from a Twitter developer App that is attached to a Project.",
            "type": f"{TYPES}client-forbidden",
        },
    )


def credits_depleted(account_id: int) -> Problem:
    return Problem(
        402,
        {
            "account_id": account_id,
            "type": f"{TYPES}credits",
            "title": "CreditsDepleted",
            "detail": f"Your enrolled account [{account_id}] does not have any credits to fulfill this request.",
        },
    )


def spend_cap(account_id: int) -> Problem:
    return Problem(
        403,
        {
            "account_id": account_id,
            "type": f"{TYPES}credits",
            "title": "SpendCapReached",
            "detail": f"Your enrolled account [{account_id}] has reached its billing cycle spend cap.",
        },
    )


def too_many() -> Problem:
    return _plain(429, "Too Many Requests", "Too Many Requests")


def usage_cap(account_id: int) -> Problem:
    return Problem(
        429,
        {
            "account_id": account_id,
            "product_name": "standard-basic",
            "title": "UsageCapExceeded",
            "period": "Monthly",
            "scope": "Product",
            "detail": "Usage cap exceeded: Monthly product cap",
            "type": f"{TYPES}usage-capped",
        },
    )


def server_error() -> Problem:
    return _plain(500, "Internal Server Error", "Internal Server Error")


def unavailable() -> Problem:
    return _plain(503, "Service Unavailable", "Service Unavailable")


def missing(resource: str, parameter: str, value: str, *, reason: str = "gone") -> Body:
    """One entry of a partial answer's `errors`. `reason`: gone, protected or suspended."""
    entry = {"resource_id": value, "resource_type": resource, "parameter": parameter, "value": value}
    if reason == "protected":
        detail = f"Sorry, you are not authorized to see the {_title(resource)} with {_named(parameter)}: [{value}]."
        return entry | {"title": "Authorization Error", "detail": detail, "type": f"{TYPES}not-authorized-for-resource"}
    if reason == "suspended":
        detail = f"User has been suspended: [{value}]."
        return entry | {"title": "Forbidden", "detail": detail, "type": f"{TYPES}resource-not-found"}
    detail = f"Could not find {resource} with {_named(parameter)}: [{value}]."
    return entry | {"title": "Not Found Error", "detail": detail, "type": f"{TYPES}resource-not-found"}


def _named(parameter: str) -> str:
    return {"ids": "id", "usernames": "username"}.get(parameter, parameter)


def _title(resource: str) -> str:
    return resource.capitalize()
