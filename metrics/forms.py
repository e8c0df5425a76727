"""The address of a page of measures, checked. What cannot be read is left out and named; the rest still counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from metrics.policies import METRICS
from metrics.queries.measure import Measure
from metrics.queries.measures import FIRST_RESPONSE, MEASURES
from metrics.queries.scope import BUSINESS, CALENDAR, Scope
from tickets.states import PRIORITIES

PERIODS = (7, 28, 90, 365)
DAYS = 28
LONGEST = 400
STATS = {"median": _("Median"), "p90": _("90th percentile")}
# Filters that a number's link sets besides those of the page.
NARROWING = ("agent", "policy", "promise", "priority", "turn", "older", "younger", "weekday", "hour")
# Whose turn it is, by status.
TURNS = {"ours": ("new", "open"), "customer": ("pending",), "vendor": ("on_hold",)}
_BIG = 2**31 - 1


class Numbers(forms.MultipleChoiceField):
    """Any ids, at most fifty."""

    def valid_value(self, value: str) -> bool:
        return value.isascii() and value.isdigit() and int(value) <= _BIG

    def validate(self, value: list[str]) -> None:
        if len(value) > 50:
            raise ValidationError(_("At most 50 values at once."))
        super().validate(value)

    def clean(self, value: Any) -> list[int]:
        return [int(each) for each in super().clean(value)]


class ScopeForm(forms.Form):
    """`?days=28&clock=business&channel=1&visibility=public&team=2`, or `from` and `to` as dates, both included."""

    days = forms.TypedChoiceField(choices=[(days, days) for days in PERIODS], coerce=int, required=False)
    clock = forms.ChoiceField(choices=[(CALENDAR, CALENDAR), (BUSINESS, BUSINESS)], required=False)
    channel = Numbers(required=False)
    visibility = forms.ChoiceField(choices=[("public", "public"), ("private", "private")], required=False)
    team = forms.IntegerField(min_value=1, max_value=_BIG, required=False)
    stat = forms.ChoiceField(choices=list(STATS.items()), required=False)
    measure = forms.ChoiceField(choices=[(key, key) for key in MEASURES], required=False)
    live = forms.ChoiceField(choices=[("0", "0"), ("1", "1")], required=False)
    agent = forms.IntegerField(min_value=1, max_value=_BIG, required=False)
    policy = forms.IntegerField(min_value=1, max_value=_BIG, required=False)
    promise = forms.ChoiceField(choices=[(name, name) for name in METRICS], required=False)
    priority = forms.ChoiceField(choices=[(name, name) for name in PRIORITIES], required=False)
    turn = forms.ChoiceField(choices=[(name, name) for name in TURNS], required=False)
    # Ages in hours, of what is still open.
    older = forms.IntegerField(min_value=1, max_value=100_000, required=False)
    younger = forms.IntegerField(min_value=1, max_value=100_000, required=False)
    weekday = forms.IntegerField(min_value=1, max_value=7, required=False)
    hour = forms.IntegerField(min_value=0, max_value=23, required=False)
    page_of = forms.SlugField(max_length=30, required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    def __init__(self, data: Any, user: User) -> None:
        self.fields: Any
        super().__init__(data)
        self.user = user
        # `from` is no name for a class attribute.
        self.fields["from"] = forms.DateField(required=False)
        self.fields["to"] = forms.DateField(required=False)
        self.is_valid()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("from"), given.get("to")
        if (first is None) != (last is None):
            self.add_error("from" if first is None else "to", _("Give both dates, from and to."))
        elif first and last and not first <= last <= first + timedelta(days=LONGEST):
            self.add_error("to", _("A period lasts from 1 to %(days)d days.") % {"days": LONGEST + 1})
        return given

    def value(self, name: str) -> Any:
        return self.cleaned_data.get(name) or None

    def unreadable(self) -> list[str]:
        """What was left out: "from", "clock", …"""
        return [name for name in self.fields if name in self.errors]

    @property
    def clock_name(self) -> str:
        return self.value("clock") or CALENDAR

    @property
    def stat_name(self) -> str:
        return self.value("stat") or "median"

    @property
    def chosen_measure(self) -> Measure:
        return MEASURES[self.value("measure") or FIRST_RESPONSE.key]

    @property
    def has_dates(self) -> bool:
        return bool(self.value("from") and self.value("to"))

    def scope(self) -> Scope:
        """Days are those of the organisation's zone."""
        zone = ZoneInfo(settings.TIME_ZONE)
        if self.has_dates:
            first, last = self.value("from"), self.value("to")
        else:
            last = timezone.now().astimezone(zone).date()
            first = last - timedelta(days=(self.value("days") or DAYS) - 1)
        return Scope(
            user=self.user,
            start=datetime.combine(first, time(), zone),
            end=datetime.combine(last + timedelta(days=1), time(), zone),
            zone=zone,
            clock=self.clock_name,
            channels=tuple(self.value("channel") or ()),
            visibility=self.value("visibility") or "",
            team=self.value("team"),
            narrowed=tuple(self._narrowed()),
            weekday=self.value("weekday"),
            hour=self.cleaned_data.get("hour"),
            live={"1": True, "0": False}.get(self.value("live") or ""),
        )

    def _narrowed(self) -> Iterator[tuple[str, Any]]:
        for name in ("agent", "policy", "promise", "priority"):
            if self.value(name):
                yield name, self.value(name)
        if self.value("turn"):
            yield "turn", TURNS[self.value("turn")]
        for name in ("older", "younger"):
            if self.value(name):
                yield name, timezone.now() - timedelta(hours=self.value(name))
