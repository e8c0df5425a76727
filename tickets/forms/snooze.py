"""Until when a ticket is put off."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

LATER = timedelta(hours=3)
# Where the calendar is open before, or around the clock, mornings begin here.
MORNING = time(8)

Times = list[tuple[str, str | Promise, datetime]]
# For a bar that waits to be used on many tickets: when exactly they are back is worked out when it is.
NAMES = [
    ("later", _("In 3 hours"), None),
    ("tomorrow", _("Next working morning"), None),
    ("week", _("Next week"), None),
]


def offers() -> Times:
    """(key, words, instant) in the reader's zone; working mornings as the calendar has them."""
    now = timezone.localtime()
    tomorrow, monday = now + timedelta(days=1), now + timedelta(days=7 - now.weekday())
    morning, week = _mornings(tomorrow, monday)
    is_tomorrow = timezone.localtime(morning).date() == tomorrow.date()
    return [
        ("later", _("Later today") if (now + LATER).date() == now.date() else _("In 3 hours"), now + LATER),
        ("tomorrow", _("Tomorrow morning") if is_tomorrow else _("Next working morning"), morning),
        ("week", _("Next week"), week),
    ]


def _mornings(*days: datetime) -> list[datetime]:
    """When work begins on these days, or on the first ones after them on which it does."""
    next_openings: Callable[[list[datetime]], list[datetime | None]] = import_string(settings.NEXT_OPENINGS)
    begins = [timezone.make_aware(datetime.combine(day.date(), MORNING)) for day in days]
    return [opening or early for opening, early in zip(next_openings(begins), begins, strict=True)]


class SnoozeForm(forms.Form):
    """`until` is "later", "tomorrow", "week", "now" (back at once) or "custom" with `at`, local time.

    `cleaned_data` is {"until": the instant, or None for now}.
    """

    until = forms.ChoiceField(choices=[(key, key) for key in ("later", "tomorrow", "week", "custom", "now")])
    at = forms.DateTimeField(
        required=False, error_messages={"invalid": _("Write the day and time, such as 2026-11-24 09:00.")}
    )

    def clean(self) -> dict[str, Any]:
        chosen, at = self.cleaned_data.get("until"), self.cleaned_data.get("at")
        if chosen == "custom":
            if at is None and "at" not in self.errors:
                self.add_error("at", _("Choose the day and time first."))
            return {"until": at}
        return {"until": {key: instant for key, _words, instant in offers()}.get(chosen or "")}
