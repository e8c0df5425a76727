"""The calls at one's own telephone, told as they ring, with the customer's open tickets."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import SignedInRequest, requires
from channels_phone.numbers import readable
from tickets import states
from tickets.models import Call
from tickets.queries import visible_tickets
from tickets.services import calls
from tickets.services.errors import Refused

MOST_TICKETS = 5
LONGEST_NOTES = 20_000


@require_GET
@never_cache
@requires("tickets.work")
def calls_now(request: SignedInRequest) -> HttpResponse:
    """The list for the corner of every page, which its script puts there."""
    shown = [_shown(request, call) for call in calls.at_telephone(request.user)[:3]]
    return render(request, "channels_phone/now.html", {"calls": shown})


def _shown(request: SignedInRequest, call: Call) -> dict[str, Any]:
    identity = call.message.identity
    assert identity is not None
    open_ = visible_tickets(request.user).filter(customer=identity.customer_id, status__in=states.UNSOLVED)
    tickets = open_.order_by("-last_message_at")[:MOST_TICKETS] if call.message.ticket_id is None else []
    return {"call": call, "identity": identity, "number": readable(identity.external_id), "tickets": tickets}


@require_POST
@requires("tickets.work")
def join_call(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST `ticket`, a number, or nothing for a new one; goes to the ticket."""
    call = get_object_or_404(calls.at_telephone(request.user), pk=pk)
    wanted = request.POST.get("ticket", "")
    number = get_object_or_404(visible_tickets(request.user), pk=wanted).pk if wanted.isdecimal() else None
    try:
        return redirect(calls.take(call, request.user, number))
    except Refused as refusal:
        messages.error(request, refusal.text)
        return redirect("queue")


@require_POST
@requires("tickets.work")
def finish_call(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST `notes`; goes to the ticket of the call."""
    call = get_object_or_404(calls.at_telephone(request.user), pk=pk)
    try:
        calls.finish(call, request.user, request.POST.get("notes", "")[:LONGEST_NOTES])
    except Refused as refusal:
        messages.error(request, refusal.text)
    ticket = visible_tickets(request.user).filter(messages__call=call).first()
    return redirect(ticket) if ticket else redirect("queue")
