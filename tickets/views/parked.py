"""What waits for a person: items that could not be translated, and replies that did not arrive."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import SignedInRequest, requires, team_sight
from tickets.forms.parked import ReplayForm
from tickets.models import Delivery, InboundItem
from tickets.services.ingest import replay as replay_items

MOST = 50
LONGEST_PREVIEW = 4000


@require_GET
@requires("channels.manage")
def parked(request: SignedInRequest) -> HttpResponse:
    items = InboundItem.objects.filter(state=InboundItem.State.PARKED)
    newest = items.select_related("channel").defer("raw", "channel__credentials").order_by("-pk")[:MOST]
    shown = [{"item": item, "preview": _preview(item)} for item in newest]
    return render(request, "tickets/channels/parked.html", {"shown": shown, "total": items.count()})


def _preview(item: InboundItem) -> str:
    text = json.dumps(item.payload, indent=2, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= LONGEST_PREVIEW else f"{text[:LONGEST_PREVIEW]}…"


@require_POST
@requires("channels.manage")
def replay(request: SignedInRequest) -> HttpResponse:
    """Translate items again: after a mended adapter, or a database that is well again."""
    form = ReplayForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["items"]))
        return redirect("parked-items")
    # They are received again: the next tick, within a second, finds them.
    count = replay_items([item.pk for item in form.cleaned_data["items"]], request.user)
    words = ngettext("%(n)s item is being translated again.", "%(n)s items are being translated again.", count) % {
        "n": count
    }
    messages.success(request, words)
    return redirect("parked-items")


@require_GET
@requires("channels.view")
def unsent(request: SignedInRequest) -> HttpResponse:
    """Replies that were refused or may not have arrived, of tickets that the reader sees."""
    deliveries = (
        Delivery.objects.filter(state__in=[Delivery.State.FAILED, Delivery.State.UNKNOWN])
        .filter(team_sight(request.user, "message__ticket__team"), message__ticket__isnull=False)
        .select_related("channel", "message__ticket__customer", "message__user")
        .order_by("-settled_at", "-pk")
    )
    return render(
        request, "tickets/channels/unsent.html", {"deliveries": deliveries[:MOST], "total": deliveries.count()}
    )
