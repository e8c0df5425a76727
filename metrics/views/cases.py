"""The tickets behind a number: the same query as the number's own, as a page and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import xlsxwriter
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.permissions import SignedInRequest, requires
from metrics.forms import NARROWING, ScopeForm
from metrics.pages.registry import PAGES
from metrics.queries import figures
from metrics.views.filterbar import Address, filter_context
from tickets.queries import UNSHOWN, channels

PAGE_SIZE = 50
# A workbook is made in one piece; the CSV has no end.
MOST_ROWS = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        "back": _back(form, address),
    }
    return render(request, "metrics/cases.html", context)


@require_GET
@requires("metrics.view")
def cases_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """The whole list, in the same order. Durations in seconds, times in UTC."""
    form = ScopeForm(request.GET, request.user)
    rows = _csv_rows(form, request.build_absolute_uri("/"))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(form)}.csv"'
    return response


def _back(form: ScopeForm, address: Address) -> str:
    """The page of which the number was, with its filters."""
    page = PAGES.get(form.value("page_of") or "")
    query = address.with_only({}, drop=("measure", "live", "page_of", *NARROWING))
    return (reverse("metrics-page", args=[page.key]) if page else reverse("metrics")) + query


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
    for row in _rows(form, site):
        yield writer.writerow([f"'{cell}" if _is_formula(cell) else cell for cell in row])


def _rows(form: ScopeForm, site: str, most: int | None = None) -> Iterator[list[Any]]:
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
    for row in found[:most].iterator(2000):
        yield [*map(_cell, row), site.rstrip("/") + reverse("ticket", args=[row[0]])]


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return round(value) if isinstance(value, float) else value


def _is_formula(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_FORMULA)


@require_GET
@requires("metrics.view")
def cases_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same list as a workbook, up to as many rows as it is made for."""
    form = ScopeForm(request.GET, request.user)
    buffer = io.BytesIO()
    # Texts stay texts: no formulas, no links, whatever a customer wrote.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, {"constant_memory": True, **plain}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        for number, row in enumerate(_rows(form, request.build_absolute_uri("/"), MOST_ROWS), 1):
            sheet.write_row(number, 0, ["" if cell is None else cell for cell in row])
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{_file_name(form)}.xlsx"'
    return response


def _file_name(form: ScopeForm) -> str:
    scope = form.scope()
    return f"{form.chosen_measure.key}-{scope.start.date()}-{scope.end.date()}"
