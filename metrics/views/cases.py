"""The tickets behind a number: the same query as the number's own, as a page and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.permissions import SignedInRequest, requires
from metrics.forms import ScopeForm
from metrics.queries import figures
from metrics.views.filterbar import Address, filter_context
from tickets.queries import UNSHOWN, channels

PAGE_SIZE = 50
COLUMNS = ("ticket", "subject", "customer", "channel", "status", "began", "ended", "calendar_s", "business_s", "url")
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_GET
@requires("metrics.view")
def cases(request: SignedInRequest) -> HttpResponse:
    """`GET /metrics/tickets/?measure=first_response&channel=1&days=28`"""
    form = ScopeForm(request.GET, request.user)
    scope, measure, address = form.scope(), form.chosen_measure, Address(request.GET)
    found = (
        _in_order(form)
        .select_related("ticket__customer", "ticket__channel", "ticket__requester", "ticket__assignee")
        .defer(*[f"ticket__{column}" for column in UNSHOWN])
    )
    page = Paginator(found, PAGE_SIZE).get_page(form.value("page"))
    names = {channel.pk: channel.name for channel in channels()}
    context = filter_context(form, address, names) | {
        "measure": measure,
        "figure": figures.overall(measure, scope),
        "page": page,
        "earlier": address.with_only({"page": page.number - 1}) if page.has_previous() else "",
        "further": address.with_only({"page": page.number + 1}) if page.has_next() else "",
        "back": reverse("metrics") + address.with_only({}, drop=("measure", "live")),
    }
    return render(request, "metrics/cases.html", context)


@require_GET
@requires("metrics.view")
def cases_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """The whole list, in the same order. Durations in seconds, times in UTC."""
    form = ScopeForm(request.GET, request.user)
    rows = _csv_rows(form, request.build_absolute_uri("/"))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    first, last = form.scope().start.date(), form.scope().end.date()
    response["Content-Disposition"] = f'attachment; filename="{form.chosen_measure.key}-{first}-{last}.csv"'
    return response


def _in_order(form: ScopeForm) -> Any:
    """Longest first."""
    scope = form.scope()
    return form.chosen_measure.cases(scope).order_by(f"-on_{scope.clock}", "-pk")


class _Line:
    """A file that gives back what is written."""

    def write(self, line: str) -> str:
        return line


def _csv_rows(form: ScopeForm, site: str) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    found = _in_order(form).values_list(
        "ticket_id",
        "ticket__subject",
        "ticket__customer__name",
        "ticket__channel__name",
        "ticket__status",
        "began",
        "ended",
        "on_calendar",
        "on_business",
    )
    for row in found.iterator(2000):
        path = reverse("ticket", args=[row[0]])
        yield writer.writerow([*map(_cell, row), site.rstrip("/") + path])


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
