"""What an agent does to several tickets of the queue at once."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.queries import visible_tickets
from tickets.services.properties import assign

MOST = 250


@require_POST
@requires("tickets.work")
def assign_to_me(request: SignedInRequest) -> HttpResponse:
    """POST `ids` (the selection) or `one`; the query string is that of the list to go back to."""
    wanted = {
        int(number) for number in _wanted(request.POST) if number.isascii() and number.isdigit() and len(number) < 19
    }
    numbers = list(visible_tickets(request.user).filter(pk__in=wanted).values_list("pk", flat=True)[:MOST])
    for number in numbers:
        assign(number, request.user, by=request.user)
    if numbers:
        said = ngettext("%(n)d ticket is yours.", "%(n)d tickets are yours.", len(numbers)) % {"n": len(numbers)}
        messages.success(request, said)
    else:
        messages.error(request, _("Nothing is selected. Tick the tickets first."))
    return redirect(f"{reverse('queue')}?{request.GET.urlencode()}")


def _wanted(post: QueryDict) -> list[str]:
    return post.getlist("one") or post.getlist("ids")[:MOST]
