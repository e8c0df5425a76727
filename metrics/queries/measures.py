"""What is measured, in words and as a query: figures, lists and exports all start from `cases`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metrics.fold.waits import FIRST, NEXT
from metrics.models import HandleSession, TicketFact, WaitInterval
from metrics.queries.scope import Scope


@dataclass(frozen=True)
class Measure:
    """One kind of case. `start`, `end` and `seconds` (by clock) name its columns; it falls on the day of its `end`."""

    key: str
    label: str | Promise
    means: str | Promise
    cases_are: str | Promise
    dated_by: str | Promise
    model: type[Model]
    start: str
    end: str
    seconds: Mapping[str, str]
    where: Q
    has_visibility: bool = True
    # Calls that were answered live are apart: seconds of ringing say nothing about replies.
    has_live: bool = True
    none: str | Promise = field(default=_("Nothing in this period."))

    def cases(self, scope: Scope) -> QuerySet[Any]:
        """The cases of a scope, with `began`, `ended`, `calendar_s` and `business_s` under one name for all."""
        chosen = self.where & scope.q() & Q(**{f"{self.end}__gte": scope.start, f"{self.end}__lt": scope.end})
        if scope.visibility and self.has_visibility:
            chosen &= Q(visibility__in=[scope.visibility, "mixed"])
        if scope.live is not None and self.has_live:
            chosen &= Q(live=scope.live)
        return self.model._default_manager.filter(chosen).annotate(
            began=F(self.start),
            ended=F(self.end),
            on_calendar=F(self.seconds["calendar"]),
            on_business=F(self.seconds["business"]),
        )


_WAIT_SECONDS = {"calendar": "calendar_s", "business": "business_s"}

FIRST_RESPONSE = Measure(
    key="first_response",
    label=_("First response"),
    means=_(
        "From the customer's first message to the first reply of a person that they can see, on any channel. Bots, "
        "notes and other customers do not count. Tickets without a reply are not in it."
    ),
    cases_are=_("Answers"),
    dated_by=_("by the day of the answer"),
    model=WaitInterval,
    start="started_at",
    end="ended_at",
    seconds=_WAIT_SECONDS,
    where=Q(metric=FIRST, counts=True),
    none=_("No first answer in this period."),
)
NEXT_RESPONSE = Measure(
    key="next_response",
    label=_("Next responses"),
    means=_(
        "Every further wait: from the oldest message that nobody had answered to the reply that answered it. What was "
        "closed without a word is not in it."
    ),
    cases_are=_("Answers"),
    dated_by=_("by the day of the answer"),
    model=WaitInterval,
    start="started_at",
    end="ended_at",
    seconds=_WAIT_SECONDS,
    where=Q(metric=NEXT, counts=True),
    none=_("No further answer in this period."),
)
RESOLUTION = Measure(
    key="resolution",
    label=_("Minutes per resolution"),
    means=_(
        "From the first contact to the effective resolution of tickets that a person answered and that are solved now. "
        "A reopening only to say thanks does not move it; what was closed by itself counts as solved when it began to "
        "wait for the customer."
    ),
    cases_are=_("Resolved tickets"),
    dated_by=_("by the day of the resolution"),
    model=TicketFact,
    start="opened_at",
    end="effective_resolved_at",
    seconds={"calendar": "effective_resolution_s", "business": "effective_resolution_business_s"},
    where=Q(counts_for_mpr=True),
    has_live=False,
    none=_("Nothing was resolved in this period."),
)
HANDLING = Measure(
    key="handling",
    label=_("Handling time"),
    means=_(
        "What people spent on a resolved ticket: calls with hold and wrap-up, and minutes logged by hand. Tickets "
        "without recorded time are not in it."
    ),
    cases_are=_("Resolved tickets with recorded time"),
    dated_by=_("by the day of the resolution"),
    model=TicketFact,
    start="opened_at",
    end="effective_resolved_at",
    seconds={"calendar": "handle_s", "business": "handle_s"},
    where=Q(counts_for_mpr=True, handle_s__gt=0),
    has_live=False,
    none=_("No time was recorded on the tickets resolved in this period."),
)
EFFORT = Measure(
    key="effort",
    label=_("Effort per resolution"),
    means=_(
        "All minutes of handling in the period, also those on tickets that are not solved, divided by the resolutions "
        "of the period."
    ),
    cases_are=_("Sessions of work"),
    dated_by=_("by the day of the work"),
    model=HandleSession,
    start="started_at",
    end="started_at",
    seconds={"calendar": "seconds", "business": "seconds"},
    where=Q(),
    has_visibility=False,
    has_live=False,
    none=_("No time was recorded in this period."),
)
MEASURES = {measure.key: measure for measure in (FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION, HANDLING, EFFORT)}
