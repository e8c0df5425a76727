"""Files of messages."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.permissions import SignedInRequest, requires
from tickets.downloads import download, stored_attachments


@require_GET
@requires("tickets.work")
def attachment(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file itself. 404 where the ticket is out of sight, or the file was not fetched or is redacted."""
    try:
        return download(get_object_or_404(stored_attachments(request.user), pk=pk))
    except FileNotFoundError:
        raise Http404("The file is no longer on the disk.") from None
