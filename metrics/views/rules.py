"""Pages of calendars and policies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from metrics import hours_text
from metrics.calendar_form import CalendarForm, HolidaysForm
from metrics.models import Calendar, SlaPolicy
from metrics.policy_form import PolicyForm, as_initial
from metrics.queries.policy_words import Described, current_versions, describe
from metrics.services import rules


@require_GET
@requires("promises.manage")
def policies(request: HttpRequest) -> HttpResponse:
    return render(request, "metrics/rules/policies.html", {"policies": describe(current_versions())})


@requires("promises.manage")
def new_policy(request: HttpRequest) -> HttpResponse:
    return _edit_policy(request, None, _("New policy"))


@requires("promises.manage")
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SlaPolicy, pk=pk)
    return _edit_policy(request, found, found.name)


def _edit_policy(request: HttpRequest, policy: SlaPolicy | None, title: str) -> HttpResponse:
    versions = list(policy.versions.select_related("policy", "calendar").order_by("-pk")) if policy else []
    initial = (
        as_initial(policy, versions[0]) if policy else {"calendar": Calendar.objects.filter(is_default=True).first()}
    )
    form = PolicyForm(request.POST or None, policy=policy, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        version = {name: given[name] for name in ("enabled", "calendar", "clock")}
        version |= {"conditions": form.conditions, "targets": form.targets}
        rules.save_policy(policy, given["name"], version)
        messages.success(request, _("The policy %(name)s is saved.") % {"name": given["name"]})
        return redirect("policies")
    history: list[Described] = describe(versions)
    return render(request, "metrics/rules/policy.html", {"form": form, "title": title, "history": history})


@require_POST
@requires("promises.manage")
def move_policy(request: HttpRequest, pk: int) -> HttpResponse:
    rules.move_up(get_object_or_404(SlaPolicy, pk=pk))
    return redirect("policies")


@require_GET
@requires("promises.manage")
def calendars(request: HttpRequest) -> HttpResponse:
    found = [
        (calendar, hours_text.as_text(max(calendar.versions.all(), key=lambda version: version.pk).data))
        for calendar in Calendar.objects.prefetch_related("versions")
    ]
    return render(request, "metrics/rules/calendars.html", {"calendars": found})


@requires("promises.manage")
def new_calendar(request: HttpRequest) -> HttpResponse:
    return _edit_calendar(request, None, _("New calendar"))


@requires("promises.manage")
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Calendar, pk=pk)
    return _edit_calendar(request, found, found.name)


def _edit_calendar(request: HttpRequest, calendar: Calendar | None, title: str) -> HttpResponse:
    versions = list(calendar.versions.order_by("-pk")) if calendar else []
    initial: dict[str, Any] = hours_text.as_text(versions[0].data) if calendar else {}
    holidays = HolidaysForm(request.POST or None, request.FILES or None) if "add" in request.POST else HolidaysForm()
    if "add" in request.POST:
        data = request.POST.copy()
        if holidays.is_valid():
            known = set(data.get("holidays", "").split("\n")) | {day.isoformat() for day in holidays.days}
            data["holidays"] = "\n".join(sorted(filter(None, (line.strip() for line in known))))
            holidays = HolidaysForm()
        # Shown, not saved: what else is wrong is said when it is.
        form = CalendarForm(calendar=calendar, initial=data.dict())
    else:
        form = CalendarForm(
            request.POST or None, calendar=calendar, initial=initial | ({"name": calendar.name} if calendar else {})
        )
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            saved = rules.save_calendar(calendar, given["name"], form.hours, given.get("valid_from"))
            if "default" in request.POST:
                rules.make_default(saved)
            messages.success(request, _("The calendar %(name)s is saved.") % {"name": saved.name})
            return redirect("calendars")
    context = {"form": form, "holidays": holidays, "title": title, "calendar": calendar, "versions": versions}
    return render(request, "metrics/rules/calendar.html", context)
