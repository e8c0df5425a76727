"""Numbers over cases: count, mean, median and 90th percentile; as a whole, by channel, and over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Avg, Count, F, FloatField, Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDay, TruncMonth, TruncWeek

from metrics.queries.measure import Measure
from metrics.queries.scope import Scope

# With fewer cases a percentile says more about chance than about us.
FEWEST = 20
# A row whose cases may all be drawn one by one where a bucket has too few of them.
MOST_DOTS = 500


class Percentiles(Aggregate):
    """[median, 90th percentile], exact."""

    function = "percentile_cont"
    template = "%(function)s(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(FloatField())


@dataclass(frozen=True)
class Figure:
    """Seconds; `median` and `p90` are None with too few cases, everything but `n` without any."""

    n: int = 0
    mean: float | None = None
    total: int | None = None
    median: float | None = None
    p90: float | None = None

    @property
    def too_few(self) -> bool:
        return 0 < self.n < FEWEST


# A channel; calls answered live are apart from the rest.
Row = tuple[int, bool]


@dataclass(frozen=True)
class Buckets:
    """Days, weeks (from Monday) or months of the reader's period, each by its first day."""

    unit: str
    days: list[date]


def _aggregates(scope: Scope) -> dict[str, Any]:
    seconds = f"on_{scope.clock}"
    return {"n": Count("pk"), "mean": Avg(seconds), "total": Sum(seconds), "spread": Percentiles(seconds)}


def _figure(values: dict[str, Any]) -> Figure:
    n = values["n"]
    median, p90 = values["spread"] if n >= FEWEST else (None, None)
    return Figure(n, values["mean"] if n else None, values["total"], median, p90)


def overall(measure: Measure, scope: Scope) -> Figure:
    """All cases of a scope together."""
    return _figure(measure.cases(scope).aggregate(**_aggregates(scope)))


def blended(measure: Measure, scope: Scope) -> Scope:
    """The scope of the number for all channels: without calls answered live."""
    return replace(scope, live=False) if measure.has_live and scope.live is None else scope


def by_channel(measure: Measure, scope: Scope) -> dict[Row, Figure]:
    keys = ("channel", "live") if measure.has_live else ("channel",)
    found = measure.cases(scope).order_by().values(*keys).annotate(**_aggregates(scope))
    return {(row["channel"], row.get("live", False)): _figure(row) for row in found if row["channel"]}


def buckets(scope: Scope) -> Buckets:
    """Days up to six weeks, weeks up to half a year, else months."""
    first, last = (moment.astimezone(scope.zone).date() for moment in (scope.start, scope.end - timedelta(seconds=1)))
    span = (last - first).days + 1
    if span <= 45:
        return Buckets("day", [first + timedelta(days=n) for n in range(span)])
    if span <= 190:
        monday = first - timedelta(days=first.weekday())
        return Buckets("week", [monday + timedelta(days=n) for n in range(0, (last - monday).days + 1, 7)])
    return Buckets("month", list(_months(first, last)))


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


_TRUNCATE = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}


def over_time(measure: Measure, scope: Scope) -> dict[Row, dict[date, Figure]]:
    """Per channel and bucket; a bucket without cases is missing, not zero."""
    keys = ("channel", "live") if measure.has_live else ("channel",)
    truncate = _TRUNCATE[buckets(scope).unit]
    found = measure.cases(scope).order_by().annotate(bucket=truncate("dated", tzinfo=scope.zone))
    series: dict[Row, dict[date, Figure]] = defaultdict(dict)
    for row in found.values(*keys, "bucket").annotate(**_aggregates(scope)):
        if row["channel"]:
            series[row["channel"], row.get("live", False)][_day(row["bucket"])] = _figure(row)
    return dict(series)


def single_cases(measure: Measure, scope: Scope, rows: list[Row]) -> dict[tuple[Row, date], list[int]]:
    """The seconds of every case of these rows, by row and bucket: for buckets too small for a percentile."""
    if not rows:
        return {}
    truncate = _TRUNCATE[buckets(scope).unit]
    cases = measure.cases(scope).filter(channel__in=[channel for channel, _ in rows])
    live = F("live") if measure.has_live else None
    columns = ["channel", *(["live"] if live else []), "bucket", f"on_{scope.clock}"]
    found: dict[tuple[Row, date], list[int]] = defaultdict(list)
    for values in cases.annotate(bucket=truncate("dated", tzinfo=scope.zone)).values_list(*columns):
        row = (values[0], values[1] if live else False)
        if row in rows:
            found[row, _day(values[-2])].append(values[-1])
    return dict(found)


def _day(moment: datetime) -> date:
    return moment.date()


def grouped(measure: Measure, scope: Scope, key: str) -> dict[Any, Figure]:
    """Per value of a column."""
    found = measure.cases(scope).order_by().values(key).annotate(**_aggregates(scope))
    return {row[key]: _figure(row) for row in found}


def counted(measure: Measure, scope: Scope, *keys: str) -> dict[tuple[Any, ...], int]:
    """How many cases per values of some columns."""
    found = measure.cases(scope).order_by().values(*keys).annotate(n=Count("pk"))
    return {tuple(row[key] for key in keys): row["n"] for row in found}


def by_hour(measure: Measure, scope: Scope) -> dict[tuple[int, int], int]:
    """How many cases per weekday (Monday is 1) and hour of the organisation's zone."""
    cases = measure.cases(scope).annotate(
        on_weekday=ExtractIsoWeekDay("dated", tzinfo=scope.zone), on_hour=ExtractHour("dated", tzinfo=scope.zone)
    )
    found = cases.order_by().values("on_weekday", "on_hour").annotate(n=Count("pk"))
    return {(row["on_weekday"], row["on_hour"]): row["n"] for row in found}


def per_bucket(measure: Measure, scope: Scope) -> dict[date, int]:
    """How many cases in each day, week or month; one without any is missing."""
    truncate = _TRUNCATE[buckets(scope).unit]
    cases = measure.cases(scope).annotate(bucket=truncate("dated", tzinfo=scope.zone))
    found = cases.order_by().values("bucket").annotate(n=Count("pk"))
    return {_day(row["bucket"]): row["n"] for row in found}
