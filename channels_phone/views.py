"""The page on which an agent logs a call."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.permissions import SignedInRequest, requires
from channels_phone.forms import LogCallForm
from channels_phone.numbers import NotANumber, e164
from tickets import states
from tickets.channels.registry import kinds
from tickets.models import Channel, Identity, Ticket
from tickets.queries import visible_tickets
from tickets.services.calls import log_call as log
from tickets.services.errors import Refused

MOST_TICKETS = 20


@requires("tickets.work")
def log_call(request: SignedInRequest) -> HttpResponse:
    """GET takes `number`, `customer` or `ticket` to begin with; POST logs and goes to the ticket."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            message = log(form.cleaned_data["channel"], request.user, form.log())
        except Refused as refusal:
            form.add_error(None, refusal.text)
        else:
            messages.info(request, _("The call is logged."))
            return redirect("ticket", message.ticket_id)
    return render(request, "channels_phone/log_call.html", {"form": form}, status=422 if form.errors else 200)


def _form(request: SignedInRequest) -> LogCallForm:
    lines = Channel.objects.filter(kind__in=[kind.kind for kind in kinds() if kind.capabilities.logs_calls])
    asked = request.POST if request.method == "POST" else request.GET
    identity = _caller(asked.get("number", ""), asked.get("customer", ""))
    tickets = _open_tickets(request, identity, asked.get("ticket", ""))
    initial = {"ticket": asked.get("ticket") or None}
    if identity:
        initial |= {"number": identity.external_id, "name": identity.name}
    data = request.POST if request.method == "POST" else None
    return LogCallForm(data, initial=initial, lines=lines, tickets=tickets)


def _caller(number: str, customer: str) -> Identity | None:
    """The known person behind a number, or a customer's own number."""
    numbers = Identity.objects.filter(kind__in=[kind.kind for kind in kinds() if kind.capabilities.logs_calls])
    if customer.isdigit():
        return numbers.filter(customer=int(customer)).first()
    try:
        return numbers.filter(external_id=e164(number)).first() if number else None
    except NotANumber:
        return None


def _open_tickets(request: SignedInRequest, identity: Identity | None, number: str) -> QuerySet[Ticket]:
    """The tickets that the call may join: the caller's newest, and the one that the agent came from."""
    chosen = Q(pk=number) if number.isdigit() else Q(pk=None)
    if identity:
        newest = Ticket.objects.filter(customer=identity.customer_id).order_by("-opened_at")[:MOST_TICKETS]
        chosen |= Q(pk__in=newest.values("pk"))
    joinable = visible_tickets(request.user).exclude(status=states.CLOSED)
    return joinable.filter(chosen).order_by("-last_message_at")
