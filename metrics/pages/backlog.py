"""Are we drowning: what is open by age and by whose turn it is, what came in and went out."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.forms import TURNS
from metrics.pages.parts import Block, Cell, Content, Context, Number, Page, Table, count
from metrics.queries import figures
from metrics.queries.measures import OPEN, OPENED, RESOLUTION, WAITING

# Ages in hours: from, to; None is open.
AGES = ((None, 4), (4, 24), (24, 72), (72, 168), (168, 720), (720, None))
AGE_NAMES = ("0–4 h", "4–24 h", "1–3 d", "3–7 d", "7–30 d", "> 30 d")
DROPPED_AFTER_H = 48


def make(context: Context) -> Content:
    return Content(
        numbers=[count(context, OPEN), count(context, WAITING), _dropped(context)],
        blocks=[_ages(context), _flow(context)],
    )


def _dropped(context: Context) -> Number:
    before = timezone.now() - timedelta(hours=DROPPED_AFTER_H)
    return Number(
        label=_("Dropped"),
        means=_("Questions that nobody has answered for more than two days: replies that fall through the cracks."),
        value=f"{WAITING.cases(context.scope).filter(began__lte=before).count():,}",
        href=context.link(WAITING, older=DROPPED_AFTER_H),
    )


def _ages(context: Context) -> Block:
    now = timezone.now()
    counts = {
        f"{turn}_{number}": Count("pk", filter=Q(status__in=statuses) & _aged(now, *age))
        for turn, statuses in TURNS.items()
        for number, age in enumerate(AGES)
    }
    found = OPEN.cases(context.scope).aggregate(n=Count("pk"), **counts)
    words = {"ours": _("Our turn"), "customer": _("Customer's turn"), "vendor": _("On hold")}
    rows = []
    for turn in TURNS:
        cells = [_age_cell(context, found[f"{turn}_{n}"], turn, *age) for n, age in enumerate(AGES)]
        whole = sum(found[f"{turn}_{n}"] for n in range(len(AGES)))
        rows.append([Cell(words[turn]), *cells, Cell(f"{whole:,}", context.link(OPEN, turn=turn))])
    return Block(
        key="ages",
        title=_("Open tickets by age"),
        means=OPEN.means,
        note=_("now, by time since the first contact"),
        table=Table([_("Whose turn"), *AGE_NAMES, _("All")], rows if found["n"] else []),
        empty=OPEN.none,
        wide=True,
    )


def _aged(now, older, younger) -> Q:  # type: ignore[no-untyped-def]
    chosen = Q()
    if older:
        chosen &= Q(opened_at__lte=now - timedelta(hours=older))
    if younger:
        chosen &= Q(opened_at__gt=now - timedelta(hours=younger))
    return chosen


def _age_cell(context: Context, n: int, turn: str, older: int | None, younger: int | None) -> Cell:
    narrowed = {name: hours for name, hours in (("older", older), ("younger", younger)) if hours}
    return Cell(f"{n:,}", context.link(OPEN, turn=turn, **narrowed)) if n else Cell("–")


def _flow(context: Context) -> Block:
    came, went = figures.per_bucket(OPENED, context.scope), figures.per_bucket(RESOLUTION, context.scope)
    most = max([*came.values(), *went.values()], default=1)
    rows = [
        [
            Cell(format_date(day, "D j M Y")),
            *[Cell(f"{flow[day]:,}" if day in flow else "–", share=flow.get(day, 0) / most) for flow in (came, went)],
            Cell(f"{came.get(day, 0) - went.get(day, 0):+,}".replace("-", "−")),
        ]
        for day in figures.buckets(context.scope).days
    ]
    return Block(
        key="flow",
        title=_("In and out"),
        means=_("New tickets, and tickets that were resolved. Where more come than go, the backlog grows."),
        table=Table([_("When"), _("New"), _("Resolved"), _("Change")], rows if came or went else []),
        empty=OPENED.none,
        wide=True,
    )


PAGE = Page("backlog", gettext_lazy("Backlog"), make)
