"""“Next ticket”: nobody chooses, the most urgent one comes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.services.handout import hand_out


@require_POST
@requires("tickets.work")
def next_ticket(request: SignedInRequest) -> HttpResponse:
    """POST; goes to the ticket, or to the queue when nothing is left."""
    ticket = hand_out(request.user)
    if ticket:
        return redirect(ticket)
    messages.info(request, _("Nothing is left to hand out: somebody has every ticket that waits for us."))
    return redirect("queue")
