"""The people page: who works here, who is invited, what they may do."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import people
from accounts.forms import PersonForm
from accounts.models import User
from accounts.permissions import requires


@require_GET
@requires("people.manage")
def index(request: HttpRequest) -> HttpResponse:
    everybody = User.objects.prefetch_related("teams").order_by("-is_active", "name", "pk")
    return render(request, "accounts/people.html", {"people": everybody})


@requires("people.manage")
def invite(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            person = form.save()
        send_invitation_to(request, person)
        return redirect("people")
    return render(request, "accounts/invite.html", {"form": form})


@requires("people.manage")
@transaction.atomic
def person(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("%(name)s is saved.") % {"name": person.name})
        return redirect("people")
    # A form that was refused has put its values into `person` already.
    return render(request, "accounts/person.html", {"form": form, "person": get_object_or_404(User, pk=pk)})


@require_POST
@requires("people.manage")
def send_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    send_invitation_to(request, get_object_or_404(User, pk=pk))
    return redirect("people")


@require_POST
@requires("people.manage")
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    try:
        people.deactivate(person)
    except ValidationError as refused:
        messages.error(request, refused.message)
        return redirect("person", pk)
    messages.success(
        request, _("%(name)s is deactivated: sessions, tokens and links are dead.") % {"name": person.name}
    )
    return redirect("people")


def send_invitation_to(request: HttpRequest, person: User) -> None:
    try:
        people.invite(person)
    except ValidationError as refused:
        messages.error(request, refused.message)
    except OSError as failed:  # SMTPException is one, too
        text = _("%(name)s is listed, but the invitation did not leave: %(error)s. Mend it and send it again.")
        messages.error(request, text % {"name": person.name, "error": failed})
    else:
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": person.email})
