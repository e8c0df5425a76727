"""Are private customers served as well as public ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.charts import Axis, axis_for
from metrics.pages.parts import (
    FIGURE_COLUMNS,
    Block,
    Cell,
    Content,
    Context,
    Number,
    Page,
    Table,
    figure_cells,
    percentage,
    timed,
)
from metrics.queries import figures
from metrics.queries.figures import Figure
from metrics.queries.measure import Measure
from metrics.queries.measures import FIRST_RESPONSE, HANDED_OVER, NEXT_RESPONSE, UNANSWERED
from metrics.words import duration

SIDES = {"public": gettext_lazy("Public"), "private": gettext_lazy("Private")}
TIMES = (FIRST_RESPONSE, NEXT_RESPONSE)
# A private median above this many public ones is red.
TOO_UNEQUAL = 1.2
WIDTH, LEFT, RIGHT, TOP, STEP = 560, 128, 72, 22, 36

GRID_LINE = '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
GRID_NAME = '<text x="{}" y="10" text-anchor="middle">{}</text>'

Sides = dict[str, Figure]


def make(context: Context) -> Content:
    found = {measure: {side: _figure(context, measure, side) for side in SIDES} for measure in TIMES}
    dropped = {side: UNANSWERED.cases(replace(context.scope, visibility=side)).count() for side in SIDES}
    return Content(
        numbers=[_ratio(context, measure, sides) for measure, sides in found.items()] + [timed(context, HANDED_OVER)],
        blocks=[_pairs(context, found), _drops(context, found, dropped)],
    )


def _figure(context: Context, measure: Measure, side: str) -> Figure:
    return figures.overall(measure, replace(figures.blended(measure, context.scope), visibility=side))


def _ratio(context: Context, measure: Measure, sides: Sides) -> Number:
    public, private = sides["public"].median, sides["private"].median
    ratio = private / public if private is not None and public else None
    return Number(
        label=_("%(measure)s, private to public") % {"measure": measure.label},
        means=_("The private median divided by the public one; above 1.2 private customers wait unduly."),
        value=_("too few") if ratio is None else f"{ratio:.1f} ×" + (" !" if ratio > TOO_UNEQUAL else ""),
        note=_("%(public)s public, %(private)s private")
        % {
            "public": duration(public),
            "private": duration(private),
        },
        href=context.link(measure, visibility="private", live=0),
    )


def _pairs(context: Context, found: dict[Measure, Sides]) -> Block:
    rows = [
        [
            Cell(f"{measure.label}, {SIDES[side]}"),
            *figure_cells(figure, context.link(measure, visibility=side, live=0)),
        ]
        for measure, sides in found.items()
        for side, figure in sides.items()
        if figure.n
    ]
    complete = {str(measure.label): sides for measure, sides in found.items() if all(s.median for s in sides.values())}
    return Block(
        key="pairs",
        title=_title(complete),
        means=_("The same measures for what was asked publicly and privately."),
        note=_("median, by the day of the answer"),
        chart=paired_dots(complete) if complete else "",
        table=Table([_("Measure"), *FIGURE_COLUMNS], rows),
        empty=FIRST_RESPONSE.none,
    )


def _title(complete: dict[str, Sides]) -> str:
    first = next(iter(complete.values()), None)
    if first is None:
        return _("Public and private")
    ratio = (first["private"].median or 0) / (first["public"].median or 1)
    if ratio > TOO_UNEQUAL:
        return _("Private customers wait %(n)s times as long") % {"n": f"{ratio:.1f}"}
    return _("Private customers wait no longer than public ones")


def paired_dots(rows: dict[str, Sides]) -> SafeString:
    """A line between the public and the private median of each row."""
    axis = axis_for(max(figure.median or 0 for sides in rows.values() for figure in sides.values()))
    height = TOP + STEP * len(rows) + 10

    def x(seconds: float) -> str:
        return f"{LEFT + seconds / axis.top * (WIDTH - LEFT - RIGHT):.1f}"

    ticks = [(x(tick), x(tick), TOP - 6, height - 8, x(tick), _tick_name(tick, axis)) for tick in axis.ticks()]
    drawn = [_pair(label, sides, TOP + 18 + n * STEP, x) for n, (label, sides) in enumerate(rows.items())]
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDTH,
        height,
        _title(rows),
        format_html_join("", f"{GRID_LINE}{GRID_NAME}", ticks),
        format_html_join("", "{}", ((each,) for each in drawn)),
    )


def _tick_name(tick: float, axis: Axis) -> str:
    return f"{tick / axis.unit_s:g}" + (f" {axis.unit}" if tick == axis.top else "")


def _pair(label: str, sides: Sides, y: int, x: Any) -> SafeString:
    public, private = sides["public"].median or 0, sides["private"].median or 0
    return format_html(
        '<text class="lab" x="0" y="{}">{}</text><line class="bell" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<circle class="dot-public" cx="{}" cy="{}" r="5"><title>{}: {}</title></circle>'
        '<rect class="dot-private" x="{}" y="{}" width="9" height="9" rx="2"><title>{}: {}</title></rect>'
        '<text class="val" x="{}" y="{}" text-anchor="end">{}</text>',
        *(y + 4, label, x(public), x(private), y, y),
        *(x(public), y, SIDES["public"], duration(public)),
        *(f"{float(x(private)) - 4.5:.1f}", y - 4.5, SIDES["private"], duration(private)),
        *(WIDTH, y + 4, f"{'+' if private > public else '−'}{duration(abs(private - public))}"),
    )


def _drops(context: Context, found: dict[Measure, Sides], dropped: dict[str, int]) -> Block:
    rows = []
    for side, label in SIDES.items():
        whole = dropped[side] + sum(sides[side].n for sides in found.values())
        if whole:
            href = context.link(UNANSWERED, visibility=side)
            share = Cell(percentage(dropped[side], whole), href, dropped[side] / whole)
            cells = [Cell(f"{dropped[side]:,}", href), share, Cell(f"{whole:,}")]
            rows.append([Cell(str(label)), *cells])
    return Block(
        key="drops",
        title=_("Questions closed without a reply"),
        means=UNANSWERED.means,
        table=Table([_("Side"), _("Without a reply"), _("Share"), _("Questions")], rows),
        empty=UNANSWERED.none,
    )


PAGE = Page("parity", gettext_lazy("Public and private"), make)
