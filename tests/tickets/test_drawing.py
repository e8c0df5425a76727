from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from tests import factories as make
from tickets.templatetags.tickets import compact, countdown, over, span, used

MINUTE = timedelta(minutes=1)


def test_times_in_words():
    seconds = [0, 59, 60, 3599, 3600, 7620, 86_399, 86_400, 273_600]
    assert [span(n) for n in seconds] == ["0m", "0m", "1m", "59m", "1h 00m", "2h 07m", "23h 59m", "1d 0h", "3d 4h"]
    assert [countdown(n) for n in (0, 9, 708, 3599, 3600)] == ["0:00", "0:09", "11:48", "59:59", "1h 00m"]
    assert over(1350) == "22m over"


def test_followers_are_shortened():
    assert [compact(n) for n in (None, 0, 841, 3214, 48_210, 126_400, 1_400_000)] == [
        *["", "0", "841"],
        *["3.2K", "48.2K", "126K", "1.4M"],
    ]


@pytest.mark.django_db
def test_a_ring_shows_the_share_of_the_time_that_is_used():
    now = timezone.now()
    reply = make.ticket(waiting_since=now - 15 * MINUTE, sla_due_at=now + 45 * MINUTE, sla_metric="first_response")
    whole = make.ticket(
        opened_at=now - 3 * MINUTE, waiting_since=None, sla_due_at=now + MINUTE, sla_metric="resolution"
    )
    backwards = make.ticket(waiting_since=now, sla_due_at=now - MINUTE)

    assert [used(ticket, ticket.sla_due_at, now) for ticket in (reply, whole, backwards)] == [25, 75, 100]


@pytest.mark.django_db
def test_a_channel_that_outlived_its_adapter_is_still_drawn():
    drawn = Template("{% chan 'gone-network' 'private' %}").render(Context())

    assert 'aria-label="gone-network, private"' in drawn


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "words"), [("paused", "Paused"), ("met", "Met"), ("none", "No target"), ("breached", "Missed")]
)
def test_a_clock_that_does_not_run_shows_no_time(state, words):
    drawn = Template("{% sla ticket %}").render(Context({"ticket": make.ticket(sla_state=state)}))

    assert words in drawn
    assert "data-left" not in drawn
