"""Signing in: a token for an email and a password; and the tokens that one has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, user_logged_in
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, User
from tickets.api.base import find
from tickets.api.fields import Instant, Named, Strict, Text, Whole
from tickets.api.idempotency import key_of, once
from tickets.api.serializers.people import TokenSerializer

DAYS = 30
MOST_DAYS = 365


class SignIn(Strict):
    email = serializers.EmailField(max_length=254)
    password = Text(max_length=1000, trim_whitespace=False)
    name = Text(max_length=60, default="API sign-in", help_text="What the token is for, as your profile shows it.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ApiToken.Scope.choices),
        min_length=1,
        max_length=len(ApiToken.Scope),
        default=[ApiToken.Scope.TICKETS_READ, ApiToken.Scope.TICKETS_WRITE],
    )
    days = Whole(default=DAYS, max_value=MOST_DAYS, help_text="How long it is good.")


class NewToken(serializers.Serializer):
    """`token` is shown this once and stored nowhere."""

    token = serializers.CharField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=ApiToken.Scope.choices))
    expires_at = Instant()
    user = Named()


class PasswordOnly(BaseAuthentication):
    """Who signs in has no token yet, or an old one that does not matter."""

    def authenticate(self, request: Request) -> None:
        return None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class Token(GenericAPIView):
    authentication_classes = (PasswordOnly,)
    permission_classes = (AllowAny,)
    serializer_class = NewToken

    @extend_schema(operation_id="token_create", request=SignIn, responses={201: NewToken}, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in with email and password; the answer holds a token for the `Authorization` header."""
        key_of(request)
        wanted = SignIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        user = _person(request, wanted.validated_data)
        return once(self, request, user, lambda: _issue(user, wanted.validated_data))


def _person(request: Request, given: dict[str, Any]) -> User:
    """django-axes counts wrong passwords here and at the sign-in page together."""
    # It looks at Django's own request.
    asked = request._request
    user = authenticate(asked, username=given["email"].lower(), password=given["password"])
    if getattr(asked, "axes_locked_out", False):
        raise Throttled(settings.AXES_COOLOFF_TIME.total_seconds(), "Too many wrong passwords for this address.")
    if not isinstance(user, User):
        raise AuthenticationFailed("That email and password do not match.")
    # Forgets earlier wrong passwords and notes the time, as the sign-in page does.
    user_logged_in.send(sender=User, request=asked, user=user)
    return user


def _issue(user: User, given: dict[str, Any]) -> Response:
    expires_at = timezone.now() + timedelta(days=given["days"])
    scopes = list(dict.fromkeys(given["scopes"]))
    token, secret = ApiToken.objects.issue(user, given["name"], scopes, expires_at)
    shown = {"token": secret, "name": token.name, "scopes": token.scopes, "expires_at": expires_at, "user": user}
    return Response(NewToken(shown).data, status=201, headers={"Cache-Control": "no-store"})


class Tokens(ListModelMixin, GenericAPIView):
    """A token may always see and revoke the tokens of its person: that takes power away and gives none."""

    permission_classes = (IsAuthenticated,)
    serializer_class = TokenSerializer
    queryset = ApiToken.objects.none()

    def get_queryset(self) -> QuerySet[ApiToken]:
        return self.request.user.api_tokens.filter(revoked_at__isnull=True)

    @extend_schema(operation_id="tokens_list")
    def get(self, request: Request) -> Response:
        """Your tokens that are not revoked."""
        return self.list(request)


class OneToken(GenericAPIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="tokens_revoke", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Revoke one of your tokens, at once and for good."""
        token = find(request.user.api_tokens.filter(revoked_at__isnull=True), pk, "token")
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        return Response(status=204)
