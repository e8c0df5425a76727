"""The form of a calendar: opening hours as text, holidays from a country or a file."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from metrics import hours_text
from metrics.holiday_dates import NoHolidays, countries, of_country, of_file
from metrics.models import Calendar
from metrics.opening_hours import DAYS, BadHours, parse
from metrics.policies import BUSINESS
from metrics.policy_data import clocks_of
from metrics.queries.policy_words import current_versions

DAY_NAMES = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}


class CalendarForm(forms.Form):
    """`hours` is the data of the new version once it is valid."""

    name = forms.CharField(label=_("Name"), max_length=100)
    tz = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [(zone, zone) for zone in sorted(available_timezones())]
    )
    valid_from = forms.DateTimeField(
        label=_("New hours hold from"),
        required=False,
        help_text=_("Empty: from now on. What was measured before stays."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, calendar: Calendar | None = None, **kwargs: Any) -> None:
        self.fields: Any
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        self.hours: dict[str, Any] = {}
        for day in DAYS:
            self.fields[day] = forms.CharField(label=DAY_NAMES[day], required=False, max_length=200)
        self.fields["sun"].help_text = _(
            "As 9:00-12:30, 13:00-18:00. Empty: closed. 22:00-06:00 ends on the next day, 00:00-24:00 is the whole day."
        )
        for name, label, help_text in (
            ("holidays", _("Holidays"), _("One day a line: 2026-12-25. Closed all day.")),
            ("closures", _("Closures"), _("One a line: 2026-12-24 12:00 to 2026-12-25 00:00")),
            ("extra", _("Extra openings"), _("One a line, also on holidays: 2026-12-27 10:00 to 2026-12-27 16:00")),
        ):
            area = forms.Textarea(attrs={"rows": 5, "spellcheck": "false"})
            self.fields[name] = forms.CharField(
                label=label, help_text=help_text, required=False, widget=area, max_length=60_000
            )
        if calendar is None:
            del self.fields["valid_from"]
        self.order_fields(["name", "tz", *DAYS, "holidays", "closures", "extra", "valid_from"])

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        others = Calendar.objects.filter(name=name).exclude(pk=self.calendar.pk if self.calendar else 0)
        if others.exists():
            raise ValidationError(_("There is another calendar of this name."))
        return name

    def clean_valid_from(self) -> Any:
        when = self.cleaned_data["valid_from"]
        if when and when < timezone.now():
            raise ValidationError(_("The past was measured already. Choose a time to come, or leave it empty."))
        return when

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.hours = {"tz": given.get("tz"), "weekly": {}}
        for day in DAYS:
            self.hours["weekly"][day] = self._read(day, hours_text.shifts)
        for name, reader in (
            ("holidays", hours_text.dates),
            ("closures", hours_text.windows),
            ("extra", hours_text.windows),
        ):
            self.hours[name] = self._read(name, reader)
        if not self.errors:
            try:
                if parse(self.hours).never_open and (policy := self._policy_on_it()):
                    raise ValidationError(
                        _("“%(policy)s” counts on this calendar: it must be open at some time.") % {"policy": policy}
                    )
            except BadHours as error:
                self.add_error(error.field.removeprefix("weekly."), error.text)
        return given

    def _policy_on_it(self) -> str:
        """A policy with a target in the business hours of this calendar."""
        for version in current_versions():
            if version.calendar == self.calendar and BUSINESS in clocks_of(version.targets, version.clock):
                return version.policy.name
        return ""

    def _read(self, name: str, reader: Any) -> Any:
        try:
            return reader(self.cleaned_data.get(name) or "")
        except hours_text.Unreadable as error:
            self.add_error(name, str(error))
            return []


class HolidaysForm(forms.Form):
    """Adds to the list of holidays, before the calendar is saved."""

    country = forms.ChoiceField(label=_("Public holidays of"), required=False)
    subdivision = forms.CharField(
        label=_("Region"), required=False, max_length=10, help_text=_("Its code, for example BY. Empty: nationwide.")
    )
    file = forms.FileField(label=_("Or from an iCal file"), required=False, help_text=_("Ends in .ics, up to 1 MB."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.fields: Any
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Choose a country")), *countries()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        year = timezone.localdate().year
        self.days = set()
        try:
            if given.get("country"):
                self.days |= of_country(given["country"], given.get("subdivision", ""), year)
            if given.get("file"):
                self.days |= of_file(given["file"].read(), year)
        except NoHolidays as error:
            raise ValidationError(str(error)) from None
        if not self.days and not self.errors:
            raise ValidationError(_("Choose a country or a file first."))
        return given
