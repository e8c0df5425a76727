"""Who waits, and what is due: this moment."""

from __future__ import annotations

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.models import WaitInterval
from metrics.pages.parts import Block, Cell, Content, Context, Number, Page, Table, count
from metrics.queries.measures import OPEN, WAITING
from metrics.words import duration

MOST_SHOWN = 20
# The queue, in the order of the clocks.
DUE_FIRST = "/?sort=due"


def make(context: Context) -> Content:
    return Content(
        numbers=[count(context, WAITING), *_clocks(context), count(context, OPEN), *_turns(context)],
        blocks=[_longest(context), _channels(context)],
    )


def _clocks(context: Context) -> list[Number]:
    over = Q(ticket__sla_due_at__lte=timezone.now())
    found = OPEN.cases(context.scope).aggregate(
        breached=Count("pk", filter=over), at_risk=Count("pk", filter=Q(ticket__sla_state="at_risk") & ~over)
    )
    means_over, means_risk = (
        _("Open tickets whose clock has run out."),
        _("Open tickets with little of their time left."),
    )
    return [
        Number(_("Overdue"), means_over, f"{found['breached']:,}", href=DUE_FIRST),
        Number(_("At risk"), means_risk, f"{found['at_risk']:,}", href=DUE_FIRST),
    ]


def _turns(context: Context) -> list[Number]:
    found = OPEN.cases(context.scope).aggregate(
        customer=Count("pk", filter=Q(status="pending")), vendor=Count("pk", filter=Q(status="on_hold"))
    )
    words = {
        "customer": (_("Customer's turn"), _("Open tickets that are pending.")),
        "vendor": (_("On hold"), _("Open tickets that wait for a third party.")),
    }
    return [
        Number(label, means, f"{found[turn]:,}", href=context.link(OPEN, turn=turn))
        for turn, (label, means) in words.items()
    ]


def _longest(context: Context) -> Block:
    waits = WAITING.cases(context.scope).select_related("ticket__customer").order_by("started_at")[:MOST_SHOWN]
    rows = [
        [
            Cell(_name(context, wait), wait.ticket.get_absolute_url()),
            Cell(context.channel_names.get(wait.channel_id, "–")),
            Cell(duration(wait.on_calendar)),
        ]
        for wait in waits
    ]
    return Block(
        key="longest",
        title=_("Longest waiting"),
        means=WAITING.means,
        table=Table([_("Customer"), _("Channel"), _("Waits")], rows),
        empty=WAITING.none,
        wide=True,
    )


def _name(context: Context, wait: WaitInterval) -> str:
    name = str(wait.ticket.customer)
    if context.on_wall and wait.visibility != "public":
        return f"{name[:1]}… #{wait.ticket_id}"
    return name


def _channels(context: Context) -> Block:
    now = timezone.now()
    found = WAITING.cases(context.scope).order_by().values("channel").annotate(n=Count("pk"), oldest=Min("started_at"))
    rows = [
        [
            Cell(context.channel_names.get(row["channel"], "–")),
            Cell(f"{row['n']:,}", context.link(WAITING, channel=row["channel"])),
            Cell(duration((now - row["oldest"]).total_seconds())),
        ]
        for row in sorted(found, key=lambda row: row["oldest"])
    ]
    return Block(
        key="waiting_channels",
        title=_("Waiting by channel"),
        means=WAITING.means,
        table=Table([_("Channel"), WAITING.label, _("Oldest")], rows),
        empty=WAITING.none,
    )


PAGE = Page("now", gettext_lazy("Now"), make, of_now=True)
