"""The contact form that a web site shows in a frame. Nobody is signed in, and no cookie is read or set."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts.throttling import address_of, count
from channels_email import contact
from channels_email.adapter import EmailAdapter
from channels_email.forms import ContactForm
from tickets.models import Channel

# Of one address of the net, and of a whole form, within a window.
WINDOW_S = 600
MOST_OF_ONE, MOST_OF_ALL = 5, 200
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {sites}"
)


@require_GET
@login_not_required
def script(request: HttpRequest, pk: int) -> HttpResponse:
    """What a site's one script tag loads: it puts the form where it stands."""
    _mailbox(pk)
    response = render(request, "channels_email/contact/form.js", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


# There is nobody whose rights a foreign page could use.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@xframe_options_exempt
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """404 where the mailbox has no form, 422 with words for what is missing, 429 after too many."""
    mailbox, sites = _mailbox(pk)
    written = ContactForm(request.POST if request.method == "POST" else None, mailbox=mailbox.address)
    status, sent = 200, False
    if request.method == "POST":
        status, sent = _take(request, mailbox, written)
    page = render(request, "channels_email/contact/form.html", {"form": written, "sent": sent}, status=status)
    page["Content-Security-Policy"] = _POLICY.format(sites=" ".join(sites))
    return page


def _mailbox(pk: int) -> tuple[Channel, list[str]]:
    mailbox = get_object_or_404(Channel, pk=pk, kind=EmailAdapter.kind.kind)
    sites = contact.sites(mailbox)
    if not sites:
        raise Http404("This mailbox has no contact form.")
    return mailbox, sites


def _take(request: HttpRequest, mailbox: Channel, written: ContactForm) -> tuple[int, bool]:
    """(HTTP status, was it taken): a program that filled in everything reads the same as a person."""
    if written.is_robot:
        return 200, True
    if not written.is_valid():
        return 422, False
    if _too_many(request, mailbox):
        written.add_error(None, "Too many messages came from here. Try again in ten minutes, or write an email.")
        return 429, False
    data = written.cleaned_data
    contact.write(mailbox, **{name: data[name] for name in ("id", "name", "email", "subject", "text")})
    return 200, True


def _too_many(request: HttpRequest, mailbox: Channel) -> bool:
    one = count(f"contact:{mailbox.pk}:{address_of(request)}", WINDOW_S)
    return one > MOST_OF_ONE or count(f"contact:{mailbox.pk}", WINDOW_S) > MOST_OF_ALL
