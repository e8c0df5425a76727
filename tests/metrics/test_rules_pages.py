"""Policies and calendars, changed by people."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from metrics.models import Calendar, SlaInstance, SlaPolicy
from metrics.queries.policy_words import current_versions
from metrics.services import rules
from metrics.services.folding import fold_tickets
from tests import factories as make
from tests.metrics.recorded import opened
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
THIS_YEAR = timezone.localdate().year


def policy_fields(**changed):
    calendar = Calendar.objects.get(is_default=True)
    return {"name": "Press", "enabled": "on", "calendar": calendar.pk, "clock": "calendar"} | changed


def calendar_fields(**changed):
    return {"name": "Vienna", "tz": "Europe/Vienna", "mon": "9:00-12:30, 13:00-18:00", "fri": "22:00-06:00"} | changed


@pytest.mark.parametrize("name", ["policies", "new-policy", "calendars", "new-calendar"])
def test_admins_only(name, as_, admin, manager):
    assert as_(manager).get(reverse(name)).status_code == 403
    answer = as_(admin).get(reverse(name))
    assert answer.status_code == 200
    assert b" style=" not in answer.content


# ---- policies ----


def test_a_new_policy_holds_once_it_is_first_in_order(as_, admin):
    channel = make.channel()
    browser = as_(admin)
    fields = policy_fields(channel=[channel.pk], **{"first_response.normal": "10", "first_response.urgent": "2.5"})
    assert browser.post(reverse("new-policy"), fields).status_code == 302
    made = SlaPolicy.objects.get(name="Press")
    assert made.versions.get().targets == {"first_response": {"normal": 10, "urgent": 2.5}}
    assert made.versions.get().conditions == {"channel": [channel.pk]}
    last = opened(timezone.now() - timedelta(minutes=1), channel=channel)
    while current_versions()[0].policy_id != made.pk:
        browser.post(reverse("move-policy", args=[made.pk]))
    first = opened(timezone.now() + timedelta(minutes=1), channel=channel)
    fold_tickets([last.pk, first.pk])
    targets = SlaInstance.objects.filter(metric="first_response").values_list("ticket", "target_s")
    assert dict(targets) == {last.pk: 3600, first.pk: 600}


def test_a_clock_that_runs_keeps_its_version(as_, admin):
    social = SlaPolicy.objects.get(name="Social networks")
    ticket = opened(timezone.now() - timedelta(seconds=1))
    page = reverse("policy", args=[social.pk])
    fields = policy_fields(name=social.name, capability="has_followers", **{"first_response.normal": "5"})
    assert as_(admin).post(page, fields).status_code == 302
    later = opened(timezone.now() + timedelta(minutes=1))
    fold_tickets([ticket.pk, later.pk])
    targets = SlaInstance.objects.filter(metric="first_response").values_list("ticket", "target_s")
    assert dict(targets) == {ticket.pk: 3600, later.pk: 300}
    assert as_(admin).get(page).content.count(b"Since") == 2


def test_saving_what_did_not_change_makes_no_version(as_, admin):
    email = SlaPolicy.objects.get(name="Email")
    page = as_(admin).get(reverse("policy", args=[email.pk]))
    form = page.context["form"]
    fields = {field.html_name: field.value() for field in form if field.value() not in (None, "", [])}
    assert as_(admin).post(reverse("policy", args=[email.pk]), fields).status_code == 302
    assert email.versions.count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "a policy without targets promises nothing"),
        ({"first_response.normal": "-5"}, "greater than or equal to 0.1"),
        ({"first_response.normal": "soon"}, "Enter a number"),
        ({"first_response.normal": "5", "customer": "1, two"}, "Write numbers with commas between"),
        ({"first_response.normal": "5", "customer": "999999"}, "There is no customer 999999."),
        ({"first_response.normal": "5", "name": "Email"}, "another policy of this name"),
    ],
)
def test_a_bad_policy_is_refused_with_words(changed, words, as_, admin):
    answer = as_(admin).post(reverse("new-policy"), policy_fields(**changed))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not SlaPolicy.objects.filter(name="Press").exists()


def test_a_calendar_that_is_never_open_cannot_be_chosen(as_, admin):
    never = rules.save_calendar(None, "Never", {"tz": "UTC"}, None)
    fields = policy_fields(calendar=never.pk, clock="business", **{"resolution.normal": "60"})
    assert "This calendar is never open" in as_(admin).post(reverse("new-policy"), fields).content.decode()
    assert as_(admin).post(reverse("new-policy"), fields | {"resolution.clock": "calendar"}).status_code == 302


def test_a_policy_by_tag_and_priority_and_customer():
    tag = make.ticket().tags.create(name="press")
    calendar = Calendar.objects.get(is_default=True)
    version = {
        "enabled": True,
        "calendar": calendar,
        "clock": "calendar",
        "conditions": {"tag": [tag.pk, 0], "priority": ["normal"]},
        "targets": {"first_response": {"normal": 1}},
    }
    made = rules.save_policy(None, "Press", version)
    for _ in range(10):
        rules.move_up(made)
    assert [version.position for version in current_versions()] == [1, 2, 3, 4, 5]
    assert current_versions()[0].policy == made


# ---- calendars ----


def test_a_calendar_is_typed_as_people_say_it(as_, admin):
    fields = calendar_fields(
        holidays="2026-12-25 Christmas\n2026-10-26", closures="2026-12-24 12:00 to 2026-12-25 00:00"
    )
    assert as_(admin).post(reverse("new-calendar"), fields | {"default": "1"}).status_code == 302
    made = Calendar.objects.get(name="Vienna")
    data = made.versions.get().data
    assert data["weekly"]["mon"] == [["09:00", "12:30"], ["13:00", "18:00"]]
    assert data["weekly"]["fri"] == [["22:00", "06:00"]]
    assert data["holidays"] == ["2026-10-26", "2026-12-25"]
    assert data["closures"] == [{"from": "2026-12-24T12:00", "to": "2026-12-25T00:00"}]
    assert Calendar.objects.get(is_default=True) == made


def test_a_change_is_a_new_version_and_open_tickets_are_measured_again(as_, admin):
    made = rules.save_calendar(None, "Vienna", {"tz": "Europe/Vienna"}, None)
    ticket = make.ticket()
    Ticket.objects.update(needs_fold=False)
    page = reverse("calendar", args=[made.pk])
    later = (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    assert as_(admin).post(page, calendar_fields(valid_from=later)).status_code == 302
    assert made.versions.count() == 2
    assert Ticket.objects.get(pk=ticket.pk).needs_fold
    assert as_(admin).post(page, calendar_fields(name="Wien")).status_code == 302
    assert (made.versions.count(), Calendar.objects.get(pk=made.pk).name) == (2, "Wien")
    # What was to come is replaced.
    assert as_(admin).post(page, calendar_fields(mon="", valid_from=later)).status_code == 302
    assert made.versions.count() == 2
    assert made.versions.latest("pk").data["weekly"]["mon"] == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"mon": "9-5"}, "“9-5” is no shift"),
        ({"tue": "09:00-25:00"}, "must be shifts"),
        ({"holidays": "Christmas"}, "must be dates such as"),
        ({"extra": "tomorrow"}, "“tomorrow” is no time"),
        ({"closures": "2026-12-25 00:00 to 2026-12-24 12:00"}, "“from” before “to”"),
        ({"tz": "Mars/Olympus"}, "Select a valid choice"),
        ({"name": "Office hours"}, "another calendar of this name"),
    ],
)
def test_a_bad_calendar_is_refused_with_words(changed, words, as_, admin):
    answer = as_(admin).post(reverse("new-calendar"), calendar_fields(**changed))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert Calendar.objects.count() == 1


def test_the_past_cannot_be_changed(as_, admin):
    made = rules.save_calendar(None, "Vienna", {"tz": "Europe/Vienna"}, None)
    answer = as_(admin).post(reverse("calendar", args=[made.pk]), calendar_fields(valid_from="2020-01-01T00:00"))
    assert "The past was measured already" in answer.content.decode()


def test_a_calendar_on_which_policies_count_stays_open_at_some_time(as_, admin):
    office = Calendar.objects.get(is_default=True)
    fields = {"name": office.name, "tz": "Europe/London"}
    answer = as_(admin).post(reverse("calendar", args=[office.pk]), fields)
    assert "“Calls” counts on this calendar" in answer.content.decode()
    assert office.versions.count() == 1


def added(as_, admin, **fields) -> str:
    answer = as_(admin).post(reverse("new-calendar"), calendar_fields(add="1", **fields))
    assert answer.status_code == 200
    assert Calendar.objects.count() == 1
    return answer.content.decode()


def test_holidays_of_a_country_are_added_to_the_list(as_, admin):
    html = added(as_, admin, country="AT", holidays="2026-01-02")
    assert "2026-01-02" in html
    assert f"{THIS_YEAR}-10-26" in html and f"{THIS_YEAR + 4}-12-25" in html
    assert 'value="9:00-12:30, 13:00-18:00"' in html


def ics(*lines: str) -> SimpleUploadedFile:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", "BEGIN:VEVENT", "UID:1", *lines])
    return SimpleUploadedFile("days.ics", f"{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode())


def test_holidays_from_a_file(as_, admin):
    html = added(as_, admin, file=ics("DTSTART;VALUE=DATE:20000506", "RRULE:FREQ=YEARLY"))
    assert all(f"{THIS_YEAR + n}-05-06" in html for n in range(5))
    several = ics(f"DTSTART;VALUE=DATE:{THIS_YEAR}0720", f"DTEND;VALUE=DATE:{THIS_YEAR}0723")
    html = added(as_, admin, file=several)
    assert date(THIS_YEAR, 7, 22).isoformat() in html and date(THIS_YEAR, 7, 23).isoformat() not in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose a country or a file first"),
        ({"country": "AT", "subdivision": "XX"}, "“XX” is unknown there"),
        ({"file": SimpleUploadedFile("x.ics", b"hello")}, "The file is no iCal calendar"),
        ({"file": ics("DTSTART:20260101T000000Z", "RRULE:FREQ=SECONDLY")}, "repeats within a day"),
        ({"file": ics("SUMMARY:no date")}, "has no date that can be read"),
        ({"file": ics("DTSTART;VALUE=DATE:19990101")}, "The file has no day from"),
    ],
)
def test_a_bad_source_of_holidays_is_refused_with_words(fields, words, as_, admin):
    for upload in fields.values():
        if hasattr(upload, "seek"):
            upload.seek(0)
    assert words in added(as_, admin, **fields)
