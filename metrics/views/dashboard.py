"""The managers' page: how fast we answer and resolve, per channel and over time."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.permissions import SignedInRequest, requires
from metrics.forms import STATS, ScopeForm
from metrics.panels import panel
from metrics.queries import figures
from metrics.queries.measures import EFFORT, FIRST_RESPONSE, HANDLING, NEXT_RESPONSE, RESOLUTION
from metrics.views.filterbar import Address, filter_context
from tickets.queries import channels

PANELS = (FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION, HANDLING)


@require_GET
@requires("metrics.view")
def dashboard(request: SignedInRequest) -> HttpResponse:
    """`GET /metrics/?days=28&clock=business&channel=1&stat=p90`"""
    form = ScopeForm(request.GET, request.user)
    scope, address = form.scope(), Address(request.GET)
    names = {channel.pk: channel.name for channel in channels()}
    to_cases = reverse("metrics-tickets")

    def link(narrowed: dict[str, Any]) -> str:
        return to_cases + address.with_only(narrowed)

    panels = [panel(measure, scope, names, form.stat_name, link) for measure in PANELS]
    effort = figures.overall(EFFORT, scope)
    resolved = panels[PANELS.index(RESOLUTION)].total.n
    context = filter_context(form, address, names) | {
        "stats": [(name, label, address.with_only({"stat": name})) for name, label in STATS.items()],
        "panels": panels,
        "effort": effort,
        "effort_measure": EFFORT,
        "effort_href": link({"measure": EFFORT.key}),
        "resolved": resolved,
        "effort_per_resolution": effort.total / resolved if resolved and effort.total else None,
    }
    return render(request, "metrics/dashboard.html", context)
