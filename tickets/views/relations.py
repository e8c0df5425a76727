"""Splitting a ticket, and linking tickets with each other."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import SignedInRequest, requires
from tickets.forms.properties import MergeForm
from tickets.forms.split import SplitForm
from tickets.queries import visible_tickets
from tickets.services import linking, splitting
from tickets.services.errors import Refused
from tickets.views.ticket import find_ticket


@requires("tickets.work")
def split(request: SignedInRequest, number: int) -> HttpResponse:
    """GET: which messages; POST: the new ticket with them."""
    ticket = find_ticket(request, number)
    form = SplitForm(request.POST if request.method == "POST" else None, ticket=ticket)
    if request.method == "POST" and form.is_valid():
        chosen = [message.pk for message in form.cleaned_data["messages"]]
        try:
            return redirect(splitting.split(ticket.pk, chosen, request.user, form.cleaned_data["subject"]))
        except Refused as refusal:
            form.add_error(None, refusal.text)
    status = 422 if form.errors else 200
    return render(request, "tickets/split.html", {"form": form, "ticket": ticket}, status=status)


@require_POST
@requires("tickets.work")
def link(request: SignedInRequest, number: int) -> HttpResponse:
    return _relate(request, number, linking.link)


@require_POST
@requires("tickets.work")
def unlink(request: SignedInRequest, number: int) -> HttpResponse:
    return _relate(request, number, linking.unlink)


def _relate(request: SignedInRequest, number: int, verb: Callable[[int, int, User], None]) -> HttpResponse:
    ticket = find_ticket(request, number)
    form = MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["target"])))
        return redirect(ticket)
    other = visible_tickets(request.user).filter(pk=form.cleaned_data["target"]).first()
    if other is None:
        messages.error(request, _("There is no ticket #%(number)s.") % {"number": form.cleaned_data["target"]})
        return redirect(ticket)
    try:
        verb(ticket.pk, other.pk, request.user)
    except Refused as refusal:
        messages.error(request, refusal.text)
    return redirect(ticket)
