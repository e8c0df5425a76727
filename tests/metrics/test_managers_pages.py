"""Every managers' page: its numbers, and that each opens as many cases as it says."""

import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zipfile import ZipFile

import pytest
from django.utils import timezone

from accounts.models import Membership
from metrics.pages.registry import PAGES
from metrics.queries.measures import MEASURES
from metrics.services.folding import fold_tickets
from tests import factories as make
from tests.metrics.recorded import asked, happened, measured_wait, opened, replied

pytestmark = pytest.mark.django_db
JUNE = "from=2026-06-01&to=2026-06-14"
NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)


def number(content, label: str):
    return next(each for each in content.numbers if str(each.label) == label)


def rows(content, key: str) -> list[list[str]]:
    block = next(block for block in content.blocks if block.key == key)
    return [[cell.text for cell in row] for row in block.table.rows]


def content(browser, page: str, query: str = JUNE):
    answer = browser.get(f"/metrics/{page}/?{query}")
    assert answer.status_code == 200
    return answer.context["content"]


@pytest.fixture
def story(agent):
    """Two tickets answered after 20 and 90 minutes, the first resolved and reopened, one ticket that waits."""
    quick, slow, waiting = opened(NOON), opened(NOON), opened(NOON, visibility="private")
    replied(quick, NOON + timedelta(minutes=20), agent)
    happened(quick, "status_changed", NOON + timedelta(minutes=30), by="agent", to="solved")
    asked(quick, NOON + timedelta(minutes=40))
    happened(quick, "status_changed", NOON + timedelta(minutes=40), to="open", reason="reopened")
    replied(quick, NOON + timedelta(minutes=50), agent)
    happened(quick, "status_changed", NOON + timedelta(minutes=60), by="agent", to="solved")
    replied(slow, NOON + timedelta(minutes=90), agent)
    fold_tickets([quick.pk, slow.pk, waiting.pk])
    return quick, slow, waiting


def test_doors(as_, manager, agent, teammate, stranger):
    for key in [*PAGES, "wallboard"]:
        statuses = [as_(person).get(f"/metrics/{key}/").status_code for person in (manager, agent, teammate, None)]
        assert statuses == [200, 403, 200, 302], key  # the team-mate leads a team
    assert as_(manager).get("/metrics/mood/").status_code == 404


@pytest.mark.parametrize("key", PAGES)
def test_pages_without_data_say_so_and_show_no_zero_durations(as_, manager, key):
    html = as_(manager).get(f"/metrics/{key}/?{JUNE}").content.decode()
    assert "<h1>" in html and 'style="' not in html
    assert ">0s<" not in html


def test_every_link_of_every_page_opens_as_many_cases_as_it_says(as_, manager, story):
    browser, followed = as_(manager), 0
    for key in PAGES:
        html = browser.get(f"/metrics/{key}/?{JUNE}").content.decode()
        for href, shown in set(re.findall(r'<a href="(/metrics/tickets/[^"]+)" dir="auto">([\d,]+)</a>', html)):
            assert browser.get(unescape(href)).context["figure"].n == int(shown.replace(",", "")), href
            followed += 1
    assert followed > 15


def test_counted_numbers_open_as_many_cases(as_, manager, story):
    browser = as_(manager)
    for key in PAGES:
        for each in content(browser, key).numbers:
            if each.href.startswith("/metrics/tickets/") and each.value.isdecimal():
                assert browser.get(each.href).context["figure"].n == int(each.value), each.label


def test_sla(as_, manager, story):
    found = content(as_(manager), "sla")
    # First responses: 20 minutes kept, 90 broken, and the one that waits broken; next response and resolution kept.
    assert number(found, "Promises kept").note == "3 of 7"
    table = {(row[0], row[1]): row[2:4] for row in rows(found, "by_policy")}
    assert table["Social networks", "First response"] == ["33.3%", "2"]
    assert table["Social networks", "Next response"] == ["100.0%", "0"]


def test_backlog(as_, manager, story):
    found = content(as_(manager), "backlog")
    assert (number(found, "Open tickets").value, number(found, "Waiting for us").value) == ("2", "1")
    assert number(found, "Dropped").value == "1"
    assert rows(found, "ages")[0] == ["Our turn", "–", "–", "–", "–", "–", "2", "2"]
    assert next(row for row in rows(found, "flow") if row[0].startswith("Wed 3 Jun"))[1:] == ["3", "1", "+2"]


def test_resolution(as_, manager, story):
    found = content(as_(manager), "resolution")
    assert number(found, "Reopened").value == "100.0%"
    assert number(found, "Mean minutes per resolution").value == "60 min"
    assert rows(found, "curve")[0] == ["within 1 h", "33.3%"]


