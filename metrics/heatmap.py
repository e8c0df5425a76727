"""Weekday and hour: a block with the picture and its table."""

from __future__ import annotations

from django.utils import formats
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from metrics.pages.parts import Block, Cell, Context, Table
from metrics.queries import figures
from metrics.queries.measure import Measure

WIDTH, HEIGHT, LEFT, TOP, CELL_HEIGHT = 560, 206, 34, 20, 26
CELL_WIDTH = (WIDTH - LEFT) / 24
# Shades besides the one for nothing.
SHADES = 6

Hours = dict[tuple[int, int], int]


def heat_block(context: Context, measure: Measure, title: str) -> Block:
    found = figures.by_hour(measure, context.scope)
    rows = [
        [
            Cell(str(WEEKDAYS[day])),
            *[_cell(context, measure, found, day + 1, hour) for hour in range(24)],
        ]
        for day in range(7)
    ]
    zone = context.scope.zone.key
    return Block(
        key=f"hours_{measure.key}",
        title=title,
        means=measure.means,
        note=_("Weekday and hour in %(zone)s") % {"zone": zone},
        chart=heatmap(_finding(found, measure), found) if found else "",
        table=Table([_("Day"), *[f"{hour:02}" for hour in range(24)]], rows if found else []),
        empty=measure.none,
    )


def _cell(context: Context, measure: Measure, found: Hours, weekday: int, hour: int) -> Cell:
    n = found.get((weekday, hour), 0)
    return Cell(f"{n:,}", context.link(measure, weekday=weekday, hour=hour)) if n else Cell("–")


def _finding(found: Hours, measure: Measure) -> str:
    (weekday, hour), n = max(found.items(), key=lambda item: item[1])
    return _("%(what)s by weekday and hour. Most: %(day)s from %(hour)s:00, %(n)s in all.") % {
        "what": measure.cases_are,
        "day": WEEKDAYS[weekday - 1],
        "hour": f"{hour:02}",
        "n": formats.number_format(n),
    }


def heatmap(label: str, found: Hours) -> SafeString:
    """`found`: by (weekday, hour), Monday is 1. Darker is more."""
    most = max(found.values())
    hours = [(f"{LEFT + (hour + 0.5) * CELL_WIDTH:.1f}", f"{hour:02}") for hour in range(0, 24, 3)]
    days = [(f"{TOP + day * CELL_HEIGHT + 16}", WEEKDAYS_ABBR[day]) for day in range(7)]
    cells = [
        (
            -(-found.get((day + 1, hour), 0) * SHADES // most),
            f"{LEFT + hour * CELL_WIDTH + 0.75:.1f}",
            f"{TOP + day * CELL_HEIGHT + 0.75:.2f}",
            f"{CELL_WIDTH - 1.5:.1f}",
            CELL_HEIGHT - 1.5,
            f"{WEEKDAYS_ABBR[day]} {hour:02}:00: {found.get((day + 1, hour), 0):,}",
        )
        for day in range(7)
        for hour in range(24)
    ]
    return format_html(
        '<svg class="chart heat" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        format_html_join("", '<text x="{}" y="11" text-anchor="middle">{}</text>', hours),
        format_html_join("", '<text x="0" y="{}">{}</text>', days),
        format_html_join(
            "",
            '<rect class="h{}" x="{}" y="{}" width="{}" height="{}" rx="2.5"><title>{}</title></rect>',
            cells,
        ),
    )
