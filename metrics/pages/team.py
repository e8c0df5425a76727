"""Load and fairness: who answered how much. Handling time of one person is for them and their lead."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import led_by
from metrics.pages.parts import FIGURE_COLUMNS, Block, Cell, Content, Context, Number, Page, Table, count, figure_cells
from metrics.queries import figures
from metrics.queries.measure import Measure
from metrics.queries.measures import EFFORT, FIRST_RESPONSE, NEXT_RESPONSE, OPEN
from metrics.words import duration


def make(context: Context) -> Content:
    spent = figures.overall(EFFORT, context.scope)
    return Content(
        numbers=[
            count(context, OPEN),
            Number(
                label=_("Handling time of all"),
                means=_("Recorded work of everybody together. What one person spent is shown to them and their lead."),
                value=duration(spent.total),
                note=_("%(n)s sessions") % {"n": f"{spent.n:,}"},
                href=context.link(EFFORT),
            ),
        ],
        blocks=[
            *(_answers(context, measure) for measure in (FIRST_RESPONSE, NEXT_RESPONSE)),
            _load(context),
            *_handling(context),
        ],
    )


def _answers(context: Context, measure: Measure) -> Block:
    found = figures.grouped(measure, context.scope, "author")
    names = dict(User.objects.filter(pk__in=[pk for pk in found if pk]).values_list("pk", "name"))
    rows = [
        [
            Cell(names.get(agent, _("Outside the helpdesk"))),
            *figure_cells(figure, context.link(measure, agent=agent) if agent else ""),
        ]
        for agent, figure in sorted(found.items(), key=lambda item: names.get(item[0], "~"))
    ]
    return Block(
        key=f"agents_{measure.key}",
        title=measure.label,
        means=_("Credited to the author of the answer, from the customer's oldest unanswered message on."),
        note=_("by name, no ranking"),
        table=Table([_("Agent"), *FIGURE_COLUMNS], rows),
        empty=measure.none,
    )


def _load(context: Context) -> Block:
    found = figures.counted(OPEN, context.scope, "ticket__assignee__name")
    by_name = sorted((name or "", n) for (name,), n in found.items())
    rows = [[Cell(name or _("Nobody")), Cell(f"{n:,}")] for name, n in by_name]
    return Block(
        key="load",
        title=_("Open tickets by owner"),
        means=OPEN.means,
        note=_("now"),
        table=Table([_("Owner"), OPEN.label], rows),
        empty=OPEN.none,
    )


def _handling(context: Context) -> list[Block]:
    """For the lead of a team, and of its members only."""
    led = User.objects.filter(teams__in=led_by(context.scope.user)).distinct()
    names = dict(led.values_list("pk", "name"))
    if not names:
        return []
    found = figures.grouped(EFFORT, context.scope, "agent")
    rows = [
        [Cell(name), Cell(duration(found[pk].total)), Cell(f"{found[pk].n:,}")]
        for pk, name in sorted(names.items(), key=lambda item: item[1])
        if pk in found
    ]
    return [
        Block(
            key="handling",
            title=_("Handling time of your team"),
            means=_("Calls, minutes by hand, and measured work at open tickets. Only you and each of them see this."),
            note=_("by name, no ranking"),
            table=Table([_("Agent"), _("Time"), _("Sessions")], rows),
            empty=EFFORT.none,
        )
    ]


PAGE = Page("team", gettext_lazy("Team"), make)
