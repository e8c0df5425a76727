"""The customer's page: who this is on each network, all their tickets, and our note."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.customers import MOST_TICKETS, identities_of, tickets_of, visible_customers
from tickets.forms.customer import NoteForm
from tickets.services.customers import set_mark, set_note
from tickets.services.errors import Refused
from tickets.states import UNSOLVED


@require_GET
@requires("tickets.work")
def page(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(visible_customers(request.user), pk=pk)
    theirs = tickets_of(customer, request.user)
    tickets = list(theirs[:MOST_TICKETS])
    identities = identities_of(customer)
    context = {
        "customer": customer,
        "identities": identities,
        "tickets": tickets,
        "total": theirs.count() if len(tickets) == MOST_TICKETS else len(tickets),
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
