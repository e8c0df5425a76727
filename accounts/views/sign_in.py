"""Everything before somebody is in: sign-in, first run, forgotten password, invitation."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from axes.utils import reset as unlock
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts import people
from accounts.forms import ChoosePasswordForm, EmailForm, FirstAdminForm, SignInForm
from accounts.mails import invitation_tokens
from accounts.tasks import send_password_reset

BACKEND = "accounts.backends.SessionBackend"
SECONDS_BETWEEN_RESET_MAILS = 60


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        if not form.cleaned_data["remember"]:
            self.request.session.set_expiry(0)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo_logins=demo_logins(), **kwargs)


def demo_logins() -> list[dict[str, str]]:
    """The made-up people of the demo, `[{role, username, password}]`; a real installation has none."""
    path = settings.VAR_DIR / "demo_logins.json"
    if not settings.DEMO or not path.exists():
        return []
    return json.loads(path.read_text())


@login_not_required
@sensitive_post_parameters()
def welcome(request: HttpRequest) -> HttpResponse:
    """First run: whoever opens the empty installation makes its first admin. Afterwards the page is gone."""
    if people.has_admin():
        return redirect("sign-in")
    form = FirstAdminForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        admin = form.make_admin()
        if admin is None:
            messages.error(request, _("Somebody else made the first admin a moment ago. Ask them for an invitation."))
            return redirect("sign-in")
        login(request, admin, BACKEND)
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/welcome.html", {"form": form})


@login_not_required
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether the address is known or not."""
    form = EmailForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if _order_reset_mail(form.cleaned_data["email"]):
            return redirect("password-forgotten-sent")
        form.add_error(None, _("Mail cannot be sent at the moment. Send this again in a minute."))
        status = 503
    return render(request, "accounts/password_forgotten.html", {"form": form}, status=status)


def _order_reset_mail(email: str) -> bool:
    """False when the broker is away."""
    once = f"password-reset:{email}"
    try:
        if cache.add(once, 1, SECONDS_BETWEEN_RESET_MAILS):
            send_password_reset.delay(email)
    except (RedisError, OperationalError):
        # Else the next try within the pause would be taken for a repetition and stay without a mail.
        with suppress(RedisError):
            cache.delete(once)
        return False
    return True


@login_not_required
def password_forgotten_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_forgotten_sent.html")


@method_decorator(login_not_required, name="dispatch")
class PasswordReset(PasswordResetConfirmView):
    form_class = ChoosePasswordForm
    template_name = "accounts/password_reset.html"
    success_url = reverse_lazy("sign-in")

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        unlock(username=form.user.email)
        messages.success(self.request, _("The new password is set. Sign in with it."))
        return response


@method_decorator(login_not_required, name="dispatch")
class Invitation(PasswordResetConfirmView):
    form_class = ChoosePasswordForm
    template_name = "accounts/invitation.html"
    token_generator = invitation_tokens
    success_url = reverse_lazy("profile")

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        people.accept(form.user)
        login(self.request, form.user, BACKEND)
        return response
