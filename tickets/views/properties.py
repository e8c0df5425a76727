"""Changing a ticket's properties: one address for each, all by POST, all back to the ticket."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import SignedInRequest, people_who_see, requires
from tickets.forms.properties import AssigneeForm, MergeForm, PriorityForm, StatusForm, TagsForm, TeamForm, WorkForm
from tickets.forms.snooze import SnoozeForm
from tickets.models import Ticket
from tickets.queries import visible_tickets
from tickets.services import merging, properties
from tickets.services.errors import Refused
from tickets.views.ticket import back_to, find_ticket

Verb = Callable[[int, User], None]


def _change(request: SignedInRequest, ticket: Ticket, verb: Verb) -> HttpResponse:
    try:
        verb(ticket.pk, request.user)
    except Refused as refusal:
        messages.error(request, refusal.text)
    return back_to(request, ticket)


def _change_to(
    request: SignedInRequest, ticket: Ticket, form: forms.Form, verb: Callable[[int, Any, User], None]
) -> HttpResponse:
    """`verb(number, value, by)` with the value of the form's one field."""
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return back_to(request, ticket)
    (value,) = form.cleaned_data.values()
    return _change(request, ticket, lambda number, by: verb(number, value, by))


@require_POST
@requires("tickets.work")
def status(request: SignedInRequest, number: int) -> HttpResponse:
    return _change_to(request, find_ticket(request, number), StatusForm(request.POST), properties.set_status)


@require_POST
@requires("tickets.work")
def priority(request: SignedInRequest, number: int) -> HttpResponse:
    return _change_to(request, find_ticket(request, number), PriorityForm(request.POST), properties.set_priority)


@require_POST
@requires("tickets.work")
def assignee(request: SignedInRequest, number: int) -> HttpResponse:
    ticket = find_ticket(request, number)
    form = AssigneeForm(request.POST, people=people_who_see(ticket.team))
    return _change_to(request, ticket, form, properties.assign)


@require_POST
@requires("tickets.work")
def team(request: SignedInRequest, number: int) -> HttpResponse:
    return _change_to(request, find_ticket(request, number), TeamForm(request.POST), properties.set_team)


@require_POST
@requires("tickets.work")
def promise(request: SignedInRequest, number: int) -> HttpResponse:
    """By when the customer hears from us; "now" takes it back."""
    return _change_to(request, find_ticket(request, number), SnoozeForm(request.POST), properties.promise_update)


@require_POST
@requires("tickets.work")
def snooze(request: SignedInRequest, number: int) -> HttpResponse:
    return _change_to(request, find_ticket(request, number), SnoozeForm(request.POST), properties.snooze)


@require_POST
@requires("tickets.work")
def tags(request: SignedInRequest, number: int) -> HttpResponse:
    return _change_to(request, find_ticket(request, number), TagsForm(request.POST), properties.add_tags)


@require_POST
@requires("tickets.work")
def untag(request: SignedInRequest, number: int) -> HttpResponse:
    return _change_to(request, find_ticket(request, number), TagsForm(request.POST), properties.remove_tags)


@require_POST
@requires("tickets.work")
def no_reply_needed(request: SignedInRequest, number: int) -> HttpResponse:
    return _change(request, find_ticket(request, number), properties.no_reply_needed)


@require_POST
@requires("tickets.work")
def spam(request: SignedInRequest, number: int) -> HttpResponse:
    return _change(request, find_ticket(request, number), properties.mark_spam)


@require_POST
@requires("tickets.work")
def block(request: SignedInRequest, number: int) -> HttpResponse:
    return _change(request, find_ticket(request, number), properties.block_author)


@require_POST
@requires("tickets.work")
def answered_outside(request: SignedInRequest, number: int) -> HttpResponse:
    return _change(request, find_ticket(request, number), properties.answered_outside)


@require_POST
@requires("tickets.work")
def work(request: SignedInRequest, number: int) -> HttpResponse:
    """Minutes of handling that end now."""

    def log(number: int, minutes: int, by: User) -> None:
        until = timezone.now()
        properties.log_work(number, by, until - timedelta(minutes=minutes), until)

    return _change_to(request, find_ticket(request, number), WorkForm(request.POST), log)


@require_POST
@requires("tickets.work")
def merge(request: SignedInRequest, number: int) -> HttpResponse:
    """Goes to the ticket that took everything over."""
    ticket = find_ticket(request, number)
    form = MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["target"])))
        return back_to(request, ticket)
    target = visible_tickets(request.user).filter(pk=form.cleaned_data["target"]).first()
    if target is None:
        messages.error(request, _("There is no ticket #%(number)s.") % {"number": form.cleaned_data["target"]})
        return back_to(request, ticket)
    try:
        merging.merge(ticket.pk, target.pk, request.user)
    except Refused as refusal:
        messages.error(request, refusal.text)
        return back_to(request, ticket)
    return redirect(target)


@require_POST
@requires("tickets.work")
def unmerge(request: SignedInRequest, number: int) -> HttpResponse:
    return _change(request, find_ticket(request, number), merging.unmerge)
