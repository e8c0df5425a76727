"""Saved views: made from the queue's address, kept in order on a page of their own."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import SignedInRequest, requires
from tickets.forms.saved_view import SavedViewForm, select
from tickets.models import SavedView
from tickets.services import saved_views


def _changeable(request: SignedInRequest, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.changeable_by(request.user), pk=pk)


@require_GET
@requires("tickets.work")
def index(request: SignedInRequest) -> HttpResponse:
    """One's own, and the shared ones: for those who may change them all, for others those they use."""
    changeable, usable = SavedView.objects.changeable_by(request.user), SavedView.objects.usable_by(request.user)
    views = SavedView.objects.filter(Q(pk__in=changeable.values("pk")) | Q(pk__in=usable.values("pk")))
    shown = list(views.select_related("team"))
    context = {
        "shared": [view for view in shown if not view.owner_id],
        "own": [view for view in shown if view.owner_id],
        "changeable": set(changeable.values_list("pk", flat=True)),
    }
    return render(request, "tickets/saved_views/index.html", context)


@require_POST
@requires("tickets.work")
def new(request: SignedInRequest) -> HttpResponse:
    """POST `name`, `shared` and `list`, the query string of the queue that is to be kept."""
    address = QueryDict(request.POST.get("list", "")).urlencode()
    view = SavedView(position=SavedView.objects.count())
    select(view, address)
    form = SavedViewForm(request.POST, instance=view, user=request.user)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(f"{reverse('queue')}?{address}")
    form.save()
    messages.success(request, _("The view %(name)s is saved.") % {"name": view.name})
    return redirect(view)


@requires("tickets.work")
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its name and who sees it."""
    view = _changeable(request, pk)
    form = SavedViewForm(request.POST or None, instance=view, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The view %(name)s is saved.") % {"name": view.name})
        return redirect("saved-views")
    return render(request, "tickets/saved_views/view.html", {"form": form, "saved": view, "title": view.name})


@require_POST
@requires("tickets.work")
def reselect(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST `list`: the view holds from now on what this query string asks for."""
    with transaction.atomic():
        view = get_object_or_404(SavedView.objects.changeable_by(request.user).select_for_update(), pk=pk)
        select(view, request.POST.get("list", ""))
        view.save(update_fields=["base", "filters", "sort"])
    messages.success(request, _("The view %(name)s is saved.") % {"name": view.name})
    return redirect(view)


@require_POST
@requires("tickets.work")
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST `step`: "up" or "down"."""
    saved_views.move(_changeable(request, pk), -1 if request.POST.get("step") == "up" else 1)
    return redirect("saved-views")


@require_POST
@requires("tickets.work")
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    view = _changeable(request, pk)
    view.delete()
    messages.success(request, _("The view %(name)s is removed.") % {"name": view.name})
    return redirect("saved-views")
