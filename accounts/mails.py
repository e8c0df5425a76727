"""The two mails that bring somebody in: an invitation and a forgotten password, each with a one-time link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.models import User


class InvitationTokens(PasswordResetTokenGenerator):
    """Good until accepted, withdrawn, sent again, or PASSWORD_RESET_TIMEOUT is over."""

    key_salt = "accounts.mails.InvitationTokens"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.invited_at}"

    def check_token(self, user: Any, token: str | None) -> bool:
        return user is not None and user.state == "invited" and super().check_token(user, token)


invitation_tokens = InvitationTokens()


def send_invitation(person: User) -> None:
    subject = _("You are invited to %(organisation)s’s helpdesk") % {"organisation": settings.ORGANISATION}
    send(person, subject, "invitation", invitation_tokens)


def send_password_reset(person: User) -> None:
    send(person, _("A new password for Parley"), "password-reset", default_token_generator)


def send(person: User, subject: str, url_name: str, tokens: PasswordResetTokenGenerator) -> None:
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    context = {
        "person": person,
        "organisation": settings.ORGANISATION,
        "link": settings.PUBLIC_URL.rstrip("/") + reverse(url_name, args=[uid, tokens.make_token(person)]),
        "days": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT).days,
    }
    template = f"accounts/mails/{url_name.replace('-', '_')}.txt"
    send_mail(subject, render_to_string(template, context), None, [person.email])
