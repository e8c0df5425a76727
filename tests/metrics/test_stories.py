"""Whole tickets, worked out by hand. Office hours are Monday to Friday 9 to 18 in Vienna (UTC+1, from 29 March to 25
October 2026 UTC+2)."""

import pytest

from tests.metrics.telling import (
    asks,
    deletes,
    fails,
    happens,
    mails,
    queues,
    read,
    replies,
    status,
    works,
)

NOW = "2026-12-01T12:00"
MINUTE, HOUR, DAY = 60, 3600, 86_400

STORIES = {
    # Friday 17:30 (UTC+1) to Monday 9:45 (UTC+2): half an hour on Friday, three quarters on Monday.
    "a mail over a weekend on which the clocks change": (
        [mails("2026-03-27T16:30"), replies("2026-03-30T07:45", "private")],
        {
            "first_response_s": 2 * DAY + 15 * HOUR + 15 * MINUTE,
            "first_response_business_s": 75 * MINUTE,
            "visibility": "private",
            "initiated_by": "customer",
        },
    ),
    # Sunday 1:10 to 2:20 by the clocks on the wall is 130 minutes: they are set back at 3:00.
    "from public to a DM in the night of the autumn change": (
        [
            asks("2026-10-24T21:50"),
            replies("2026-10-24T22:40"),
            status("2026-10-24T22:40", "pending"),
            asks("2026-10-25T00:10", "private", message=2),
            status("2026-10-25T00:10", "open", by="customer"),
            works("2026-10-25T01:05", "2026-10-25T01:30"),
            replies("2026-10-25T02:20", "private", message=101),
            status("2026-10-25T02:20", "solved"),
        ],
        {
            "visibility": "mixed",
            "first_response_s": 50 * MINUTE,
            "first_response_business_s": 0,
            "next_responses_s": [130 * MINUTE],
            "next_responses_business_s": [0],
            "effective_resolution_s": 270 * MINUTE,
            "effective_resolution_business_s": 0,
            "net_resolution_s": 180 * MINUTE,
            "agent_wait_s": 90 * MINUTE,
            "requester_wait_s": 180 * MINUTE,
            "handle_s": 25 * MINUTE,
            "replies": 2,
            "one_touch": False,
        },
    ),
    # Monday 26 October is a holiday: Tuesday 9:00 to 9:20 counts.
    "over a holiday": (
        [mails("2026-10-23T16:00"), replies("2026-10-27T08:20", "private")],
        {"first_response_s": 3 * DAY + 16 * HOUR + 20 * MINUTE, "first_response_business_s": 20 * MINUTE},
    ),
    "closed by an automation after a week without a word": (
        [
            mails("2026-06-01T08:00"),
            replies("2026-06-01T09:00", "private"),
            status("2026-06-01T09:00", "pending"),
            status("2026-06-08T09:00", "solved", by="automation", reason="auto_close"),
        ],
        {
            "effective_resolution_s": HOUR,
            "net_resolution_s": HOUR,
            "first_resolution_s": 7 * DAY + HOUR,
            "full_resolution_s": 7 * DAY + HOUR,
            "agent_wait_s": 7 * DAY,
            "one_touch": True,
            "counts_for_mpr": True,
        },
    ),
    "a bot and an automation answer before a person does": (
        [
            asks("2026-06-01T10:00"),
            replies("2026-06-01T10:00:02", by="bot", message=50),
            replies("2026-06-01T10:05", by="automation", message=51),
            replies("2026-06-01T10:40"),
        ],
        {"first_response_s": 40 * MINUTE, "replies": 1},
    ),
    "answered in the network's own app": (
        [asks("2026-06-01T10:00"), replies("2026-06-01T10:07", by="native_app")],
        {"first_response_s": 7 * MINUTE, "replies": 1},
    ),
    "seen by a poll and marked by hand, it is one reply": (
        [
            asks("2026-06-01T10:00"),
            replies("2026-06-01T10:07", by="native_app"),
            happens("2026-06-01T10:20", "answered_outside"),
        ],
        {"first_response_s": 7 * MINUTE, "replies": 1},
    ),
    "marked by hand alone": (
        [asks("2026-06-01T10:00"), happens("2026-06-01T10:20", "answered_outside")],
        {"first_response_s": 20 * MINUTE, "replies": 1},
    ),
    "a stranger answers, we close without a word": (
        [
            asks("2026-06-01T10:00"),
            asks("2026-06-01T10:05", by="third_party", message=2),
            status("2026-06-01T10:30", "solved"),
        ],
        {
            "first_response_s": None,
            "next_responses_s": [],
            "first_resolution_s": 30 * MINUTE,
            "effective_resolution_s": None,
            "counts_for_mpr": False,
            "one_touch": False,
            "replies": 0,
        },
    ),
    "an internal note is no answer": (
        [
            asks("2026-06-01T10:00"),
            happens("2026-06-01T10:10", "note_added", message=9),
            replies("2026-06-01T10:30"),
        ],
        {"first_response_s": 30 * MINUTE, "replies": 1},
    ),
    "the customer nudges: the oldest message counts": (
        [
            asks("2026-06-01T09:00"),
            asks("2026-06-01T09:10", message=2),
            asks("2026-06-01T09:50", message=3),
            replies("2026-06-01T10:00"),
            asks("2026-06-01T11:00", message=4),
            asks("2026-06-01T11:30", message=5),
            replies("2026-06-01T11:45", message=101),
        ],
        {"first_response_s": HOUR, "next_responses_s": [45 * MINUTE], "replies": 2},
    ),
    "thanks reopen the ticket, and it is solved again without a word": (
        [
            mails("2026-06-01T09:00"),
            replies("2026-06-01T09:30", "private"),
            status("2026-06-01T09:30", "solved"),
            mails("2026-06-01T12:00", message=2),
            status("2026-06-01T12:00", "open", by="customer", reason="reopened"),
            status("2026-06-01T12:10", "solved"),
        ],
        {
            "effective_resolution_s": 30 * MINUTE,
            "first_resolution_s": 30 * MINUTE,
            "full_resolution_s": 3 * HOUR + 10 * MINUTE,
            "next_responses_s": [],
            "reopens": 1,
            "substantive_reopens": 0,
            "one_touch": True,
        },
    ),
    "a real reopening, then thanks": (
        [
            mails("2026-06-01T09:00"),
            replies("2026-06-01T09:30", "private"),
            status("2026-06-01T09:30", "solved"),
            mails("2026-06-01T12:00", message=2),
            status("2026-06-01T12:00", "open", by="customer"),
            replies("2026-06-01T12:20", "private", message=101),
            status("2026-06-01T12:20", "solved"),
            mails("2026-06-01T13:00", message=3),
            status("2026-06-01T13:00", "open", by="customer"),
            status("2026-06-01T13:01", "solved"),
        ],
        {
            "effective_resolution_s": 200 * MINUTE,
            "full_resolution_s": 241 * MINUTE,
            "next_responses_s": [20 * MINUTE],
            "reopens": 2,
            "substantive_reopens": 1,
            "one_touch": False,
        },
    ),
    "open again after thanks: not resolved now": (
        [
            mails("2026-06-01T09:00"),
            replies("2026-06-01T09:30", "private"),
            status("2026-06-01T09:30", "solved"),
            mails("2026-11-30T12:00", message=2),
            status("2026-11-30T12:00", "open", by="customer"),
        ],
        {
            "first_resolution_s": 30 * MINUTE,
            "full_resolution_s": None,
            "effective_resolution_s": None,
            "counts_for_mpr": False,
            "open": True,
            # Ours from 9:00 to 9:30, and since yesterday noon.
            "requester_wait_s": 30 * MINUTE + DAY,
        },
    ),
    "sent and solved in one go, taken by the network later": (
        [
            asks("2026-06-01T09:00"),
            queues("2026-06-01T10:00"),
            status("2026-06-01T10:00", "solved"),
            replies("2026-06-01T10:00:04"),
        ],
        {"first_response_s": HOUR + 4, "effective_resolution_s": HOUR, "one_touch": True},
    ),
    "sent and solved, but the network refused": (
        [
            asks("2026-06-01T09:00"),
            queues("2026-06-01T10:00"),
            status("2026-06-01T10:00", "solved"),
            fails("2026-06-01T10:01"),
            status("2026-06-01T10:01", "open", by="system", reason="reply_failed"),
            replies("2026-06-01T10:30", message=101),
        ],
        {"first_response_s": 90 * MINUTE, "replies": 1},
    ),
    "sent and solved, but taken back": (
        [
            asks("2026-06-01T09:00"),
            queues("2026-06-01T10:00"),
            status("2026-06-01T10:00", "solved"),
            status("2026-06-01T10:01", "new", reason="reply_withdrawn"),
            replies("2026-06-01T10:30", message=101),
            status("2026-06-01T10:30", "solved"),
        ],
        {"first_response_s": 90 * MINUTE, "first_resolution_s": 90 * MINUTE, "reopens": 0, "one_touch": True},
    ),
    "a late word after thanks were closed is no answer to them": (
        [
            asks("2026-06-01T09:00"),
            replies("2026-06-01T09:10"),
            asks("2026-06-01T09:20", message=2),
            status("2026-06-01T09:30", "solved"),
            replies("2026-06-06T09:00", message=101),
        ],
        {"first_response_s": 10 * MINUTE, "next_responses_s": [], "replies": 2},
    ),
    "closed without a word, answered all the same": (
        [asks("2026-06-01T09:00"), status("2026-06-01T09:30", "solved"), replies("2026-06-01T11:00")],
        {"first_response_s": 2 * HOUR, "replies": 1},
    ),
    "solved by the bot, asked again: the wait begins anew": (
        [
            asks("2026-06-01T09:00"),
            replies("2026-06-01T09:00:05", by="bot", message=50),
            status("2026-06-01T09:00:05", "solved", by="bot"),
            asks("2026-06-01T12:00", message=2),
            status("2026-06-01T12:00:20", "open", by="customer"),
            replies("2026-06-01T12:10", message=100),
        ],
        {"first_response_s": 10 * MINUTE, "reopens": 1, "substantive_reopens": 1},
    ),
    "reopened by hand, never answered: the wait begins at the reopening": (
        [
            asks("2026-06-01T09:00"),
            status("2026-06-01T09:30", "solved"),
            status("2026-06-01T11:00", "open"),
            replies("2026-06-01T11:20"),
        ],
        {"first_response_s": 20 * MINUTE},
    ),
    "a message that came late reopens: it had waited since its own time": (
        [
            asks("2026-06-01T09:00"),
            replies("2026-06-01T09:10"),
            asks("2026-06-01T09:58", message=2),
            status("2026-06-01T10:00", "solved"),
            status("2026-06-01T10:01", "open", by="customer"),
            replies("2026-06-01T10:08", message=101),
        ],
        {"next_responses_s": [10 * MINUTE]},
    ),
    "deleted by its author before we answered": (
        [asks("2026-06-01T09:00"), deletes("2026-06-01T09:30"), status("2026-06-01T09:30", "solved", by="system")],
        {"first_response_s": None, "replies": 0, "effective_resolution_s": None},
    ),
    "the first of two messages is deleted: the other waits on": (
        [
            asks("2026-06-01T09:00"),
            asks("2026-06-01T09:20", message=2),
            deletes("2026-06-01T09:30"),
            replies("2026-06-01T09:50"),
        ],
        {"first_response_s": 30 * MINUTE},
    ),
    "needs no reply": (
        [
            asks("2026-06-01T09:00"),
            status("2026-06-01T09:30", "solved", reason="no_reply_needed"),
            happens("2026-06-01T09:30", "no_reply_needed", scope="ticket"),
        ],
        {"excluded": "no_reply_needed", "first_response_s": None, "counts_for_mpr": False, "open": False},
    ),
    "needed no reply, until the customer asked": (
        [
            asks("2026-06-01T09:00"),
            happens("2026-06-01T09:30", "no_reply_needed", scope="ticket"),
            asks("2026-06-01T10:00", message=2),
            replies("2026-06-01T10:15"),
        ],
        {"excluded": None, "first_response_s": 15 * MINUTE},
    ),
    "what waited needs no reply after an answer": (
        [
            asks("2026-06-01T09:00"),
            replies("2026-06-01T09:10"),
            asks("2026-06-01T09:15", message=2),
            status("2026-06-01T09:30", "solved", reason="no_reply_needed"),
            happens("2026-06-01T09:30", "no_reply_needed", scope="message"),
        ],
        {"excluded": None, "first_response_s": 10 * MINUTE, "next_responses_s": []},
    ),
    "one message needs no reply": (
        [
            asks("2026-06-01T09:00"),
            replies("2026-06-01T09:10"),
            asks("2026-06-01T09:15", message=2),
            happens("2026-06-01T09:30", "no_reply_needed", message=2, scope="message"),
            asks("2026-06-01T11:00", message=3),
            replies("2026-06-01T11:05", message=101),
        ],
        {"excluded": None, "first_response_s": 10 * MINUTE, "next_responses_s": [5 * MINUTE]},
    ),
    "spam": (
        [asks("2026-06-01T09:00"), happens("2026-06-01T09:30", "spam_marked")],
        {"excluded": "spam", "first_response_s": None, "counts_for_mpr": False},
    ),
    "begun by an agent": (
        [
            replies("2026-06-01T09:00", "private", initial=True),
            mails("2026-06-01T10:00"),
            replies("2026-06-01T10:20", "private", message=101),
            status("2026-06-01T10:20", "solved"),
        ],
        {
            "initiated_by": "agent",
            "first_response_s": None,
            "next_responses_s": [20 * MINUTE],
            "replies": 1,
            "effective_resolution_s": 80 * MINUTE,
        },
    ),
    "begun by an agent, who hears nothing": (
        [replies("2026-06-01T09:00", "private", initial=True), status("2026-06-03T09:00", "solved")],
        {"initiated_by": "agent", "first_response_s": None, "effective_resolution_s": None, "replies": 0},
    ),
    "on hold is waiting too": (
        [
            asks("2026-06-01T09:00"),
            replies("2026-06-01T10:00"),
            status("2026-06-01T10:00", "on_hold"),
            status("2026-06-01T13:00", "open"),
            status("2026-06-01T14:00", "pending"),
            status("2026-06-01T20:00", "solved"),
        ],
        {
            "requester_wait_s": 5 * HOUR,
            "agent_work_s": 2 * HOUR,
            "on_hold_s": 3 * HOUR,
            "agent_wait_s": 6 * HOUR,
            "full_resolution_s": 11 * HOUR,
            "net_resolution_s": 5 * HOUR,
        },
    ),
    # Open from Monday 30 November 18:30 (UTC+1): 17.5 hours, of which 9:00 to 13:00 on Tuesday.
    "still open": (
        [asks("2026-11-30T17:30")],
        {
            "open": True,
            "age_s": 18 * HOUR + 30 * MINUTE,
            "age_business_s": 4 * HOUR,
            "requester_wait_s": 18 * HOUR + 30 * MINUTE,
            "first_response_s": None,
        },
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_story(story):
    events, expected = STORIES[story]
    facts = read(*events, now=NOW)
    assert {name: facts[name] for name in expected} == expected
