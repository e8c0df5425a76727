"""The tags of the helpdesk, with how much hangs on each."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.forms.tag import MergeTagForm, RenameTagForm
from tickets.models import Tag
from tickets.services import tags
from tickets.services.errors import Refused


@require_GET
@requires("tags.manage")
def index(request: SignedInRequest) -> HttpResponse:
    counted = Tag.objects.annotate(
        tickets=Count("ticket", distinct=True),
        macros=Count("macro", distinct=True),
        rules=Count("rule", distinct=True),
    )
    return render(request, "tickets/tags/index.html", {"tags": counted})


@require_GET
@requires("tags.manage")
def tag(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Tag, pk=pk)
    return _show(request, found, RenameTagForm(initial={"name": found.name}), MergeTagForm(tag=found))


@require_POST
@requires("tags.manage")
def rename(request: SignedInRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(Tag, pk=pk), RenameTagForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, MergeTagForm(tag=found))
    name = form.cleaned_data["name"]
    return _done(
        request, found, lambda: tags.rename(found, name), _("The tag is called %(name)s now.") % {"name": name}
    )


@require_POST
@requires("tags.manage")
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Tag, pk=pk)
    form = MergeTagForm(request.POST, tag=found)
    if not form.is_valid():
        return _show(request, found, RenameTagForm(initial={"name": found.name}), form)
    into = form.cleaned_data["into"]
    words = _("%(name)s is merged into %(into)s.") % {"name": found, "into": into}
    return _done(request, found, lambda: tags.merge(found, into, request.user), words)


@require_POST
@requires("tags.manage")
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Tag, pk=pk)
    words = _("The tag %(name)s is removed.") % {"name": found}
    return _done(request, found, lambda: tags.remove(found, request.user), words)


def _show(request: SignedInRequest, found: Tag, renaming: RenameTagForm, merging: MergeTagForm) -> HttpResponse:
    context = {"tag": found, "renaming": renaming, "merging": merging, "tickets": found.ticket_set.count()}
    return render(request, "tickets/tags/tag.html", context)


def _done(request: SignedInRequest, found: Tag, verb: Callable[[], None], words: str) -> HttpResponse:
    try:
        verb()
    except Refused as refusal:
        messages.error(request, refusal.text)
        return redirect("tag", pk=found.pk)
    messages.success(request, words)
    return redirect("tags")
