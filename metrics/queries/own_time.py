"""What one person spent on tickets, for that person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncDay
from django.utils import timezone

from accounts.models import User
from metrics.models import HandleSession

DAYS = 7


def own_time(user: User) -> list[Mapping[str, Any]]:
    """Per day of the last week on which there was any, newest first: day, seconds, sessions. One statement."""
    midnight = datetime.combine(timezone.localdate() - timedelta(days=DAYS - 1), datetime.min.time())
    found = HandleSession.objects.filter(agent=user, started_at__gte=timezone.make_aware(midnight))
    by_day = found.annotate(day=TruncDay("started_at")).values("day")
    return [*by_day.annotate(seconds=Sum("seconds"), sessions=Count("pk")).order_by("-day")]
