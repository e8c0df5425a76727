"""X's refusals as they were seen in the wild, and what each means to us."""

import json
import time
from datetime import UTC, datetime

import pytest

from channels_social.x.errors import error_from
from tickets.channels.errors import (
    AuthRevoked,
    BudgetExhausted,
    CursorExpired,
    OutcomeUnknown,
    RecipientGone,
    Rejected,
    Throttled,
    Unavailable,
    WindowClosed,
)

PROBLEMS = "https://api.twitter.com/2/problems/"
UNAUTHORIZED = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
NO_CREDITS = {
    "account_id": 1,
    "type": PROBLEMS + "credits",
    "title": "CreditsDepleted",
    "detail": "Your enrolled account [1] does not have any credits to fulfill this request.",
}
CAPPED = {
    "account_id": 1,
    "product_name": "standard-basic",
    "title": "UsageCapExceeded",
    "period": "Monthly",
    "scope": "Product",
    "detail": "Usage cap exceeded: Monthly product cap",
    "type": PROBLEMS + "usage-capped",
}
TOO_OLD = {
    "errors": [
        {
            "parameters": {"since_id": ["1"]},
            "message": "'since_id' must be a tweet id created after 2026-06-22T16:35Z. "
            "Please use a 'since_id' that is larger than 2069097036665323520",
        }
    ],
    "title": "Invalid Request",
    "detail": "One or more parameters to your request was invalid.",
    "type": PROBLEMS + "invalid-request",
}
BAD_TOKEN = {
    "errors": [{"parameters": {"pagination_token": ["x"]}, "message": "Invalid 'pagination_token':[x]."}],
    "title": "Invalid Request",
}
SLOW = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
OLD_SLOW = {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
APP = {
    "title": "Forbidden",
    "detail": "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
    "type": PROBLEMS + "oauth1-permissions",
}
NOT_ENROLLED = {"reason": "client-not-enrolled", "title": "Client Forbidden", "type": PROBLEMS + "client-forbidden"}
GATE = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author"
)
HTML = "<!DOCTYPE html><html><title>api.x.com | 502: Bad gateway</title></html>"


def forbidden(detail: str) -> dict:
    return {"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403}


READS = [
    (401, UNAUTHORIZED, AuthRevoked, "Enter new ones"),
    (402, NO_CREDITS, BudgetExhausted, "Add credits"),
    (402, "", BudgetExhausted, "Add credits"),
    (403, forbidden("SpendCapReached"), BudgetExhausted, "spending limit"),
    (429, CAPPED, BudgetExhausted, "monthly cap"),
    (429, SLOW, Throttled, "slow down"),
    (429, OLD_SLOW, Throttled, "slow down"),
    (403, APP, AuthRevoked, "read, write and direct message permission"),
    (403, NOT_ENROLLED, AuthRevoked, "developer console"),
    (403, forbidden("Your account is suspended and is not permitted to access this feature."), AuthRevoked, "locked"),
    (403, forbidden("You may not look."), AuthRevoked, "You may not look."),
    (400, TOO_OLD, CursorExpired, "position"),
    (400, BAD_TOKEN, CursorExpired, "position"),
    (400, {"title": "Invalid Request", "detail": "no such field"}, Unavailable, "no such field"),
    (404, {"title": "Not Found Error", "detail": "Not Found"}, Unavailable, "404"),
    (500, {"title": "Internal"}, Unavailable, "out of order"),
    (503, HTML, Unavailable, "out of order"),
    (302, "", Unavailable, "302"),
    (403, "[]", AuthRevoked, "no reason given"),
    (400, '["a", 1]', Unavailable, "no reason given"),
    (400, "[" * 100_000, Unavailable, "no reason given"),
    (400, {"errors": "nonsense", "detail": None}, Unavailable, "no reason given"),
]
WRITES = [
    (401, UNAUTHORIZED, AuthRevoked, "credentials"),
    (402, NO_CREDITS, BudgetExhausted, "credits"),
    (429, SLOW, Throttled, "slow down"),
    (403, forbidden("You are not allowed to create a Tweet with duplicate content."), OutcomeUnknown, "already be"),
    (403, forbidden(GATE), Rejected, "mentioned or quoted"),
    (403, forbidden("You attempted to reply to a Tweet that is deleted or not visible to you."), RecipientGone, "del"),
    (403, forbidden("You do not have permission to DM one or more participants."), WindowClosed, "does not accept"),
    (403, forbidden("This operation is not permitted."), WindowClosed, "Answer in public"),
    (403, forbidden("Quoting this post is not allowed because of rules."), Rejected, "Quoting this post"),
    (403, forbidden("Your Tweet text is too long. For more information"), Rejected, "too long"),
    (400, forbidden("Your Tweet text is too long. For more information"), Rejected, "too long"),
    (400, {"title": "Invalid Request", "detail": "One cashtag at most."}, Rejected, "One cashtag"),
    (403, APP, AuthRevoked, "permission"),
    (404, {"title": "Not Found Error"}, RecipientGone, "no longer exists"),
    (408, "", OutcomeUnknown, "may or may not"),
    (500, {"title": "Internal"}, OutcomeUnknown, "may or may not"),
    (503, HTML, OutcomeUnknown, "may or may not"),
    (307, "", OutcomeUnknown, "may or may not"),
]


@pytest.mark.parametrize(("status", "body", "kind", "words"), READS)
def test_reading(status, body, kind, words):
    error = error_from(status, {}, body if isinstance(body, str) else json.dumps(body), writing=False)
    assert type(error) is kind
    assert words in error.text


@pytest.mark.parametrize(("status", "body", "kind", "words"), WRITES)
def test_writing(status, body, kind, words):
    error = error_from(status, {}, body if isinstance(body, str) else json.dumps(body), writing=True)
    assert type(error) is kind
    assert words in error.text


def test_the_new_vocabulary_means_the_same():
    body = json.dumps(CAPPED | {"title": "?"}).replace("api.twitter.com", "api.x.com")
    assert type(error_from(429, {}, body, writing=False)) is BudgetExhausted


SOON, LATER = (int(time.time()) + seconds for seconds in (600, 40_000))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(SOON)}, SOON),
        ({"x-rate-limit-reset": str(SOON)}, SOON),
        ({"x-rate-limit-remaining": "7", "x-rate-limit-reset": str(SOON)}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1600000000"}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "soon"}, None),
        ({"x-rate-limit-reset": str(10**30)}, None),
        (
            {
                "x-rate-limit-remaining": "14",
                "x-rate-limit-reset": str(SOON),
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": str(LATER),
            },
            LATER,
        ),
    ],
    # Not by the time of day, which differs between the processes of one test run.
    ids=lambda value: "headers" if isinstance(value, dict) else "expected",
)
def test_when_to_come_back(headers, expected):
    error = error_from(429, headers, json.dumps(SLOW), writing=False)
    assert isinstance(error, Throttled)
    assert error.retry_at == (datetime.fromtimestamp(expected, UTC) if expected else None)
