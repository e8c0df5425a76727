"""Webhooks: whom we tell of events, and the log of what was sent."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.forms.webhook import WebhookForm
from tickets.models import Webhook, WebhookDelivery
from tickets.services import webhooks
from tickets.services.errors import Refused

LOGGED = 50


@require_GET
@requires("webhooks.manage")
def index(request: SignedInRequest) -> HttpResponse:
    return render(request, "tickets/webhooks/index.html", {"webhooks": Webhook.objects.all()})


@never_cache
@require_http_methods(["GET", "POST"])
@requires("webhooks.manage")
def new(request: SignedInRequest) -> HttpResponse:
    """Answers with the secret itself: it is shown nowhere else, so a redirect could not show it."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = webhooks.add(**form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.text)
        else:
            return _page(request, made, secret=secret)
    return render(request, "tickets/webhooks/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires("webhooks.manage")
def webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=pk)
    form = WebhookForm(request.POST or None, webhook=found)
    if request.method == "POST" and form.is_valid():
        try:
            webhooks.update(found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.text)
        else:
            messages.success(request, _("Saved."))
            return redirect(found)
    return _page(request, found, form=form)


def _page(
    request: SignedInRequest, found: Webhook, *, form: WebhookForm | None = None, secret: str = ""
) -> HttpResponse:
    context = {
        "webhook": found,
        "form": form or WebhookForm(webhook=found),
        "secret": secret,
        "deliveries": found.deliveries.select_related("event")[:LOGGED],
    }
    return render(request, "tickets/webhooks/webhook.html", context, status=422 if form and form.errors else 200)


@require_POST
@never_cache
@requires("webhooks.manage")
def rotate(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=pk)
    return _page(request, found, secret=webhooks.rotate(found))


@require_POST
@requires("webhooks.manage")
def ping(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=pk)
    try:
        webhooks.ping(found)
    except Refused as refusal:
        messages.error(request, refusal.text)
    else:
        messages.success(request, _("A ping is on its way. The log shows how it was answered."))
    return redirect(found)


@require_POST
@requires("webhooks.manage")
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=pk)
    webhooks.pause(found)
    messages.success(request, _("%(name)s is paused. Events are kept for three days.") % {"name": found.name})
    return redirect(found)


@require_POST
@requires("webhooks.manage")
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=pk)
    webhooks.resume(found)
    messages.success(request, _("%(name)s is told again; what was missed is sent now.") % {"name": found.name})
    return redirect(found)


@require_POST
@requires("webhooks.manage")
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=pk)
    found.delete()
    messages.success(request, _("The webhook %(name)s is removed.") % {"name": found.name})
    return redirect("webhooks")


@require_POST
@requires("webhooks.manage")
def replay(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST `delivery`, or nothing for all that were given up."""
    found = get_object_or_404(Webhook, pk=pk)
    one = request.POST.get("delivery", "")
    if one.isdecimal() and len(one) < 19:
        sent = webhooks.replay(found.deliveries.filter(pk=int(one)))
    else:
        sent = webhooks.replay(found.deliveries.filter(state=WebhookDelivery.State.FAILED))
    if sent:
        messages.success(request, _("Sent again: %(count)d.") % {"count": sent})
    else:
        messages.error(request, _("There is nothing to send again: it is on its way already."))
    return redirect(found)


@require_GET
@requires("webhooks.manage")
def delivery(request: SignedInRequest, pk: int, delivery: int) -> HttpResponse:
    found = get_object_or_404(WebhookDelivery.objects.select_related("webhook", "event"), pk=delivery, webhook=pk)
    context = {"webhook": found.webhook, "delivery": found, "attempts": found.attempts.order_by("-pk")[:LOGGED]}
    return render(request, "tickets/webhooks/delivery.html", context)
