"""Search: a page of tickets with the lines that match, and the palette that opens over any page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import SignedInRequest, requires
from tickets.models import SavedView
from tickets.queries import VIEWS, View
from tickets.search import Hit, find, find_customers
from tickets.search_terms import LONGEST, BadSearch, read

IN_PALETTE = 6


@require_GET
@requires("tickets.work")
def search(request: SignedInRequest) -> HttpResponse:
    """`?q=`; without it the page is the form."""
    text, hits, error = request.GET.get("q", "")[:LONGEST], [], ""
    try:
        hits = find(request.user, text)
    except BadSearch as problem:
        error = problem.args[0]
    context = {"q": text, "hits": _as_rows(hits), "error": error}
    return render(request, "tickets/search.html", context, status=422 if error else 200)


@require_GET
@requires("tickets.work")
def palette(request: SignedInRequest) -> HttpResponse:
    """The palette's list for what was typed so far: views, tickets, customers."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    wanted = text.lower()
    views: list[View | SavedView] = [*VIEWS.values(), *SavedView.objects.usable_by(request.user)]
    context: dict[str, object] = {
        "q": text,
        "views": [view for view in views if wanted in str(view.label).lower()][:IN_PALETTE],
        "offers_new": wanted in _("New ticket").lower(),
        "hits": [],
        "customers": [],
    }
    try:
        if text and read(text):
            context["hits"] = find(request.user, text, IN_PALETTE)
            context["customers"] = list(find_customers(request.user, text, IN_PALETTE))
    except BadSearch as problem:
        context["error"] = problem.args[0]
    return render(request, "tickets/partials/palette_list.html", context)


def _as_rows(hits: list[Hit]) -> list[object]:
    """Tickets as the queue's rows show them, with the matching line for a preview."""
    for hit in hits:
        hit.ticket.snippet = hit.line
    return [hit.ticket for hit in hits]
