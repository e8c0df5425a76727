"""The measures by API: as the pages show them, for those who may see the pages."""

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiToken, User
from metrics.queries.facts import FIELDS
from metrics.queries.measures import MEASURES
from metrics.services.folding import fold_tickets
from tests.metrics.recorded import opened
from tests.metrics.test_pages import JUNE, NOON, answers

__all__ = ["answers"]

pytestmark = pytest.mark.django_db
API = "/api/v1/"
MEASURED = ["metrics/summary/", "metrics/series/"]
PROMISES = ["sla-policies/", "calendars/"]


def by(person: User, *scopes: str) -> APIClient:
    client = APIClient()
    _, secret = ApiToken.objects.issue(person, "test", list(scopes or ["metrics:read"]))
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.mark.parametrize("address", MEASURED + PROMISES)
def test_who_may_not_see_the_page_is_told_why(admin, manager, agent, stranger, address):
    assert by(admin).get(API + address).status_code == 200
    assert by(manager).get(API + address).status_code == (200 if address in MEASURED else 403)
    assert by(agent).get(API + address).status_code == 403
    assert by(stranger).get(API + address).status_code == APIClient().get(API + address).status_code == 401
    lacking = by(admin, "tickets:read").get(API + address)
    assert lacking.status_code == 403 and "“metrics:read”" in lacking.json()["detail"]


def test_the_summary_has_the_numbers_of_the_page(manager, answers):
    shown = by(manager).get(f"{API}metrics/summary/?{JUNE}").json()
    assert (shown["from"][:10], shown["clock"]) == ("2026-05-31", "calendar")
    assert [row["measure"] for row in shown["measures"]] == list(MEASURES)
    first = shown["measures"][0]
    assert first == {"measure": "first_response", "n": 20, "mean_s": 630.0, "median_s": 630.0, "p90_s": 1086.0}


def test_the_series_has_a_point_for_each_day_with_cases(manager, answers):
    shown = by(manager).get(f"{API}metrics/series/?{JUNE}&measure=first_response").json()
    (row,) = shown["rows"]
    assert (shown["unit"], row["channel"], row["live"]) == ("day", answers.pk, False)
    assert [(point["day"], point["n"]) for point in row["points"]] == [("2026-06-03", 20)]


def test_a_lead_measures_the_team_they_lead(teammate, open_team, answers):
    assert by(teammate).get(f"{API}metrics/summary/?{JUNE}").json()["measures"][0]["n"] == 0
    ours, theirs = opened(NOON, team=open_team), opened(NOON)
    fold_tickets([ours.pk, theirs.pk])
    assert by(teammate).get(f"{API}metrics/tickets/{ours.pk}/").status_code == 200
    assert by(teammate).get(f"{API}metrics/tickets/{theirs.pk}/").status_code == 404


def test_the_facts_of_one_ticket_are_those_of_the_export(manager):
    ticket = opened(NOON)
    fold_tickets([ticket.pk])
    shown = by(manager).get(f"{API}metrics/tickets/{ticket.pk}/").json()
    assert tuple(shown) == FIELDS
    assert (shown["number"], shown["opened_at"]) == (ticket.pk, "2026-06-03T12:00:00Z")
    assert by(manager).get(f"{API}metrics/tickets/999999999/").status_code == 404


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("clock=lunch", "clock"),
        ("from=2026-06-01", "to"),
        ("from=2026-06-09&to=2026-06-01", "to"),
        ("team=x", "team"),
        ("colour=blue", "colour"),
        ("channel=9" + "9" * 30, "channel"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_by_its_name(manager, query, name):
    answer = by(manager).get(f"{API}metrics/summary/?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, name)


def test_the_promises_in_force_and_their_calendars(admin):
    policies = by(admin).get(f"{API}sla-policies/").json()["results"]
    calendars = {row["id"]: row for row in by(admin).get(f"{API}calendars/").json()["results"]}
    assert policies and len({row["name"] for row in policies}) == len(policies)
    for row in policies:
        assert row["targets"] and row["calendar"] in calendars
    assert all(calendar["versions"] for calendar in calendars.values())
