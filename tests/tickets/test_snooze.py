"""Putting tickets off: out of the way until a time, or until the customer writes; nothing forgotten."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from metrics.models import Calendar, CalendarVersion
from tests import factories as make
from tickets.forms import snooze as snooze_form
from tickets.models import Event, Ticket
from tickets.queries import VIEWS, queue, view_counts
from tickets.search import find
from tickets.services import merging, properties
from tickets.services.errors import Refused
from tickets.services.handout import hand_out
from tickets.tasks import tick

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LONDON = ZoneInfo("Europe/London")


def ahead(time: timedelta = HOUR) -> datetime:
    return timezone.now() + time


def told(ticket: Ticket) -> list[tuple[str, object]]:
    events = Event.objects.filter(ticket=ticket, kind__in=["snoozed", "woken"]).order_by("id")
    return [(event.kind, event.data.get("reason")) for event in events]


def views_of(agent, ticket: Ticket) -> set[str]:
    return {key for key, view in VIEWS.items() if queue(agent, view, {}).filter(pk=ticket.pk).exists()}


def past(ticket: Ticket) -> None:
    """The time has come: as if the snooze had been set earlier."""
    Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=ahead(-HOUR))


# ---- where it is meanwhile ----


def test_it_leaves_the_views_of_open_work_and_returns_by_itself(agent):
    ticket = make.ticket(due_in=timedelta(hours=5))
    assert views_of(agent, ticket) == {"all", "unassigned", "mentions"}

    properties.snooze(ticket.pk, ahead(), agent)
    assert views_of(agent, ticket) == {"snoozed"}
    assert (view_counts(agent)["all"], view_counts(agent)["snoozed"]) == (0, 1)
    assert hand_out(agent) is None

    past(ticket)
    assert views_of(agent, ticket) == {"all", "unassigned", "mentions"}, "without any worker"


def test_a_promise_that_is_about_to_break_shows_even_what_was_put_off(agent):
    ticket = make.ticket(due_in=timedelta(minutes=20))
    properties.snooze(ticket.pk, ahead(), agent)
    assert views_of(agent, ticket) == {"soon", "snoozed"}


def test_search_finds_it_among_the_snoozed(agent):
    ticket = make.ticket(subject="Lost bag")
    properties.snooze(ticket.pk, ahead(), agent)
    assert [hit.ticket for hit in find(agent, "bag is:snoozed")] == [ticket]


def test_no_clock_stops_for_it(agent):
    ticket = make.ticket(due_in=HOUR)
    due = ticket.sla_due_at
    properties.snooze(ticket.pk, ahead(), agent)
    ticket.refresh_from_db()
    assert (ticket.sla_due_at, ticket.waiting_since is None) == (due, False)


# ---- how it ends ----


def test_the_sweep_puts_the_end_on_record_at_the_due_instant(agent):
    ticket = make.ticket()
    properties.snooze(ticket.pk, ahead(), agent)
    tick()
    assert told(ticket) == [("snoozed", None)]

    past(ticket)
    until = Ticket.objects.get().snoozed_until
    version = Ticket.objects.get().version
    tick()
    tick()

    ticket.refresh_from_db()
    assert told(ticket) == [("snoozed", None), ("woken", "due")]
    assert Event.objects.get(kind="woken").occurred_at == until
    assert (ticket.snoozed_until, ticket.version) == (None, version + 1), "open pages hear of it once"


def test_the_customer_brings_it_back(ticket, read, network, agent):
    properties.snooze(ticket.pk, ahead(), agent)
    network.say("Hello?", replies_to=[ticket.messages.get().external_id])
    read()
    ticket.refresh_from_db()
    assert ticket.messages.count() == 2
    assert ticket.snoozed_until is None
    assert told(ticket) == [("snoozed", None), ("woken", "customer")]


@pytest.mark.parametrize(
    ("status", "stays"), [("pending", True), ("on_hold", True), ("open", False), ("solved", False)]
)
def test_waiting_goes_on_and_working_ends_it(agent, status, stays):
    ticket = make.ticket()
    properties.snooze(ticket.pk, ahead(), agent)
    properties.set_status(ticket.pk, status, agent)
    ticket.refresh_from_db()
    assert (ticket.snoozed_until is not None) == stays
    assert (("woken", "status") in told(ticket)) != stays


def test_a_merge_ends_it(agent):
    ticket, target = make.ticket(), make.ticket()
    properties.snooze(ticket.pk, ahead(), agent)
    merging.merge(ticket.pk, target.pk, agent)
    assert Ticket.objects.get(pk=ticket.pk).snoozed_until is None


# ---- what is refused, what costs nothing ----


def test_twice_the_same_is_one_event_and_awake_stays_awake(agent):
    ticket, until = make.ticket(), ahead()
    properties.snooze(ticket.pk, None, agent)
    properties.snooze(ticket.pk, until, agent)
    properties.snooze(ticket.pk, until, agent)
    properties.snooze(ticket.pk, None, agent)
    assert told(ticket) == [("snoozed", None), ("woken", "agent")]


@pytest.mark.parametrize("time", [-HOUR, timedelta(0), timedelta(days=400)])
def test_only_times_to_come(agent, time):
    ticket = make.ticket()
    with pytest.raises(Refused, match="a time to come"):
        properties.snooze(ticket.pk, ahead(time), agent)


def test_what_is_solved_needs_none(agent):
    with pytest.raises(Refused, match="solved needs no snooze"):
        properties.snooze(make.ticket(status="solved", waited=None).pk, ahead(), agent)


# ---- the times on offer ----


@pytest.fixture
def clock(monkeypatch):
    """A Friday afternoon, with the shops open Monday to Friday from nine."""
    friday = datetime(2026, 11, 27, 16, 30, tzinfo=LONDON)
    monkeypatch.setattr(snooze_form.timezone, "localtime", lambda value=friday: value.astimezone(LONDON))
    Calendar.objects.update(is_default=False)
    calendar = Calendar.objects.create(name="Office", is_default=True)
    days = ("mon", "tue", "wed", "thu", "fri")
    data = {"tz": "Europe/London", "weekly": {day: [["09:00", "17:00"]] for day in days}, "holidays": ["2026-11-30"]}
    return CalendarVersion.objects.create(calendar=calendar, data=data)


def test_mornings_follow_the_calendar(clock):
    offers = {key: (str(words), f"{at.astimezone(LONDON):%a %d %H:%M}") for key, words, at in snooze_form.offers()}
    assert offers == {
        "later": ("Later today", "Fri 27 19:30"),
        "tomorrow": ("Next working morning", "Tue 01 09:00"),
        "week": ("Next week", "Tue 01 09:00"),
    }


def test_without_a_calendar_mornings_begin_at_eight(clock):
    Calendar.objects.update(is_default=False)
    offers = {key: f"{at.astimezone(LONDON):%a %d %H:%M}" for key, _words, at in snooze_form.offers()}
    assert offers["tomorrow"] == "Sat 28 08:00"


# ---- the pages ----


def test_in_the_ticket_and_in_the_queue(as_, agent, channel):
    ticket = make.ticket(channel=channel)
    client = as_(agent)
    assert "Snooze…" in client.get(ticket.get_absolute_url()).content.decode()

    page = client.post(reverse("ticket-snooze", args=[ticket.pk]), {"until": "custom", "at": "2027-01-05T09:00"})
    page = client.get(ticket.get_absolute_url()).content.decode()
    assert page.count("Snoozed until 5 Jan, 09:00") == 2, "in the head and in the timeline"
    row = client.get("/?view=snoozed").content.decode()
    assert f'id="t{ticket.pk}"' in row and "5 Jan, 09:00" in row

    client.post(reverse("ticket-snooze", args=[ticket.pk]), {"until": "now"})
    assert views_of(agent, ticket) >= {"all"}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "This field is required."),
        ({"until": "never"}, "Select a valid choice."),
        ({"until": "custom"}, "Choose the day and time first."),
        ({"until": "custom", "at": "soon"}, "Write the day and time"),
        ({"until": "custom", "at": "2001-01-01T00:00"}, "a time to come"),
    ],
)
def test_what_cannot_be_is_told(as_, agent, channel, fields, why):
    ticket = make.ticket(channel=channel)
    page = as_(agent).post(reverse("ticket-snooze", args=[ticket.pk]), fields, follow=True).content.decode()
    assert why in page
    assert not Event.objects.exists()


def test_nobody_puts_off_what_they_do_not_see(as_, agent, closed_team):
    ticket = make.ticket(team=closed_team)
    assert as_(agent).post(reverse("ticket-snooze", args=[ticket.pk]), {"until": "later"}).status_code == 404


def test_many_at_once_and_back(as_, agent):
    tickets = [make.ticket() for _ in range(3)]
    solved = make.ticket(status="solved", waited=None)
    ids = [ticket.pk for ticket in (*tickets, solved)]
    client = as_(agent)

    page = client.post(reverse("bulk", args=["snooze"]), {"ids": ids, "until": "week"}, follow=True).content.decode()
    assert "3 tickets snoozed until" in page and f"#{solved.pk}: A ticket that is solved" in page
    assert view_counts(agent)["snoozed"] == 3

    client.post(reverse("bulk", args=["wake"]), {"ids": ids})
    assert (view_counts(agent)["snoozed"], view_counts(agent)["all"]) == (0, 3)
