"""One measure on a page: its figure, the channels, and how they went over time as chart and as table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.charts import Series, line_chart
from metrics.queries import figures
from metrics.queries.figures import MOST_DOTS, Buckets, Figure, Row
from metrics.queries.measure import Measure
from metrics.queries.scope import Scope
from metrics.words import duration

Link = Callable[[dict[str, Any]], str]
STAT_WORDS = {"median": gettext_lazy("median"), "p90": gettext_lazy("90th percentile")}


@dataclass(frozen=True)
class ChannelRow:
    channel: int
    live: bool
    name: str
    figure: Figure
    href: str


@dataclass(frozen=True)
class TableRow:
    name: str
    figures: list[Figure]


@dataclass(frozen=True)
class Panel:
    measure: Measure
    total: Figure
    rows: list[ChannelRow]
    chart: SafeString | str
    table: list[TableRow]
    href: str

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.rows]


def panel(measure: Measure, scope: Scope, names: Mapping[int, str], stat: str, link: Link) -> Panel:
    """Three statements, a fourth where single cases are drawn. `names` of channels by id; `link` leads to the cases of
    this scope, narrowed by what it is given."""
    by_channel = figures.by_channel(measure, scope)
    rows = [
        ChannelRow(
            channel,
            live,
            _row_name(names.get(channel, f"#{channel}"), live),
            figure,
            link({"measure": measure.key, "channel": channel} | _live(measure, live)),
        )
        for (channel, live), figure in sorted(
            by_channel.items(), key=lambda item: (names.get(item[0][0], ""), item[0][1])
        )
    ]
    if not rows:
        return Panel(measure, Figure(), [], "", [], "")
    spans = figures.buckets(scope)
    series = figures.over_time(measure, scope)
    table = [
        TableRow(bucket_name(spans, day), [series.get((row.channel, row.live), {}).get(day, Figure()) for row in rows])
        for day in spans.days
    ]
    chart = _chart(measure, scope, rows, series, stat)
    whole = figures.blended(measure, scope)
    href = link({"measure": measure.key} | (_live(measure, bool(whole.live)) if whole.live is not None else {}))
    return Panel(measure, figures.overall(measure, whole), rows, chart, table, href)


def _live(measure: Measure, live: bool) -> dict[str, Any]:
    return {"live": int(live)} if measure.has_live else {}


def _row_name(channel: str, live: bool) -> str:
    return _("%(channel)s, calls") % {"channel": channel} if live else channel


def bucket_name(spans: Buckets, day: date) -> str:
    """`14 Nov`; months as `Nov 2026`."""
    return format_date(day, "M Y" if spans.unit == "month" else "j M")


def _chart(
    measure: Measure, scope: Scope, rows: list[ChannelRow], series: dict[Row, dict[date, Figure]], stat: str
) -> SafeString:
    spans = figures.buckets(scope)
    sparse = [(row.channel, row.live) for row in rows if row.figure.n <= MOST_DOTS]
    singles = figures.single_cases(measure, scope, sparse)
    lines = []
    for row in rows:
        key = row.channel, row.live
        found = [series.get(key, {}).get(day, Figure()) for day in spans.days]
        lines.append(
            Series(
                label=row.name,
                values=[getattr(figure, stat) for figure in found],
                titles=[
                    _title(row, bucket_name(spans, day), each) for day, each in zip(spans.days, found, strict=True)
                ],
                dots=[
                    singles.get((key, day), []) if each.too_few else []
                    for day, each in zip(spans.days, found, strict=True)
                ],
            )
        )
    return line_chart(_finding(measure, rows, stat), [bucket_name(spans, day) for day in spans.days], lines, duration)


def _title(row: ChannelRow, when: str, figure: Figure) -> str:
    return _("%(row)s, %(when)s: median %(median)s, 90%% within %(p90)s, of %(n)d") % {
        "row": row.name,
        "when": when,
        "median": duration(figure.median),
        "p90": duration(figure.p90),
        "n": figure.n,
    }


def _finding(measure: Measure, rows: list[ChannelRow], stat: str) -> str:
    """The chart in one sentence, for those who do not see it."""
    words = []
    for row in rows:
        value = getattr(row.figure, stat)
        words.append(f"{row.name} {duration(value)}" if value is not None else _("%s too few") % row.name)
    return _("%(measure)s over time, %(stat)s by channel. Whole period: %(rows)s.") % {
        "measure": measure.label,
        "stat": STAT_WORDS[stat],
        "rows": ", ".join(words),
    }
