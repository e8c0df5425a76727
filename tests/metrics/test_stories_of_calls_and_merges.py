"""Whole tickets with calls, merges and effort, worked out by hand."""

import pytest

from tests.metrics.telling import (
    OTHER,
    TICKET,
    answers_call,
    asks,
    hangs_up,
    happens,
    mails,
    misses_call,
    read,
    replies,
    rings,
    status,
    works,
)

NOW = "2026-12-01T12:00"
MINUTE, HOUR = 60, 3600

STORIES = {
    "a call answered at once": (
        [
            rings("2026-06-01T10:00:00", call="c1"),
            answers_call("2026-06-01T10:00:12", call="c1"),
            hangs_up("2026-06-01T10:11:12", call="c1", talk_s=600, hold_s=60, wrap_s=120),
            status("2026-06-01T10:13:12", "solved"),
        ],
        {
            "live": True,
            "visibility": "private",
            "first_response_s": 12,
            "handle_s": 780,
            "one_touch": True,
            "replies": 0,
            "effective_resolution_s": 13 * MINUTE + 12,
        },
    ),
    # Two calls, told without names for them: the second is ours.
    "a missed call and the callback": (
        [
            rings("2026-06-01T10:00:00"),
            misses_call("2026-06-01T10:00:40"),
            rings("2026-06-01T11:15:00", direction="outbound", message=2),
            answers_call("2026-06-01T11:15:20", message=2),
            hangs_up("2026-06-01T11:20:20", message=2, talk_s=300, wrap_s=60),
        ],
        {"live": False, "first_response_s": 75 * MINUTE + 20, "handle_s": 360, "initiated_by": "customer"},
    ),
    "a callback that was told without its ring": (
        [
            rings("2026-06-01T10:00:00", call="c1"),
            misses_call("2026-06-01T10:00:40", call="c1"),
            answers_call("2026-06-01T11:15:20", message=2, call="c2", direction="outbound"),
        ],
        {"live": False, "first_response_s": 75 * MINUTE + 20},
    ),
    "a call logged by hand: its own message is no second question": (
        [
            asks("2026-06-01T10:00", "private", message=1),
            rings("2026-06-01T10:00"),
            answers_call("2026-06-01T10:00"),
            hangs_up("2026-06-01T10:05", talk_s=300),
        ],
        {"live": True, "first_response_s": 0, "next_responses_s": [], "handle_s": 300},
    ),
    "called while a mail waits": (
        [
            mails("2026-06-01T09:00"),
            rings("2026-06-01T09:30", message=2, call="c1"),
            answers_call("2026-06-01T09:30:10", message=2, call="c1"),
        ],
        {"live": False, "first_response_s": 30 * MINUTE + 10},
    ),
    "three parts of one numbered thread are one reply": (
        [
            asks("2026-06-01T09:00"),
            replies("2026-06-01T09:10", message=100),
            replies("2026-06-01T09:10:02", message=101, part=2),
            replies("2026-06-01T09:10:04", message=102, part=3),
            status("2026-06-01T09:10:10", "solved"),
        ],
        {"replies": 1, "one_touch": True, "first_response_s": 10 * MINUTE},
    ),
    "found by a search and picked by hand": (
        [
            asks("2026-06-01T09:00", addressed=False),
            happens("2026-06-01T11:00", "ticket_opened", reason="agent"),
            replies("2026-06-01T11:10"),
            status("2026-06-01T11:10", "solved"),
        ],
        {"first_response_s": 10 * MINUTE, "effective_resolution_s": 10 * MINUTE, "initiated_by": "customer"},
    ),
    # The DM's ticket takes over the mail, which had waited since 9:00; what happened in the mail's ticket stays out.
    "a mail is merged into a DM's ticket": (
        [
            mails("2026-06-01T08:00", ticket=OTHER, message=10),
            replies("2026-06-01T08:30", "private", ticket=OTHER, message=90),
            mails("2026-06-01T09:00", ticket=OTHER, message=11),
            asks("2026-06-01T09:40", "private", message=1),
            happens("2026-06-01T10:00", "merged_in", source=OTHER),
            replies("2026-06-01T10:10", "private"),
            status("2026-06-01T10:10", "solved"),
        ],
        {
            "first_response_s": 70 * MINUTE,
            "next_responses_s": [],
            "replies": 1,
            "opened_at": "2026-06-01T09:40:00Z",
            "effective_resolution_s": 30 * MINUTE,
        },
    ),
    "our earlier answer elsewhere does not answer what was merged later": (
        [
            mails("2026-06-01T09:00", ticket=OTHER, message=10),
            asks("2026-06-01T09:40", message=1),
            replies("2026-06-01T09:50"),
            happens("2026-06-01T10:00", "merged_in", source=OTHER),
            replies("2026-06-01T10:30", "private", message=101),
        ],
        {"first_response_s": 10 * MINUTE, "next_responses_s": [90 * MINUTE], "visibility": "mixed"},
    ),
    "merged away": (
        [mails("2026-06-01T09:00"), happens("2026-06-01T10:00", "merged_into", target=OTHER)],
        {"excluded": "merged", "first_response_s": None, "full_resolution_s": None, "open": False},
    ),
    "a merge that was undone, at the source": (
        [
            mails("2026-06-01T09:00"),
            happens("2026-06-01T10:00", "merged_into", target=OTHER, was="new"),
            happens("2026-06-01T10:30", "unmerged", target=OTHER, to="new"),
            replies("2026-06-01T10:40", "private"),
        ],
        {"excluded": None, "first_response_s": 100 * MINUTE, "open": True, "reopens": 0},
    ),
    "a merge that was undone, at the target": (
        [
            asks("2026-06-01T09:40"),
            happens("2026-06-01T10:00", "merged_in", source=OTHER),
            replies("2026-06-01T10:05", "private", message=90, ticket=TICKET)._replace(gone=True),
            happens("2026-06-01T10:30", "unmerged_from", source=OTHER),
            replies("2026-06-01T10:40"),
        ],
        {"first_response_s": HOUR, "replies": 1, "visibility": "public"},
    ),
    "merged, undone and merged again": (
        [
            mails("2026-06-01T09:00"),
            happens("2026-06-01T10:00", "merged_into", target=OTHER),
            happens("2026-06-01T10:30", "unmerged", target=OTHER),
            happens("2026-06-01T11:00", "merged_into", target=OTHER),
        ],
        {"excluded": "merged", "requester_wait_s": 2 * HOUR},
    ),
    "moved away one by one, not merged": (
        [
            asks("2026-06-01T09:00"),
            mails("2026-06-01T09:05", message=2)._replace(gone=True),
            replies("2026-06-01T09:10", "private", message=3)._replace(gone=True),
            replies("2026-06-01T09:30", message=4),
        ],
        {"visibility": "public", "first_response_s": 30 * MINUTE, "replies": 1},
    ),
    "a joined call was always about this ticket": (
        [
            mails("2026-06-01T09:00"),
            rings("2026-06-01T09:30", direction="outbound", message=20, call="c1")._replace(ticket=OTHER),
            answers_call("2026-06-01T09:30:30", message=20, call="c1")._replace(ticket=OTHER),
            happens("2026-06-01T09:45", "thread_moved", thread=3, **{"from": OTHER}),
        ],
        {"first_response_s": 30 * MINUTE + 30},
    ),
    "effort: a forgotten page, a look in passing, two hours by hand": (
        [
            asks("2026-06-01T09:00"),
            works("2026-06-01T09:10", "2026-06-01T13:10", "focused"),
            works("2026-06-01T14:00:00", "2026-06-01T14:00:02", "focused"),
            works("2026-06-01T15:00", "2026-06-01T17:00"),
        ],
        {"handle_s": 3 * HOUR},
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_story(story):
    events, expected = STORIES[story]
    facts = read(*events, now=NOW)
    assert {name: facts[name] for name in expected} == expected
