"""The managers' page, the lists behind its numbers, and who sees what."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.models import Membership
from metrics.models import TicketFact
from metrics.services.folding import fold_tickets
from tests import factories as make
from tests.metrics.recorded import happened, measured_wait, opened, replied

pytestmark = pytest.mark.django_db
JUNE = "from=2026-06-01&to=2026-06-14"
NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)


def page(client, query: str = JUNE) -> str:
    response = client.get(f"/metrics/?{query}")
    assert response.status_code == 200
    return response.content.decode()


def section(html: str, measure: str) -> str:
    return re.search(rf'<section class="card panel span-6" id="{measure}">.*?</section>', html, re.DOTALL).group()


def cells(html: str) -> list[str]:
    """The words of the first table, row by row."""
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL).group(1)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]


@pytest.fixture
def answers():
    """Twenty first answers after 1 to 20 minutes on one channel, on one day."""
    channel = make.channel(name="Acme on X")
    for minutes in range(1, 21):
        measured_wait(make.ticket(channel=channel), NOON + timedelta(minutes=minutes), minutes * 60)
    return channel


# ---- the numbers ----


def test_median_p90_mean_and_n_by_channel(as_, manager, answers):
    # Of 1 to 20: the median lies at 10.5, the 90th percentile at 18.1, the mean at 10.5.
    assert cells(section(page(as_(manager)), "first_response")) == ["Acme on X 10m 30s 18m 06s 10m 30s 20"]


def test_the_other_clock(as_, manager, answers):
    html = page(as_(manager), f"{JUNE}&clock=business")
    assert cells(section(html, "first_response")) == ["Acme on X 5m 15s 9m 03s 5m 15s 20"]


def test_too_few_for_a_percentile(as_, manager, answers):
    answers.tickets.first().waits.all().delete()
    html = section(page(as_(manager)), "first_response")
    assert cells(html) == ["Acme on X too few 11m 19"]
    assert html.count('class="case"') == 19
    assert "<polyline" not in html


def test_a_day_without_cases_is_a_gap_and_no_zero(as_, manager, answers):
    html = section(page(as_(manager)), "first_response")
    days = re.findall(r"<tr><th scope=\"row\">(\d+ Jun)</th><td class=\"num\">(.*?)</td>", html, re.DOTALL)
    assert len(days) == 14
    assert [day for day, cell in days if "–" not in cell] == ["3 Jun"]


def test_calls_answered_at_once_stay_out_of_the_whole(as_, manager, answers):
    phone = make.channel("phone", name="Hotline")
    for second in range(20):
        measured_wait(make.ticket(channel=phone), NOON, second, live=True)
    found = cells(section(page(as_(manager)), "first_response"))
    assert found == [
        "Acme on X 10m 30s 18m 06s 10m 30s 20",
        "Hotline, calls 10s 17s 10s 20",
        "All but answered calls 10m 30s 18m 06s 10m 30s 20",
    ]


def test_days_are_those_of_the_organisation(as_, manager, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    # 13:00 UTC on 14 June is 15 June there.
    measured_wait(make.ticket(), datetime(2026, 6, 14, 13, tzinfo=UTC), 60)
    assert "No first answer in this period." in page(as_(manager))
    assert "too few" in section(page(as_(manager), "from=2026-06-15&to=2026-06-15"), "first_response")


def test_resolution_and_effort(as_, manager, agent):
    for n in range(2):
        ticket = opened(NOON)
        replied(ticket, NOON + timedelta(minutes=20), agent)
        until = (NOON + timedelta(minutes=10 + 5 * n)).isoformat()
        happened(ticket, "work_logged", NOON, by="agent", actor=agent, until=until)
        if n == 0:
            happened(ticket, "status_changed", NOON + timedelta(minutes=90), by="agent", to="solved")
        fold_tickets([ticket.pk])
    html = page(as_(manager))
    figures = " ".join(re.sub(r"<[^>]+>", " ", html[html.index("kpis") : html.index("grid-12")]).split())
    # 90 minutes for the one resolution; 10 and 15 minutes of work, also on the ticket that is still open.
    assert "Minutes per resolution 90 min, mean too few for a median Resolved tickets: 1" in figures
    assert "Effort per resolution 25 min 25m of work; resolutions: 1" in figures


def test_nothing_measured_yet(as_, manager):
    html = page(as_(manager), "")
    assert "No first answer in this period." in html
    assert '<svg class="chart"' not in html


def test_every_number_is_explained_where_it_stands(as_, manager, answers):
    html = section(page(as_(manager)), "first_response")
    assert 'title="From the customer&#x27;s first message to the first reply of a person' in html


# ---- the lists behind the numbers ----


def test_every_number_leads_to_as_many_cases(as_, manager, answers):
    phone = make.channel("phone", name="Hotline")
    for second in range(3):
        measured_wait(make.ticket(channel=phone), NOON, second, live=True)
    client = as_(manager)
    html = section(page(client), "first_response")
    links = dict.fromkeys(re.findall(r'<td class="num"><a href="([^"]+)">(\d+)</a></td>\s*</tr>', html))
    assert sorted(int(n) for _, n in links) == [3, 20, 20]
    for href, n in links:
        href = href.replace("&amp;", "&")
        listed = client.get(href)
        assert listed.context["figure"].n == int(n)
        assert len(listed.context["page"].object_list) == int(n)
        rows = csv.DictReader(io.StringIO(client.get(href.replace("/tickets/", "/tickets.csv")).getvalue().decode()))
        assert [int(row["ticket"]) for row in rows] == [case.ticket_id for case in listed.context["page"]]


def test_a_long_list_has_pages(as_, manager):
    channel = make.channel()
    ticket = make.ticket(channel=channel)
    for n in range(60):
        measured_wait(ticket, NOON, n)
    client = as_(manager)
    first = client.get(f"/metrics/tickets/?{JUNE}")
    assert "1 to 50 of 60" in first.content.decode()
    second = client.get(f"/metrics/tickets/?{JUNE}&page=2").context["page"]
    assert [case.on_calendar for case in second] == list(range(9, -1, -1))


def test_csv_is_no_formula(as_, manager):
    measured_wait(make.ticket(subject='=HYPERLINK("http://evil.example")'), NOON, 60)
    lines = as_(manager).get(f"/metrics/tickets.csv?{JUNE}").getvalue().decode()
    assert "'=HYPERLINK" in lines
    assert '"=HYPERLINK' not in lines


# ---- who sees what ----


@pytest.mark.parametrize("path", ["/metrics/", "/metrics/tickets/", "/metrics/tickets.csv"])
def test_doors(as_, path, admin, manager, agent, teammate, stranger):
    answers = {person: as_(person).get(path).status_code for person in (admin, manager, agent, teammate)}
    # The team-mate leads a team.
    assert list(answers.values()) == [200, 200, 403, 200]
    assert as_(stranger).get(path).status_code == as_(None).get(path).status_code == 302


def test_a_lead_measures_the_own_team_only(as_, teammate, open_team, closed_team):
    lead_of = Membership.objects.get(user=teammate, is_lead=True).team
    assert lead_of == open_team
    for team, minutes in ((open_team, 1), (closed_team, 2), (None, 3)):
        measured_wait(make.ticket(team=team), NOON, minutes * 60)
    client = as_(teammate)
    assert client.get(f"/metrics/tickets/?{JUNE}").context["figure"].total == 60
    assert client.get(f"/metrics/tickets/?{JUNE}&team={closed_team.pk}").context["figure"].n == 0


def test_filters(as_, manager, open_team):
    shown = make.ticket(team=open_team, visibility="private")
    measured_wait(shown, NOON, 60)
    measured_wait(make.ticket(), NOON, 60)
    client = as_(manager)
    for query in (f"team={open_team.pk}", "visibility=private", f"channel={shown.channel_id}"):
        cases = client.get(f"/metrics/tickets/?{JUNE}&{query}").context["page"]
        assert [case.ticket for case in cases] == [shown]


# ---- bad addresses ----


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("days=3", "days"),
        ("from=2026-06-01", "to"),
        ("from=2026-06-10&to=2026-06-01", "to"),
        ("from=2020-01-01&to=2026-06-01", "to"),
        ("from=yesterday&to=2026-06-01", "from"),
        ("clock=sun", "clock"),
        ("channel=x", "channel"),
        ("team=0", "team"),
        ("measure=mood", "measure"),
        ("page=0", "page"),
    ],
)
def test_what_cannot_be_read_is_named_and_left_out(as_, manager, query, named):
    for path in ("/metrics/", "/metrics/tickets/", "/metrics/tickets.csv"):
        response = as_(manager).get(f"{path}?{query}")
        assert response.status_code == 200
        if not response.streaming:
            assert f"left out:</b> {named} (" in response.content.decode()


def test_names_are_escaped_and_nothing_is_inline(as_, manager):
    evil = '<script>alert("x")</script>'
    channel = make.channel(name=evil)
    for n in range(20):
        measured_wait(make.ticket(channel=channel, subject=evil), NOON, n)
    for path in ("/metrics/", "/metrics/tickets/"):
        html = as_(manager).get(f"{path}?{JUNE}").content.decode()
        assert evil not in html
        assert escape(evil)[:20] in html
        assert 'style="' not in html


def test_statements_do_not_grow_with_channels(as_, manager, answers):
    client = as_(manager)
    page(client)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client)
        return len(captured)

    before = count()
    for _ in range(3):
        measured_wait(make.ticket(channel=make.channel()), NOON, 60)
    assert count() <= before + 1
    assert TicketFact.objects.count() == 0
