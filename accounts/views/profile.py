"""A person's own page: name, password, API tokens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.forms import ChangePasswordForm, ProfileForm, TokenForm
from accounts.models import User
from accounts.people import set_away
from accounts.permissions import SignedInRequest


def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    return page(request, form=form)


@require_POST
def availability(request: SignedInRequest) -> HttpResponse:
    """POST `away` ("1" or "0") and `next`, the page to go back to."""
    set_away(request.user, request.POST.get("away") == "1")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "profile")


@require_POST
@never_cache
def make_token(request: SignedInRequest) -> HttpResponse:
    """Answers with the secret itself: it is kept nowhere, so a redirect could not show it."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return page(request, token_form=form)
    token, secret = form.issue(request.user)
    return page(request, new_token=token, secret=secret)


@require_POST
def revoke_token(request: SignedInRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(request.user.api_tokens.filter(revoked_at__isnull=True), pk=pk)
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    messages.success(request, _("The token %(name)s is revoked.") % {"name": token.name})
    return redirect("profile")


class ChangePassword(PasswordChangeView):
    form_class = ChangePasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("profile")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("The new password is set. Your other sessions have ended."))
        return super().form_valid(form)


def page(request: SignedInRequest, **context: object) -> HttpResponse:
    shown = {
        "form": ProfileForm(instance=request.user),
        "token_form": TokenForm(),
        "tokens": request.user.api_tokens.filter(revoked_at__isnull=True),
        "now": timezone.now(),
    }
    return render(request, "accounts/profile.html", shown | context)
