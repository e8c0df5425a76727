"""Whole tickets, worked out by hand. Office hours are Monday to Friday 9 to 18 in Vienna (UTC+1, from 29 March to 25
October 2026 UTC+2)."""

import pytest

from tests.metrics.telling import (
    OTHER,
    TICKET,
    answers_call,
    asks,
    deletes,
    fails,
    hangs_up,
    happens,
    mails,
    misses_call,
    queues,
    read,
    replies,
    rings,
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
