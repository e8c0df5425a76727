"""Office hours and promises to begin with; an admin changes them later."""

from django.conf import settings
from django.db import migrations

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
DAY = 9 * 60  # minutes of one working day of the calendar below

MISSED_CALL = {"live_minutes": 20 / 60, "callback": {"clock": "business", "normal": 120}}
SOCIAL = {
    "first_response": {"normal": 60, "urgent": 15},
    "next_response": {"normal": 60},
    "resolution": {"normal": 24 * 60},
}
MAIL = {
    "first_response": {"normal": 240, "high": 120, "urgent": 30},
    "next_response": {"normal": 480},
    "resolution": {"normal": 3 * DAY},
}


def add_defaults(apps, schema_editor):
    Calendar = apps.get_model("metrics", "Calendar")
    office = Calendar.objects.create(name="Office hours", is_default=True)
    hours = {"tz": settings.TIME_ZONE, "weekly": {day: [["09:00", "18:00"]] for day in WEEKDAYS}}
    office.versions.create(data=hours)

    complaint, _ = apps.get_model("tickets", "Tag").objects.get_or_create(name="complaint")
    complaints = SOCIAL | {"first_response": {"normal": 30, "urgent": 15}}
    social = {"capability": "has_followers"}
    policies = [
        (
            "Calls",
            {"capability": "logs_calls"},
            "business",
            {"first_response": MISSED_CALL, "next_response": MISSED_CALL},
        ),
        ("Email", {"capability": "has_subject"}, "business", MAIL),
        ("Complaints on social networks", social | {"tag": complaint.pk}, "calendar", complaints),
        ("Social networks", social, "calendar", SOCIAL),
    ]
    SlaPolicy = apps.get_model("metrics", "SlaPolicy")
    for position, (name, conditions, clock, targets) in enumerate(policies, 1):
        SlaPolicy.objects.create(name=name).versions.create(
            position=position, conditions=conditions, calendar=office, clock=clock, targets=targets
        )


class Migration(migrations.Migration):
    dependencies = [
        ("metrics", "0001_initial"),
        ("tickets", "0002_append_only_events"),
    ]

    operations = [migrations.RunPython(add_defaults, migrations.RunPython.noop)]
