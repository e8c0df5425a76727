"""Which promise breaks, and where."""

from __future__ import annotations

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.heatmap import heat_block
from metrics.pages.parts import Block, Cell, Content, Context, Number, Page, Table, count, percentage, points
from metrics.queries import figures
from metrics.queries.figures import FEWEST
from metrics.queries.measures import BROKEN, JUDGED, KEPT, LATE
from metrics.words import duration, metric


def make(context: Context) -> Content:
    return Content(
        numbers=[_kept(context), *[count(context, each, fewer_is_better=True) for each in (BROKEN, LATE)]],
        blocks=[_by_policy(context), _over_time(context), heat_block(context, BROKEN, _("When promises break"))],
    )


def _kept(context: Context) -> Number:
    now, before = (_counts(context, earlier) for earlier in (False, True))
    return Number(
        label=JUDGED.label,
        means=JUDGED.means,
        value=percentage(*now),
        note=_("%(kept)s of %(all)s") % {"kept": f"{now[0]:,}", "all": f"{now[1]:,}"},
        href=context.link(JUDGED),
        change=points(now, before),
    )


def _counts(context: Context, earlier: bool) -> tuple[int, int]:
    scope = context.before if earlier else context.scope
    found = JUDGED.cases(scope).aggregate(n=Count("pk"), kept=Count("pk", filter=Q(outcome="met")))
    return found["kept"], found["n"]


def _by_policy(context: Context) -> Block:
    over = F("elapsed_s") - F("target_s")
    found = (
        JUDGED.cases(context.scope)
        .order_by()
        .values("policy__policy", "policy__policy__name", "metric")
        .annotate(
            n=Count("pk"),
            kept=Count("pk", filter=Q(outcome="met")),
            over=ArrayAgg(over, filter=Q(outcome="breached", ended_at__isnull=False), default=[]),
        )
    )
    rows = []
    for row in sorted(found, key=lambda row: (row["policy__policy__name"], row["metric"])):
        narrowed = {"policy": row["policy__policy"], "promise": row["metric"]}
        late = sorted(row["over"])
        rows.append(
            [
                Cell(row["policy__policy__name"]),
                Cell(metric(row["metric"])),
                Cell(percentage(row["kept"], row["n"]), context.link(JUDGED, **narrowed), share=row["kept"] / row["n"]),
                Cell(f"{row['n'] - row['kept']:,}", context.link(BROKEN, **narrowed)),
                Cell(duration(late[len(late) // 2]) if len(late) >= FEWEST else "–"),
                Cell(f"{row['n']:,}", context.link(JUDGED, **narrowed)),
            ]
        )
    columns = [_("Policy"), _("Promise"), _("Kept"), _("Broken"), _("Median overdue"), "n"]
    return Block(
        key="by_policy",
        title=_("By policy"),
        means=JUDGED.means,
        table=Table(columns, rows),
        empty=_("No promise ended in this period."),
        wide=True,
    )


def _over_time(context: Context) -> Block:
    spans = figures.buckets(context.scope)
    kept, broken = figures.per_bucket(KEPT, context.scope), figures.per_bucket(BROKEN, context.scope)
    rows = []
    for day in spans.days:
        met, whole = kept.get(day, 0), kept.get(day, 0) + broken.get(day, 0)
        share = met / whole if whole else None
        rows.append([Cell(day.strftime("%-d %b %Y")), Cell(percentage(met, whole), share=share), Cell(f"{whole:,}")])
    return Block(
        key="over_time",
        title=_("Kept over time"),
        means=JUDGED.means,
        table=Table([_("When"), _("Kept"), "n"], rows if kept or broken else []),
        empty=_("No promise ended in this period."),
    )


PAGE = Page("sla", gettext_lazy("SLA"), make)
