"""How long until it is solved, and at what effort."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    points,
    timed,
)
from metrics.queries import figures
from metrics.queries.measures import EFFORT, HANDLING, OPENED, REOPENED, RESOLUTION
from metrics.words import duration, minutes
from tickets.models import Ticket
from tickets.states import PRIORITIES

AFTER_HOURS = (1, 4, 8, 24, 72, 168)


def make(context: Context) -> Content:
    resolved = figures.overall(RESOLUTION, context.scope)
    resolved_before = RESOLUTION.cases(context.before).count()
    return Content(
        numbers=[
            timed(context, RESOLUTION),
            Number(
                label=_("Mean minutes per resolution"),
                means=_("The literal ratio. One ticket over a weekend can make it useless: read the median first."),
                value=f"{minutes(resolved.mean)} min",
                note=_("of %(n)s") % {"n": f"{resolved.n:,}"},
                href=context.link(RESOLUTION),
            ),
            _effort(context, resolved.n),
            _reopened(context, resolved.n, resolved_before),
        ],
        blocks=[_curve(context), _by_priority(context)],
        panels=[RESOLUTION, HANDLING],
    )


def _effort(context: Context, resolved: int) -> Number:
    spent = figures.overall(EFFORT, context.scope)
    return Number(
        label=EFFORT.label,
        means=EFFORT.means,
        value=f"{minutes(spent.total / resolved)} min" if resolved and spent.total else "–",
        note=_("%(total)s of work") % {"total": duration(spent.total or 0)},
        href=context.link(EFFORT),
    )


def _reopened(context: Context, resolved: int, resolved_before: int) -> Number:
    again, before = REOPENED.cases(context.scope).count(), REOPENED.cases(context.before).count()
    return Number(
        label=REOPENED.label,
        means=REOPENED.means,
        value=percentage(again, resolved),
        note=_("%(again)s of %(resolved)s") % {"again": f"{again:,}", "resolved": f"{resolved:,}"},
        href=context.link(REOPENED),
        change=points((again, resolved), (before, resolved_before), less_is_better=True),
    )


def _curve(context: Context) -> Block:
    """Of what began in the period, also what is not solved."""
    seconds = f"on_{context.scope.clock}"
    within = {f"in_{hours}": Count("pk", filter=Q(**{f"{seconds}__lte": hours * 3600})) for hours in AFTER_HOURS}
    found = OPENED.cases(context.scope).aggregate(n=Count("pk"), **within)
    rows = []
    for hours, key in zip(AFTER_HOURS, within, strict=True):
        if found["n"]:
            solved = Cell(percentage(found[key], found["n"]), share=found[key] / found["n"])
            rows.append([Cell(_("within %(h)s h") % {"h": hours}), solved])
    return Block(
        key="curve",
        title=_("Solved after"),
        means=_("Of all tickets that began in the period, the share solved so soon. The unsolved count as not."),
        note=_("%(n)s tickets, by the day of the first contact") % {"n": f"{found['n']:,}"},
        table=Table([_("After"), _("Solved")], rows),
        empty=OPENED.none,
    )


def _by_priority(context: Context) -> Block:
    found = figures.grouped(RESOLUTION, context.scope, "priority")
    rows = [
        [
            Cell(str(Ticket.Priority(PRIORITIES[name]).label)),
            *figure_cells(found[name], context.link(RESOLUTION, priority=name)),
        ]
        for name in reversed(PRIORITIES)
        if name in found
    ]
    return Block(
        key="by_priority",
        title=_("By priority"),
        means=RESOLUTION.means,
        table=Table([_("Priority"), *FIGURE_COLUMNS], rows),
        empty=RESOLUTION.none,
    )


PAGE = Page("resolution", gettext_lazy("Resolution and MPR"), make)
