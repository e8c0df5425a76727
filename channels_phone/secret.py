"""The secret of a line's webhook: made here, shown once."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedInRequest, requires
from channels_phone.signing import rotated
from tickets.models import Channel
from tickets.services.channels import account_of


@require_http_methods(["GET", "POST"])
@never_cache
@requires("channels.manage")
def webhook_secret(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET says where the telephone system sends to; POST makes a new secret and answers with it, this once."""
    channel = get_object_or_404(Channel, pk=pk, kind="phone")
    context = {"channel": channel, "address": request.build_absolute_uri(f"/calls/events/{pk}/"), "title": _("Webhook")}
    if request.method == "POST":
        renew = account_of(channel).renew
        assert renew is not None
        context["secret"] = renew(lambda stored: rotated(stored, timezone.now()))["webhook_secret"]
    return render(request, "channels_phone/webhook_secret.html", context)
