"""Answering: replies and notes, and what an agent does with a reply that is on its way or did not arrive."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import SignedInRequest, requires
from tickets.forms.reply import CountForm, DraftForm, ReplyForm
from tickets.models import Channel, Delivery, Message, Ticket
from tickets.services import drafts, files, guard, macros, mentions, reply
from tickets.services.channels import adapter_for
from tickets.services.compose import ComposeOption, options_for, parts_on
from tickets.services.errors import Outdated, Refused
from tickets.views.ticket import back_to, find_ticket, show, way_of


@require_POST
@requires("tickets.work")
def send(request: SignedInRequest, number: int) -> HttpResponse:
    """Store a reply or a note. Refused and held (422) and outdated (409) ones come back as they were written."""
    ticket = find_ticket(request, number)
    form = ReplyForm(request.POST, user=request.user)
    if not form.is_valid():
        return show(request, ticket, form=form, status=422)
    # Kept first: whatever is refused, nobody has to choose them again.
    refused = files.add(number, request.user, request.FILES.getlist("files"), way=form.cleaned_data["way"])
    try:
        if refused:
            raise Refused(" ".join(refused))
        with transaction.atomic():
            _write(request, ticket, form)
            for macro in form.cleaned_data["macros"]:
                macros.apply(macro, ticket.pk, request.user, with_status=form.is_note)
            drafts.drop(ticket.pk, request.user)
    except guard.Held as held:
        return show(request, ticket, form=form, held=held.found, status=422)
    except Refused as refusal:
        form.add_error(None, refusal.text)
        return show(request, ticket, form=form, status=422)
    except Outdated as outdated:
        return show(request, ticket, form=form, outdated=outdated.events, status=409)
    return back_to(request, ticket)


def _write(request: SignedInRequest, ticket: Ticket, form: ReplyForm) -> None:
    data = form.cleaned_data
    attachments = files.written(ticket.pk, request.user)
    if form.is_note:
        note = reply.add_note(ticket.pk, request.user, data["text"], attachments)
        for person in mentions.who_cannot_see(mentions.people_in(note.text), ticket):
            messages.error(request, _("%(name)s does not see this ticket and was not told.") % {"name": person.name})
        return
    way, question = _way(ticket, data["way"])
    found = guard.check(data["text"]) if way.visibility == Message.Visibility.PUBLIC else []
    if found and not data["anyway"]:
        raise guard.Held(found)
    message = reply.send_reply(
        ticket.pk,
        request.user,
        channel_id=way.channel.pk,
        visibility=way.visibility,
        answers=question.pk,
        text=data["text"],
        seen=data["seen"],
        then_status=data["then_status"] or None,
        subject=data["subject"],
        attachments=attachments,
        parts=data["parts"] or 1,
    )
    if found:
        guard.record_overruled(message, request.user, found)


def _way(ticket: Ticket, key: str) -> tuple[ComposeOption, Message]:
    """The way to answer as it is now, and what it answers: what was possible when the page was opened may be over."""
    way = next((way for way in options_for(ticket) if way.key == key), None)
    if way is None or way.answers is None:
        raise Refused(_("This way to answer is gone. Choose another one."))
    if not way.allowed:
        raise Refused(way.reason)
    return way, way.answers


@require_POST
@requires("tickets.work")
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Undo before it leaves: the text goes back into the composer."""
    delivery, ticket = _find(request, pk)
    try:
        said = reply.withdraw(delivery.pk, request.user)
    except Refused as refusal:
        messages.error(request, refusal.text)
        return redirect(ticket)
    drafts.take_back(said, request.user, way=way_of(said[0]))
    return redirect(ticket)


@require_POST
@requires("tickets.work")
def draft(request: SignedInRequest, number: int) -> HttpResponse:
    """What is in the composer now, kept for this person: 204, or 422 with the errors."""
    ticket = find_ticket(request, number)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    drafts.keep(ticket.pk, request.user, **form.cleaned_data)
    return HttpResponse(status=204)


@require_POST
@requires("tickets.work")
def retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send again what failed, or what may not have been delivered."""
    return _settle(request, pk, reply.retry)


@require_POST
@requires("tickets.work")
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agent found it in the network: an unknown one counts as sent."""
    return _settle(request, pk, reply.confirm_sent)


def _settle(request: SignedInRequest, pk: int, verb: Callable[[int, User], None]) -> HttpResponse:
    delivery, ticket = _find(request, pk)
    try:
        verb(delivery.pk, request.user)
    except Refused as refusal:
        messages.error(request, refusal.text)
    return back_to(request, ticket)


@require_POST
@requires("tickets.work")
def another_way(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was not delivered goes back into the composer, for the next way that is open."""
    delivery, ticket = _find(request, pk)
    failed = delivery.message
    way = next((way for way in options_for(ticket) if way.allowed and way.key != way_of(failed)), None)
    if way is None or delivery.state != Delivery.State.FAILED:
        messages.error(request, _("There is no other way to answer here."))
        return redirect(ticket)
    drafts.copy(failed, request.user, way=way.key)
    return redirect(ticket)


def _find(request: SignedInRequest, pk: int) -> tuple[Delivery, Ticket]:
    delivery = get_object_or_404(Delivery.objects.select_related("message"), pk=pk)
    if delivery.message.ticket_id is None:
        raise Http404
    return delivery, find_ticket(request, delivery.message.ticket_id)


@require_POST
@requires("tickets.work")
def count(request: SignedInRequest, channel_id: int) -> HttpResponse:
    """How long a text is on this channel, counted by its adapter alone, and the numbered posts of one that is too long:
    `{"length": n, "parts": [text, …]}`.
    """
    channel = get_object_or_404(Channel, pk=channel_id)
    form = CountForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    text, visibility = form.cleaned_data["text"], form.cleaned_data["visibility"]
    return JsonResponse(
        {
            "length": adapter_for(channel).count(text, visibility),
            "parts": parts_on(channel, visibility, text.strip()),
        }
    )
