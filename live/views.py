"""A browser says where its person is."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.permissions import SignedInRequest, requires
from accounts.templatetags.ui import hue, initials
from live import messages
from tickets.queries import visible_tickets

STATES = (messages.VIEWING, messages.REPLYING, messages.LEFT)


@require_POST
@requires("tickets.work")
def presence(request: SignedInRequest, number: int) -> HttpResponse:
    """`state` is viewing, replying or left. Nothing is stored: a lost one is said again within 15 seconds."""
    state = request.POST.get("state", "")
    if state not in STATES:
        return HttpResponse(f"state must be one of {', '.join(STATES)}.", status=400, content_type="text/plain")
    ticket = get_object_or_404(visible_tickets(request.user).only("number", "team"), pk=number)
    user = request.user
    person = {"id": user.pk, "name": user.name, "initials": initials(user.name), "hue": hue(user.name)}
    messages.presence(number, ticket.team_id, person, state)
    return HttpResponse(status=204)
