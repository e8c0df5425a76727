"""The managers' pages, all by one view; and the wallboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import SignedInRequest, requires
from metrics.forms import STATS, ScopeForm
from metrics.pages.parts import Context, Page
from metrics.pages.registry import PAGES
from metrics.panels import panel
from metrics.queries.measure import Measure
from metrics.views.filterbar import Address, filter_context

WALLBOARD_SECONDS = 30


@require_GET
@requires("metrics.view")
def page(request: SignedInRequest, key: str) -> HttpResponse:
    """`GET /metrics/sla/?days=28&clock=business&channel=1`"""
    chosen = PAGES.get(key)
    if chosen is None:
        raise Http404
    form, address = ScopeForm(request.GET, request.user), Address(request.GET)
    context = Context(form.scope(), form.stat_name, link_to_cases(address, chosen))
    content = chosen.make(context)
    drawn = [
        panel(measure, context.scope, context.channel_names, context.stat, narrow(address, chosen))
        for measure in content.panels
    ]
    shown = filter_context(form, address, context.channel_names) | {
        "page": chosen,
        "content": content,
        "panels": drawn,
        "stats": [(name, label, address.with_only({"stat": name})) for name, label in STATS.items()] if drawn else [],
    }
    return render(request, "metrics/page.html", shown)


@require_GET
@requires("metrics.view")
def wallboard(request: SignedInRequest) -> HttpResponse:
    """The page of now on a large screen; asks again by itself."""
    form, address = ScopeForm(request.GET, request.user), Address(request.GET)
    context = Context(form.scope(), form.stat_name, link_to_cases(address, PAGES["now"]), on_wall=True)
    shown = {"content": PAGES["now"].make(context), "now": timezone.now()}
    response = render(request, "metrics/wallboard.html", shown)
    response["Refresh"] = str(WALLBOARD_SECONDS)
    return response


def narrow(address: Address, page: Page) -> Callable[[dict[str, Any]], str]:
    to_cases = reverse("metrics-tickets")
    return lambda narrowed: to_cases + address.with_only(narrowed | {"page_of": page.key})


def link_to_cases(address: Address, page: Page) -> Callable[..., str]:
    narrowed_link = narrow(address, page)

    def link(measure: Measure, **narrowed: Any) -> str:
        return narrowed_link({"measure": measure.key} | narrowed)

    return link
