"""The channels page: connected accounts and their health; admins connect, change, check, pause and resume them."""

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.channel_health import Health, health_of, health_of_all
from tickets.channels.contract import ChannelKind
from tickets.channels.errors import ChannelError
from tickets.channels.registry import adapters, kinds
from tickets.forms.channel import ChannelForm, LimitsForm, PricesForm
from tickets.models import Channel
from tickets.services import channels, spending
from tickets.services.errors import Refused


@require_GET
@requires("channels.view")
def index(request: SignedInRequest) -> HttpResponse:
    every = health_of_all()
    context = {
        "channels": every,
        "stopped": [health for health in every if health.tone == "breach"],
        "slowed": [health for health in every if health.tone == "due"],
        "parked": sum(health.parked for health in every),
        "troubled": sum(health.outbox.troubled for health in every),
        "kinds": kinds(),
    }
    return render(request, "tickets/channels/index.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@requires("channels.manage")
def add(request: SignedInRequest, kind: str) -> HttpResponse:
    """Connect an account and try it at once."""
    spec = _kind(kind)
    form = ChannelForm(request.POST or None, kind=spec)
    if request.method == "POST" and form.is_valid():
        channel = _connect(spec, form)
        if channel:
            _check(request, channel)
            return redirect("channel", pk=channel.pk)
    return render(request, "tickets/channels/add.html", {"kind": spec, "form": form})


def _connect(spec: ChannelKind, form: ChannelForm) -> Channel | None:
    data = form.cleaned_data
    try:
        return channels.add(spec.kind, data["address"], data["name"], form.credentials, form.options, team=data["team"])
    except Refused as refusal:
        form.add_error(None, refusal.text)
        return None


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@requires("channels.manage")
def channel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an account; what is secret is written anew or kept, never shown."""
    found = get_object_or_404(Channel, pk=pk)
    form = ChannelForm(request.POST or None, kind=found.spec, channel=found)
    if request.method == "POST" and form.is_valid() and _save(found, form):
        messages.success(request, _("Saved."))
        return redirect("channel", pk=pk)
    return _page(request, found, form=form)


def _save(found: Channel, form: ChannelForm) -> bool:
    data = form.cleaned_data
    try:
        channels.update(found, name=data["name"], credentials=form.credentials, options=form.options, team=data["team"])
    except Refused as refusal:
        form.add_error(None, refusal.text)
        return False
    return True


def _page(
    request: SignedInRequest, found: Channel, *, form: ChannelForm | None = None, limits: LimitsForm | None = None
) -> HttpResponse:
    health: Health = health_of(found)
    context = {
        "health": health,
        "form": form or ChannelForm(kind=found.spec, channel=found),
        "limits": limits or LimitsForm(instance=found),
    }
    return render(request, "tickets/channels/channel.html", context)


@require_POST
@requires("channels.manage")
def limits(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Channel, pk=pk)
    form = LimitsForm(request.POST, instance=found)
    if form.is_valid():
        try:
            channels.set_limits(found, soft=form.cleaned_data["soft_limit"], hard=form.cleaned_data["hard_limit"])
        except Refused as refusal:
            form.add_error("soft_limit", refusal.text)
        else:
            messages.success(request, _("The limits are saved."))
            return redirect("channel", pk=pk)
    return _page(request, get_object_or_404(Channel, pk=pk), limits=form)


@require_POST
@requires("channels.manage")
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Channel, pk=pk)
    _check(request, found)
    return redirect("channel", pk=pk)


def _check(request: SignedInRequest, found: Channel) -> None:
    try:
        answer = channels.check(found)
    except ChannelError as error:
        messages.error(request, error.text)
    else:
        messages.success(request, _("It works: the network knows this account as %(name)s.") % {"name": answer.name})


@require_POST
@requires("channels.manage")
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Channel, pk=pk)
    channels.pause(found, text=_("%(name)s paused it.") % {"name": request.user.name})
    messages.success(
        request, _("%(name)s is paused. Nothing is read or sent until it is resumed.") % {"name": found.name}
    )
    return redirect("channels")


@require_POST
@requires("channels.manage")
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Channel, pk=pk)
    channels.resume(found)
    messages.success(request, _("%(name)s is read again; what was missed is fetched now.") % {"name": found.name})
    return redirect("channels")


@require_http_methods(["GET", "POST"])
@requires("channels.manage")
def prices(request: SignedInRequest, kind: str) -> HttpResponse:
    """The price list of a metered network, used to count what reading costs."""
    spec = _kind(kind)
    if not spec.prices:
        raise Http404
    form = PricesForm(request.POST or None, prices=spending.price_list(spec))
    if request.method == "POST" and form.is_valid():
        wanted: dict[str, Decimal] = form.cleaned_data
        spending.set_prices(spec, wanted)
        messages.success(request, _("The price list is saved. It counts from now on."))
        return redirect("channels")
    return render(request, "tickets/channels/prices.html", {"kind": spec, "form": form})


def _kind(kind: str) -> ChannelKind:
    if kind not in adapters():
        raise Http404
    return adapters()[kind].kind
