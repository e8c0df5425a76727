"""One kind of case, in words and as a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, Func, Model, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metrics.queries.scope import Scope


class Epoch(Func):
    """Seconds of an interval."""

    template = "EXTRACT(epoch FROM %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, eq=False)
class Measure:
    """`start`, `end` and `seconds` (by clock) name its columns; a case falls on the day of its `dated` column, which is
    `end` unless another is named. Without `seconds` its length is its age: it has not ended, and no period cuts it.

    `by`: which filters narrow it, and along which way: {"agent": "author"}.
    """

    key: str
    label: str | Promise
    means: str | Promise
    cases_are: str | Promise
    dated_by: str | Promise
    model: type[Model]
    start: str
    end: str
    seconds: Mapping[str, str] | None
    where: Q
    dated: Any = None
    by: Mapping[str, str] = field(default_factory=dict)
    has_visibility: bool = True
    # Calls that were answered live are apart: seconds of ringing say nothing about replies.
    has_live: bool = True
    none: str | Promise = field(default=_("Nothing in this period."))

    @property
    def is_open(self) -> bool:
        return self.seconds is None

    def cases(self, scope: Scope) -> QuerySet[Any]:
        """The cases of a scope, with `began`, `ended`, `on_calendar` and `on_business` under one name for all."""
        chosen = self.where & scope.q()
        if scope.visibility and self.has_visibility:
            chosen &= Q(visibility__in=[scope.visibility, "mixed"])
        if scope.live is not None and self.has_live:
            chosen &= Q(live=scope.live)
        for name, value in scope.narrowed:
            if name in self.by:
                chosen &= Q(**{self.by[name]: value})
        found = self.model._default_manager.alias(dated=self.dated or F(self.end))
        if not self.is_open:
            chosen &= Q(dated__gte=scope.start, dated__lt=scope.end)
        found = found.filter(chosen)
        moment = self.start if self.is_open else "dated"
        if scope.weekday is not None:
            found = found.alias(weekday=ExtractIsoWeekDay(moment, tzinfo=scope.zone)).filter(weekday=scope.weekday)
        if scope.hour is not None:
            found = found.alias(hour=ExtractHour(moment, tzinfo=scope.zone)).filter(hour=scope.hour)
        return found.annotate(
            began=F(self.start),
            ended=F(self.end),
            on_calendar=self._seconds("calendar"),
            on_business=self._seconds("business"),
        )

    def _seconds(self, clock: str) -> Any:
        if self.seconds is not None:
            return F(self.seconds[clock])
        return Epoch(ExpressionWrapper(Now() - F(self.start), output_field=FloatField()))
