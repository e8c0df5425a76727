"""The teams page: which groups there are, who leads them, and which keep their tickets to themselves."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import RestrictedError
from django.db.models.deletion import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.forms import TeamForm
from accounts.models import Team
from accounts.permissions import requires


@require_GET
@requires("teams.manage")
def index(request: HttpRequest) -> HttpResponse:
    teams = Team.objects.prefetch_related("memberships__user")
    return render(request, "accounts/teams.html", {"teams": teams})


@requires("teams.manage")
def new(request: HttpRequest) -> HttpResponse:
    return edit(request, Team(), _("New team"))


@requires("teams.manage")
def team(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    return edit(request, team, team.name)


def edit(request: HttpRequest, team: Team, title: str) -> HttpResponse:
    form = TeamForm(request.POST or None, instance=team)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
        messages.success(request, _("The team %(name)s is saved.") % {"name": team.name})
        return redirect("teams")
    return render(request, "accounts/team.html", {"form": form, "team": team, "title": title})


@require_POST
@requires("teams.manage")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    try:
        team.delete()
    except (ProtectedError, RestrictedError):
        messages.error(
            request, _("%(name)s still has tickets or channels. Give them to another team first.") % {"name": team.name}
        )
        return redirect("team", pk)
    messages.success(request, _("The team %(name)s is removed.") % {"name": team.name})
    return redirect("teams")
