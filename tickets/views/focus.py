"""Takes the handling time that the browser measured."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.services.focus import LONGEST, log_focus
from tickets.views.ticket import find_ticket


@require_POST
@requires("tickets.work")
def focus(request: SignedInRequest, number: int) -> HttpResponse:
    """`POST seconds=90`: a session that ended now. 400 when that is no number of seconds."""
    seconds = request.POST.get("seconds", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 8):
        return HttpResponse("“seconds” must be a whole number.", status=400, content_type="text/plain; charset=utf-8")
    log_focus(find_ticket(request, number), request.user, min(int(seconds), int(LONGEST.total_seconds())))
    return HttpResponse(status=204)
