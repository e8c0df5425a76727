"""The page on which an agent opens a ticket."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.permissions import SignedInRequest, requires
from tickets.channels.registry import kinds
from tickets.customers import visible_customers
from tickets.forms.start import StartForm
from tickets.models import Customer
from tickets.services import start
from tickets.services.compose import ways_to_start
from tickets.services.errors import Refused

LONGEST_ID = 18


@requires("tickets.work")
def new_ticket(request: SignedInRequest) -> HttpResponse:
    """GET and POST take `?customer=` for somebody known; POST with `note` sends nothing."""
    customer = _customer(request)
    ways = ways_to_start(request.user, customer)
    form = StartForm(request.POST or None, ways=ways, initial={"address": _address(customer)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        begin = start.note_down if "note" in request.POST else start.write_first
        try:
            return redirect(begin(request.user, data["way"], data["address"], data["subject"], data["text"]))
        except Refused as refusal:
            form.add_error(None, refusal.text)
    context = {"form": form, "customer": customer, "ways": ways}
    return render(request, "tickets/start.html", context, status=422 if form.errors else 200)


def _customer(request: SignedInRequest) -> Customer | None:
    pk = request.GET.get("customer", "")
    if not pk.isdecimal() or len(pk) > LONGEST_ID:
        return None
    return visible_customers(request.user).filter(pk=pk).first()


def _address(customer: Customer | None) -> str:
    if customer is None:
        return ""
    networks = [kind.kind for kind in kinds() if kind.capabilities.can_start_conversation]
    known = customer.identities.filter(kind__in=networks).order_by("pk").first()
    return known.label if known else ""
