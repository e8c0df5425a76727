"""The customer's page: who this is on each network, all their tickets, and our note."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.customers import (
    MOST_TICKETS,
    current,
    identities_of,
    named,
    suggestions,
    tickets_of,
    visible_customers,
)
from tickets.forms.customer import MergeForm, NoteForm
from tickets.services import customer_merging
from tickets.services.customers import set_mark, set_note
from tickets.services.errors import Refused
from tickets.states import UNSOLVED


@require_GET
@requires("tickets.work")
def page(request: SignedInRequest, pk: int) -> HttpResponse:
    now = current(pk)
    customer = get_object_or_404(visible_customers(request.user), pk=now)
    if now != pk:
        return redirect("customer", pk=now)
    theirs = tickets_of(customer, request.user)
    tickets = list(theirs[:MOST_TICKETS])
    identities = identities_of(customer)
    context = {
        "customer": customer,
        "identities": identities,
        "tickets": tickets,
        "total": theirs.count() if len(tickets) == MOST_TICKETS else len(tickets),
        "merged": customer.merged_from.all(),
        "unsolved": sum(ticket.status in UNSOLVED for ticket in tickets),
        "last_heard": max((ticket.last_message_at for ticket in tickets if ticket.last_message_at), default=None),
        "reach": sum(known.identity.followers or 0 for known in identities),
    }
    return render(request, "tickets/customer.html", context)


@require_http_methods(["GET", "POST"])
@requires("tickets.work")
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(visible_customers(request.user), pk=pk)
    form = NoteForm(request.POST or None, initial={"note": customer.note})
    if request.method == "POST" and form.is_valid():
        set_note(customer, form.cleaned_data["note"])
        messages.success(request, _("The note is saved."))
        return redirect("customer", pk=customer.pk)
    return render(request, "tickets/customer_note.html", {"customer": customer, "form": form})


@require_POST
@requires("tickets.work")
def mark(request: SignedInRequest, pk: int) -> HttpResponse:
    """`mark` names it, `on` is 1 to set it and empty to take it away."""
    customer = get_object_or_404(visible_customers(request.user), pk=pk)
    try:
        set_mark(customer, request.POST.get("mark", ""), bool(request.POST.get("on")), request.user)
    except Refused as refusal:
        messages.error(request, refusal.text)
    return redirect("customer", pk=customer.pk)


@require_http_methods(["GET", "POST"])
@requires("tickets.work")
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose who is the same person (`q` searches), see what would move (`source`), and confirm."""
    seen = visible_customers(request.user)
    customer = get_object_or_404(seen, pk=pk)
    others = seen.exclude(pk=pk)
    form = MergeForm(request.POST or request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    source = get_object_or_404(others, pk=chosen["source"]) if chosen.get("source") else None
    if request.method == "POST" and source:
        try:
            customer_merging.merge(source.pk, pk, request.user)
            messages.success(request, _("%(name)s is merged in.") % {"name": source})
        except Refused as refusal:
            messages.error(request, refusal.text)
        return redirect("customer", pk=pk)
    found = named(others, chosen["q"]).order_by("name", "pk")[:20] if chosen.get("q") else []
    context = {
        "customer": customer,
        "form": form,
        "source": source,
        "identities": identities_of(source) if source else [],
        "tickets": tickets_of(source, request.user).count() if source else 0,
        "found": found,
        "suggestions": suggestions(customer, request.user),
    }
    return render(request, "tickets/customer_merge.html", context)


@require_POST
@requires("tickets.work")
def unmerge(request: SignedInRequest, pk: int) -> HttpResponse:
    """`source` was merged into this customer."""
    customer = get_object_or_404(visible_customers(request.user), pk=pk)
    form = MergeForm(request.POST)
    source = form.cleaned_data.get("source") if form.is_valid() else None
    merged = get_object_or_404(customer.merged_from, pk=source)
    try:
        customer_merging.unmerge(merged.pk, request.user)
        messages.success(request, _("%(name)s is a customer of their own again.") % {"name": merged})
    except Refused as refusal:
        messages.error(request, refusal.text)
    return redirect("customer", pk=pk)
