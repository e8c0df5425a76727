"""What pages are made of: figures, tables, charts; and what they are made from: the reader's scope and links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.queries import figures
from metrics.queries.figures import Figure
from metrics.queries.measure import Measure
from metrics.queries.scope import Scope
from metrics.words import duration
from tickets.queries import channels

Text = str | Promise


@dataclass(frozen=True)
class Context:
    """`link(measure, **narrowed)` leads to the cases behind a number, found by the same query."""

    scope: Scope
    stat: str
    link: Callable[..., str]
    # Where everybody in the room reads it, private customers are not named in full.
    on_wall: bool = False

    @cached_property
    def channel_names(self) -> Mapping[int, str]:
        return {channel.pk: channel.name for channel in channels()}

    @cached_property
    def before(self) -> Scope:
        return self.scope.before()


@dataclass(frozen=True)
class Change:
    """Against the period before. `tone`: good, bad or nothing."""

    words: str
    tone: str


@dataclass(frozen=True)
class Number:
    """One figure at the top of a page. `href` leads to its cases."""

    label: Text
    means: Text
    value: str
    note: str = ""
    href: str = ""
    change: Change | None = None
    more: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Cell:
    text: str
    href: str = ""
    # A share to draw as a bar, 0 to 1.
    share: float | None = None

    @property
    def percent(self) -> int:
        return round((self.share or 0) * 100)


@dataclass(frozen=True)
class Table:
    """The first column names the rows."""

    columns: Sequence[Text]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Block:
    """One card. With a chart the table is its second view, without one it is the view."""

    key: str
    title: Text
    means: Text
    note: Text = ""
    chart: SafeString | str = ""
    table: Table | None = None
    empty: Text = ""
    wide: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.chart and not (self.table and self.table.rows)


@dataclass(frozen=True)
class Content:
    numbers: Sequence[Number] = ()
    blocks: Sequence[Block] = ()
    # Measures drawn by channel and over time (`metrics.panels`).
    panels: Sequence[Measure] = ()


@dataclass(frozen=True)
class Page:
    """`of_now`: it shows this moment, so that no period is asked for."""

    key: str
    label: Text
    make: Callable[[Context], Content]
    of_now: bool = field(default=False)


# ---- making them ----


def percentage(part: int, whole: int) -> str:
    """`91.4%`; a dash where there is nothing to divide by."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def median_of(figure: Figure) -> str:
    if figure.too_few:
        return _("too few")
    return duration(figure.median)


def timed(context: Context, measure: Measure) -> Number:
    """A duration: the median with p90 and n, compared with the period before."""
    scope = figures.blended(measure, context.scope)
    now, earlier = figures.overall(measure, scope), figures.overall(measure, figures.blended(measure, context.before))
    narrowed = {"live": int(scope.live)} if measure.has_live and scope.live is not None else {}
    return Number(
        label=measure.label,
        means=measure.means,
        value=median_of(now) if now.n else "–",
        note=_("median of %(n)s") % {"n": f"{now.n:,}"},
        href=context.link(measure, **narrowed),
        more=[(duration(now.p90), "p90")] if now.p90 is not None else [],
        change=faster(now.median, earlier.median),
    )


def count(context: Context, measure: Measure, *, fewer_is_better: bool | None = None) -> Number:
    """How many cases, compared with the period before."""
    n = measure.cases(context.scope).count()
    earlier = None if measure.is_open else measure.cases(context.before).count()
    return Number(
        label=measure.label,
        means=measure.means,
        value=f"{n:,}",
        href=context.link(measure),
        change=None if earlier is None else more(n, earlier, fewer_is_better),
    )


def faster(now: float | None, before: float | None) -> Change | None:
    if not now or not before:
        return None
    percent = round(100 * (now - before) / before)
    if percent == 0:
        return Change(_("as before"), "")
    words = _("%(n)s%% faster") if percent < 0 else _("%(n)s%% slower")
    return Change(words % {"n": abs(percent)}, "good" if percent < 0 else "bad")


def more(now: int, before: int, fewer_is_better: bool | None) -> Change:
    if now == before:
        return Change(_("as before"), "")
    tone = "" if fewer_is_better is None else "good" if (now < before) == fewer_is_better else "bad"
    words = _("%(n)s fewer") if now < before else _("%(n)s more")
    return Change(words % {"n": f"{abs(now - before):,}"}, tone)


def points(now: tuple[int, int], before: tuple[int, int], *, less_is_better: bool = False) -> Change | None:
    """Of two shares, in percentage points."""
    if not now[1] or not before[1]:
        return None
    change = round(100 * now[0] / now[1] - 100 * before[0] / before[1], 1)
    if change == 0:
        return Change(_("as before"), "")
    tone = "good" if (change > 0) != less_is_better else "bad"
    return Change(_("%(n)s points") % {"n": f"{change:+.1f}".replace("-", "−")}, tone)


def figure_cells(figure: Figure, href: str) -> list[Cell]:
    """Median, p90, mean, n."""
    return [
        Cell(median_of(figure) if figure.n else "–", href),
        Cell(duration(figure.p90), href),
        Cell(duration(figure.mean), href),
        Cell(f"{figure.n:,}", href),
    ]


FIGURE_COLUMNS: tuple[Text, ...] = (gettext_lazy("Median"), gettext_lazy("p90"), gettext_lazy("Mean"), "n")