def test_when(as_, manager, story):
    block = next(block for block in content(as_(manager), "when").blocks if block.key == "hours_opened")
    assert "Most: Wednesday from 13:00, 3 in all." in block.chart  # in London
    assert block.chart.count("<rect") == 7 * 24


def test_team_credits_the_author(as_, manager, agent, story):
    found = content(as_(manager), "team")
    assert rows(found, "agents_first_response") == [[agent.name, "too few", "–", "55m", "2"]]


def test_parity(as_, manager):
    public, private = make.channel(), make.channel()
    for n in range(20):
        measured_wait(make.ticket(channel=public), NOON, 600 + n, visibility="public")
        measured_wait(make.ticket(channel=private), NOON, 1500 + n, visibility="private")
    found = content(as_(manager), "parity")
    assert number(found, "First response, private to public").value == "2.5 × !"
    block = next(block for block in found.blocks if block.key == "pairs")
    assert block.title == "Private customers wait 2.5 times as long"
    assert "dot-public" in block.chart


def test_handing_over(as_, manager, agent):
    ticket = opened(NOON)
    replied(ticket, NOON + timedelta(minutes=5), agent)
    private = make.message(ticket, occurred_at=NOON + timedelta(minutes=10), visibility="private")
    happened(ticket, "message_in", private.occurred_at, message=private, addressed=True)
    replied(ticket, NOON + timedelta(minutes=40), agent)
    fold_tickets([ticket.pk])
    listed = as_(manager).get(f"/metrics/tickets/?measure=handed_over&{JUNE}")
    assert listed.context["figure"].mean == 30 * 60


def test_the_period_before_is_compared(as_, manager):
    channel = make.channel()
    for _ in range(20):
        measured_wait(make.ticket(channel=channel), NOON, 600)
        measured_wait(make.ticket(channel=channel), NOON - timedelta(days=14), 1200)
    change = number(content(as_(manager), "response"), "First response").change
    assert (change.words, change.tone) == ("50% faster", "good")


def test_now_and_the_wallboard(as_, manager, story):
    found = content(as_(manager), "now", "")
    assert number(found, "Overdue").value == "2"
    assert rows(found, "longest")[0][0] == str(story[2].customer)
    board = as_(manager).get("/metrics/wallboard/")
    assert board["Refresh"] == "30"
    assert b"Longest waiting" in board.content
    # Private: not named in full where the whole room reads it.
    assert str(story[2].customer).encode() not in board.content
    assert f"… #{story[2].pk}" in board.content.decode()


def test_readiness_says_what_is_not_measured(as_, manager, story):
    found = {row[0]: row[2:] for row in rows(content(as_(manager), "readiness"), "readiness")}
    assert found["Nobody waits for more than two days"] == ["1", "1", "Not yet"]
    assert found["First responses by email in time"] == ["–", "–", "Not measured"]
    assert found["Customers sufficiently assisted"][-1] == "Not measured"


def test_a_lead_sees_the_own_team_only(as_, teammate, open_team, closed_team):
    assert Membership.objects.get(user=teammate, is_lead=True).team == open_team
    now = timezone.now()
    fold_tickets([opened(now, team=team).pk for team in (open_team, closed_team)])
    assert number(content(as_(teammate), "backlog", ""), "Open tickets").value == "1"
    assert as_(teammate).get("/metrics/tickets/?measure=open").context["figure"].n == 1


@pytest.mark.parametrize("key", MEASURES)
def test_every_measure_has_a_list_a_csv_and_a_workbook(as_, manager, story, key):
    browser = as_(manager)
    n = browser.get(f"/metrics/tickets/?measure={key}&{JUNE}").context["figure"].n
    lines = browser.get(f"/metrics/tickets.csv?measure={key}&{JUNE}").getvalue().decode().splitlines()
    assert len(lines) == n + 1
    book = ZipFile(io.BytesIO(browser.get(f"/metrics/tickets.xlsx?measure={key}&{JUNE}").content))
    assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == n + 1


def test_a_workbook_has_no_formula(as_, manager):
    measured_wait(make.ticket(subject='=HYPERLINK("http://evil.example")'), NOON, 60)
    book = ZipFile(io.BytesIO(as_(manager).get(f"/metrics/tickets.xlsx?{JUNE}").content))
    sheet = book.read("xl/worksheets/sheet1.xml")
    assert b"HYPERLINK" in sheet and b"<f>" not in sheet


@pytest.mark.parametrize(
    ("query", "named"), [("weekday=8", "weekday"), ("hour=24", "hour"), ("turn=x", "turn"), ("older=0", "older")]
)
def test_what_cannot_be_read_is_named(as_, manager, query, named):
    html = as_(manager).get(f"/metrics/tickets/?{query}").content.decode()
    assert f"left out:</b> {named} (" in html
