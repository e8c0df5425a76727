"""When customers write: time of day, and season."""

from __future__ import annotations

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.heatmap import heat_block
from metrics.pages.parts import Block, Cell, Content, Context, Page, Table, count
from metrics.queries import figures
from metrics.queries.measures import OPENED


def make(context: Context) -> Content:
    return Content(
        numbers=[count(context, OPENED)],
        blocks=[heat_block(context, OPENED, _("When customers write")), _over_time(context)],
    )


def _over_time(context: Context) -> Block:
    found = figures.per_bucket(OPENED, context.scope)
    most = max(found.values(), default=1)
    rows = []
    for day in figures.buckets(context.scope).days:
        n = Cell(f"{found[day]:,}" if day in found else "–", share=found.get(day, 0) / most)
        rows.append([Cell(format_date(day, "D j M Y")), n])
    return Block(
        key="season",
        title=_("Over the period"),
        means=OPENED.means,
        table=Table([_("When"), OPENED.label], rows if found else []),
        empty=OPENED.none,
    )


PAGE = Page("when", gettext_lazy("When"), make)
