"""`export_facts` and `rebuild_metrics`, as somebody at a prompt meets them."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from metrics.models import TicketFact
from metrics.queries.facts import FIELDS
from tests.metrics.recorded import asked, happened, opened, replied

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return MONDAY.replace(hour=hour, minute=minute)


def printed(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def answered(agent):
    ticket = opened(at(10), external_id="A1")
    replied(ticket, at(10, 20), agent)
    return ticket


def test_every_field_of_the_contract_in_its_order(answered):
    (line,) = printed("export_facts").splitlines()
    facts = json.loads(line)
    assert tuple(facts) == FIELDS
    assert (facts["external_id"], facts["number"], facts["channel"]) == ("A1", answered.pk, answered.channel.address)
    assert (facts["opened_at"], facts["first_response_s"], facts["excluded"]) == ("2026-06-01T10:00:00Z", 1200, None)


def test_ages_and_running_clocks_are_those_of_the_time_asked_for(answered):
    asked(answered, at(12))
    before, after = (json.loads(printed("export_facts", "--as-of", f"2026-06-01T{hour}:30:00Z")) for hour in (12, 13))
    assert (before["age_s"], after["age_s"]) == (2.5 * 3600, 3.5 * 3600)
    assert [sla["outcome"] for sla in before["sla"]] == ["met", "running", "running"]
    assert [sla["outcome"] for sla in after["sla"]] == ["met", "breached", "running"]
    assert after["sla"][1]["breached_at"] == "2026-06-01T13:00:00Z"
    assert [sla["elapsed_s"] for sla in after["sla"]] == [1200, 5400, 3.5 * 3600]


def test_csv_holds_the_same(answered):
    (row,) = csv.DictReader(io.StringIO(printed("export_facts", "--format", "csv", "--external-id", "A1")))
    assert tuple(row) == FIELDS
    assert (row["first_response_s"], row["next_responses_s"], json.loads(row["sla"])[0]["metric"]) == (
        "1200",
        "[]",
        "first_response",
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--external-id", "B2"], "no ticket with the external id “B2”"), (["--as-of", "noon"], "“noon” is no time")],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(CommandError, match=words):
        printed("export_facts", *arguments)


def test_rebuild_measures_every_ticket(answered):
    assert json.loads(printed("rebuild_metrics", "--json")) == {"measured": 1, "failed": 0}
    assert TicketFact.objects.get(ticket=answered).first_response_s == 1200


def test_rebuild_says_what_it_could_not_measure(answered):
    happened(answered, "priority_changed", at(11), by="agent")
    with pytest.raises(SystemExit):
        printed("rebuild_metrics")
