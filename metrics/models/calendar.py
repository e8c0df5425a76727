"""Business hours. A change makes a new version, so that the past stays measured as it was."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from metrics.opening_hours import BadHours, parse


def check_hours(data: object) -> None:
    try:
        parse(data)  # type: ignore[arg-type]
    except BadHours as error:
        raise ValidationError(str(error)) from None


class Calendar(models.Model):
    name = models.CharField(max_length=100, unique=True)
    # Measures business time where no policy names a calendar.
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="calendar_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """Never changed. `valid_from` empty: since ever. `data`: see `metrics.opening_hours.parse`."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    valid_from = models.DateTimeField(null=True, blank=True)
    data = models.JSONField(validators=[check_hours])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["calendar", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "valid_from"], nulls_distinct=False, name="calendar_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} since {self.valid_from}"
