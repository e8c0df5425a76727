"""What an agent does to several tickets of the queue at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import SignedInRequest, requires
from tickets import states
from tickets.forms.macro import UseMacroForm
from tickets.forms.properties import AssigneeForm, MergeForm, PriorityForm, StatusForm, TagsForm
from tickets.forms.snooze import SnoozeForm
from tickets.models import BulkChange, Ticket
from tickets.queries import visible_tickets
from tickets.services import macros, properties, undo
from tickets.services.bulk import Outcome, assign_if_seen, each
from tickets.services.errors import Refused
from tickets.services.merging import merge

MOST = 200
ASK_ABOVE = 20
NAMED = 3


@dataclass(frozen=True)
class Deed:
    """`verb(number, value, by)` with the value of the form's one field; `what` says the value in words."""

    form: Callable[[QueryDict, User], forms.Form]
    verb: Callable[[int, Any, User], None]
    what: Callable[[Any], object]
    question: str | Promise
    done: str | Promise


def _merge_if_seen(number: int, target: int, by: User) -> None:
    if not visible_tickets(by).filter(pk=target).exists():
        raise Refused(_("There is no ticket #%(number)s.") % {"number": target})
    merge(number, target, by)


DEEDS = {
    "assign": Deed(
        lambda post, by: AssigneeForm(post, people=User.objects.filter(is_active=True)),
        assign_if_seen,
        lambda person: person.name if person else _("nobody"),
        gettext_lazy("Assign %(tickets)s to %(what)s?"),
        gettext_lazy("%(tickets)s assigned to %(what)s."),
    ),
    "status": Deed(
        lambda post, by: StatusForm(post),
        properties.set_status,
        lambda status: states.LABELS[status],
        gettext_lazy("Set %(tickets)s to %(what)s?"),
        gettext_lazy("%(tickets)s set to %(what)s."),
    ),
    "priority": Deed(
        lambda post, by: PriorityForm(post),
        properties.set_priority,
        lambda name: Ticket.Priority(states.PRIORITIES[name]).label,
        gettext_lazy("Set the priority of %(tickets)s to %(what)s?"),
        gettext_lazy("Priority of %(tickets)s set to %(what)s."),
    ),
    "tag": Deed(
        lambda post, by: TagsForm(post),
        properties.add_tags,
        ", ".join,
        gettext_lazy("Tag %(tickets)s with %(what)s?"),
        gettext_lazy("%(tickets)s tagged with %(what)s."),
    ),
    "snooze": Deed(
        lambda post, by: SnoozeForm(post),
        properties.snooze,
        lambda until: date_format(localtime(until), "j M, H:i"),
        gettext_lazy("Snooze %(tickets)s until %(what)s?"),
        gettext_lazy("%(tickets)s snoozed until %(what)s."),
    ),
    "wake": Deed(
        lambda post, by: SnoozeForm({"until": "now"}),
        properties.snooze,
        lambda until: "",
        gettext_lazy("Bring %(tickets)s back to the queue?"),
        gettext_lazy("%(tickets)s back in the queue."),
    ),
    "macro": Deed(
        lambda post, by: UseMacroForm(post, user=by),
        lambda number, macro, by: macros.apply(macro, number, by),
        lambda macro: macro.name,
        gettext_lazy("Do what the macro %(what)s does to %(tickets)s?"),
        gettext_lazy("%(what)s done to %(tickets)s."),
    ),
    "merge": Deed(
        lambda post, by: MergeForm(post),
        _merge_if_seen,
        lambda number: f"#{number}",
        gettext_lazy("Merge %(tickets)s into %(what)s?"),
        gettext_lazy("%(tickets)s merged into %(what)s."),
    ),
}


@require_POST
@requires("tickets.work")
def act(request: SignedInRequest, deed: str) -> HttpResponse:
    """POST `ids` (the selection), the deed's own field and `list`, the query string of the list to go back to.

    More than ASK_ABOVE tickets need `confirmed` as well.
    """
    if deed not in DEEDS:
        raise Http404
    rule = DEEDS[deed]
    back = f"{reverse('queue')}?{QueryDict(request.POST.get('list', '')).urlencode()}"
    form = rule.form(request.POST, request.user)
    numbers = _chosen(request)
    problem = _problem(form, numbers)
    if problem:
        messages.error(request, problem)
        return redirect(back)
    (value,) = form.cleaned_data.values()
    if deed == "merge":
        # The target may be one of the selected: it takes over the others.
        numbers = [number for number in numbers if number != value] or numbers
    if len(numbers) > ASK_ABOVE and "confirmed" not in request.POST:
        return _confirm(request, rule, numbers, value, back)
    before = undo.properties_of(numbers)
    outcome = each(numbers, lambda number: rule.verb(number, value, request.user))
    change = undo.remember(request.user, before)
    if outcome.done:
        # The toast offers to undo what its tag names.
        tag = str(change.pk) if change else ""
        messages.success(request, _said(rule.done, outcome.done, rule.what(value)), extra_tags=tag)
    _tell_refused(request, outcome)
    return redirect(back)


@require_POST
@requires("tickets.work")
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST `list`, the query string of the list to go back to: undo one's own bulk action."""
    back = f"{reverse('queue')}?{QueryDict(request.POST.get('list', '')).urlencode()}"
    change = get_object_or_404(BulkChange, pk=pk, by=request.user)
    seen = visible_tickets(request.user).filter(pk__in=[int(number) for number in change.before])
    try:
        outcome = undo.undo(pk, request.user, seen.values_list("pk", flat=True))
    except Refused as refusal:
        messages.error(request, refusal.text)
        return redirect(back)
    if outcome.done:
        messages.success(request, _said(gettext_lazy("%(tickets)s as before."), outcome.done, ""))
    _tell_refused(request, outcome)
    return redirect(back)


def _tell_refused(request: SignedInRequest, outcome: Outcome) -> None:
    for reason, refused in outcome.refused.items():
        messages.error(request, f"{', '.join(f'#{number}' for number in refused)}: {reason}")


def _chosen(request: SignedInRequest) -> list[int]:
    """Of the numbers sent those that the person sees."""
    sent = request.POST.getlist("ids")[: 2 * MOST]
    wanted = {int(number) for number in sent if number.isascii() and number.isdigit() and len(number) < 19}
    return list(visible_tickets(request.user).filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))


def _problem(form: forms.Form, numbers: list[int]) -> str:
    if not numbers:
        return _("Nothing is selected. Tick the tickets first.")
    if len(numbers) > MOST:
        return _("At most %(most)d tickets at once. Select fewer.") % {"most": MOST}
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _said(sentence: str | Promise, n: int, what: object) -> str:
    return str(sentence) % {"tickets": ngettext("%(n)d ticket", "%(n)d tickets", n) % {"n": n}, "what": what}


def _confirm(request: SignedInRequest, rule: Deed, numbers: list[int], value: Any, back: str) -> HttpResponse:
    first = Ticket.objects.filter(pk__in=numbers[:NAMED]).select_related("customer").order_by("pk")
    sent = [
        (name, text) for name in request.POST if name != "csrfmiddlewaretoken" for text in request.POST.getlist(name)
    ]
    context = {
        "question": _said(rule.question, len(numbers), rule.what(value)),
        "first": first,
        "others": len(numbers) - NAMED,
        "sent": sent,
        "back": back,
    }
    return render(request, "tickets/bulk_confirm.html", context)
