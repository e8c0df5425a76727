"""Do we answer in time: per channel, how long, and how it is spread."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.pages.parts import Block, Cell, Content, Context, Page, Table, count, percentage, timed
from metrics.queries.measures import FIRST_RESPONSE, NEXT_RESPONSE, UNANSWERED

# Upper ends in seconds; the last is open.
SPREAD = ((900, "0–15 min"), (3600, "15–60 min"), (14_400, "1–4 h"), (86_400, "4–24 h"), (None, "> 24 h"))


def make(context: Context) -> Content:
    return Content(
        numbers=[
            timed(context, FIRST_RESPONSE),
            timed(context, NEXT_RESPONSE),
            count(context, UNANSWERED, fewer_is_better=True),
        ],
        blocks=[_spread(context)],
        panels=[FIRST_RESPONSE, NEXT_RESPONSE],
    )


def _spread(context: Context) -> Block:
    seconds = f"on_{context.scope.clock}"
    classes, lower = {}, None
    for number, (upper, _name) in enumerate(SPREAD):
        within = Q() if lower is None else Q(**{f"{seconds}__gt": lower})
        classes[f"class_{number}"] = Count("pk", filter=within & (Q(**{f"{seconds}__lte": upper}) if upper else Q()))
        lower = upper
    cases = FIRST_RESPONSE.cases(context.scope).filter(live=False)
    found = cases.order_by().values("channel").annotate(n=Count("pk"), **classes)
    rows = [
        [
            Cell(context.channel_names.get(row["channel"], "–"), context.link(FIRST_RESPONSE, channel=row["channel"])),
            *[Cell(percentage(row[name], row["n"]), share=row[name] / row["n"]) for name in classes],
            Cell(f"{row['n']:,}", context.link(FIRST_RESPONSE, channel=row["channel"], live=0)),
        ]
        for row in found
    ]
    return Block(
        key="spread",
        title=_("How first responses are spread"),
        means=_("Which share of the first answers came within what time. A mean hides this."),
        table=Table([_("Channel"), *[name for _upper, name in SPREAD], "n"], sorted(rows, key=lambda row: row[0].text)),
        empty=FIRST_RESPONSE.none,
        wide=True,
    )


PAGE = Page("response", gettext_lazy("Response"), make)
