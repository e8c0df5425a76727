"""Measuring everything anew, shared among processes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from metrics.models import SlaInstance, TicketFact, WaitInterval
from metrics.services import folding
from metrics.services.folding import rebuild
from tests.metrics.recorded import happened, opened, replied

pytestmark = pytest.mark.django_db(transaction=True)


def test_several_processes_measure_the_same_as_one(process_environment, monkeypatch, agent):
    monkeypatch.setenv("DATABASE_URL", process_environment["DATABASE_URL"])
    start = timezone.now() - timedelta(hours=3)
    for minutes in range(1, 6):
        replied(opened(start), start + timedelta(minutes=minutes), agent)
    happened(opened(start), "priority_changed", start, by="agent")  # says not to what

    def measured() -> tuple[list[int], list[tuple[int, int]]]:
        facts = TicketFact.objects.order_by("ticket").values_list("first_response_s", flat=True)
        return list(facts), list(WaitInterval.objects.order_by("ticket", "n").values_list("n", "calendar_s"))

    assert rebuild() == (5, 1)
    alone = measured()
    for model in (TicketFact, WaitInterval, SlaInstance):
        model.objects.all().delete()
    monkeypatch.setattr(folding, "BATCH", 2)
    assert rebuild(processes=2) == (5, 1)
    assert measured() == alone
    assert alone[0] == [60, 120, 180, 240, 300]
