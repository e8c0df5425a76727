"""The macros: a person's own and everybody's, and using one in a ticket."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.forms.macro import MacroForm, UseMacroForm
from tickets.forms.reply import NOTE, ReplyForm
from tickets.models import Macro, Ticket
from tickets.services import files, macros
from tickets.services.errors import Refused
from tickets.views.ticket import back_to, find_ticket, is_fetch, show


@require_GET
@requires("tickets.work")
def index(request: SignedInRequest) -> HttpResponse:
    usable = Macro.objects.usable_by(request.user).select_related("team").prefetch_related("tags")
    return render(
        request,
        "tickets/macros/index.html",
        {"macros": usable, "changeable": set(Macro.objects.changeable_by(request.user).values_list("pk", flat=True))},
    )


@requires("tickets.work")
def new(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Macro(), _("New macro"))


@requires("tickets.work")
def macro(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Macro.objects.changeable_by(request.user), pk=pk)
    return _edit(request, found, found.name)


def _edit(request: SignedInRequest, macro: Macro, title: str) -> HttpResponse:
    form = MacroForm(request.POST or None, instance=macro, user=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
        messages.success(request, _("The macro %(name)s is saved.") % {"name": macro.name})
        return redirect("macros")
    return render(request, "tickets/macros/macro.html", {"form": form, "macro": macro, "title": title})


@require_POST
@requires("tickets.work")
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Macro.objects.changeable_by(request.user), pk=pk)
    found.delete()
    messages.success(request, _("The macro %(name)s is removed.") % {"name": found.name})
    return redirect("macros")


@require_POST
@requires("tickets.work")
def use(request: SignedInRequest, number: int) -> HttpResponse:
    """Into the composer when it has a text (the actions wait for the send button), at once when it has none.

    The script gets the text as JSON and changes of the ticket as the page's live parts.
    """
    ticket = find_ticket(request, number)
    form = UseMacroForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["macro"]))
        return back_to(request, ticket)
    chosen = form.cleaned_data["macro"]
    if chosen.text:
        return _insert(request, ticket, chosen)
    try:
        macros.apply(chosen, ticket.pk, request.user)
    except Refused as refusal:
        messages.error(request, refusal.text)
    return back_to(request, ticket)


def _insert(request: SignedInRequest, ticket: Ticket, chosen: Macro) -> HttpResponse:
    text = macros.text_for(chosen, ticket, request.user)
    if is_fetch(request):
        return JsonResponse({"text": text, "macro": chosen.pk, "actions": chosen.actions(), "status": chosen.status})
    for reason in files.add(
        ticket.pk, request.user, request.FILES.getlist("files"), way=request.POST.get("way", NOTE)[:64]
    ):
        messages.error(request, reason)
    draft = request.POST.copy()
    draft["text"] = f"{draft.get('text', '').rstrip()}\n\n{text}".strip()
    draft.appendlist("macros", str(chosen.pk))
    return show(request, ticket, form=ReplyForm(draft, user=request.user))
