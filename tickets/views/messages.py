"""One message by itself: formatted in a frame of its own, and as it came."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from accounts.permissions import SignedInRequest, requires
from tickets.downloads import raw_message, seen_messages
from tickets.formatted import formatted

# The frame runs nothing and sends nothing; same origin, so that pictures of ours show and the page can fit its height.
_FRAME = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src {pictures}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


@require_GET
@requires("tickets.work")
@xframe_options_sameorigin
def frame(request: SignedInRequest, pk: int) -> HttpResponse:
    """A stranger's HTML. `?pictures=1` lets it fetch pictures from outside. 404 where there is none or out of sight."""
    message = get_object_or_404(seen_messages(request.user).exclude(html=""), pk=pk)
    remote = "pictures" in request.GET
    parts = formatted(message, message.attachments.all(), remote=remote)
    response = render(request, "tickets/formatted.html", {"parts": parts})
    response["Content-Security-Policy"] = _FRAME.format(pictures="'self' https: http:" if remote else "'self'")
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-cache"
    return response


@require_GET
@requires("tickets.work")
def raw(request: SignedInRequest, pk: int) -> HttpResponse:
    """The bytes as the mail server gave them. 404 where nothing was kept."""
    message = get_object_or_404(seen_messages(request.user), pk=pk)
    content = raw_message(message)
    if content is None:
        raise Http404("The original was not kept.")
    response = HttpResponse(content, content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="message-{message.pk}.eml"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response
