"""Files of messages, and of what somebody is writing."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.downloads import download, stored_attachments
from tickets.forms.reply import NOTE
from tickets.models import Ticket
from tickets.services import files
from tickets.services.compose import options_for
from tickets.views.ticket import find_ticket, is_fetch, written_files


@require_GET
@requires("tickets.work")
def attachment(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file itself. 404 where the ticket is out of sight, or the file was not fetched or is redacted."""
    try:
        return download(get_object_or_404(stored_attachments(request.user), pk=pk))
    except FileNotFoundError:
        raise Http404("The file is no longer on the disk.") from None


@require_POST
@requires("tickets.work")
def attach(request: SignedInRequest, number: int) -> HttpResponse:
    """Keeps `files` with the draft; the list of all of them for the script, the ticket for a plain form."""
    ticket = find_ticket(request, number)
    refused = files.add(number, request.user, request.FILES.getlist("files"), way=request.POST.get("way", NOTE)[:64])
    return _list(request, ticket, refused)


@require_POST
@requires("tickets.work")
def detach(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a file out of one's own draft."""
    found = get_object_or_404(
        stored_attachments(request.user).select_related("draft__ticket"), pk=pk, draft__isnull=False
    )
    assert found.draft is not None
    files.remove(found)
    return _list(request, found.draft.ticket)


def _list(request: SignedInRequest, ticket: Ticket, refused: Sequence[str] = ()) -> HttpResponse:
    if is_fetch(request):
        context = {
            "ticket": ticket,
            "written": written_files(request.user, ticket, options_for(ticket)),
            "refused": refused,
        }
        return render(request, "tickets/partials/written_files.html", context)
    for reason in refused:
        messages.error(request, reason)
    return redirect(ticket)
