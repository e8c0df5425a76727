"""Who works here, in which teams. The forms of the pages check and save, so that both refuse the same things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django_filters.rest_framework import BooleanFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import people
from accounts.forms import PersonForm, TeamForm
from accounts.models import Team, User
from accounts.permissions import can
from tickets.api.base import Endpoint, ListEndpoint, find
from tickets.api.errors import Problem, refused
from tickets.api.fields import Nothing
from tickets.api.idempotency import idempotent
from tickets.api.serializers.people import TeamBody, TeamSerializer, UserBody, UserSerializer


class Shown:
    """Everybody sees names; who may change them sees more."""

    ability: ClassVar[str] = "tickets.work"
    change_ability: ClassVar[str]
    request: Request

    def get_serializer_context(self) -> dict[str, Any]:
        return {"may_manage": can(self.request.user, self.change_ability)}


def whole_users(request: Request, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """For tickets with `expand=assignee`."""
    found = User.objects.filter(pk__in=ids).prefetch_related("teams")
    context = {"may_manage": can(request.user, "people.manage")}
    return {row["id"]: row for row in UserSerializer(found, many=True, context=context).data}


def whole_teams(request: Request, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """For tickets with `expand=team`."""
    found = Team.objects.filter(pk__in=ids).prefetch_related("memberships__user")
    context = {"may_manage": can(request.user, "teams.manage")}
    return {row["id"]: row for row in TeamSerializer(found, many=True, context=context).data}


class AboutUsers(Shown):
    change_ability = "people.manage"
    serializer_class = UserSerializer

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.prefetch_related("teams")

    def shown(self, pk: int, status: int = 200) -> Response:
        person = find(self.get_queryset(), pk, "user")
        return Response(UserSerializer(person, context=self.get_serializer_context()).data, status)


class AboutTeams(Shown):
    change_ability = "teams.manage"
    serializer_class = TeamSerializer

    def get_queryset(self) -> QuerySet[Team]:
        return Team.objects.prefetch_related("memberships__user")


class UserFilter(FilterSet):
    active = BooleanFilter(field_name="is_active", help_text="Works here now.")

    class Meta:
        model = User
        fields: tuple[str, ...] = ()


class Users(AboutUsers, ListEndpoint):
    filterset_class = UserFilter
    queryset = User.objects.none()

    @extend_schema(operation_id="users_list")
    def get(self, request: Request) -> Response:
        """Everybody who works or worked here."""
        return super().get(request)

    @extend_schema(operation_id="users_create", request=UserBody, responses={201: UserSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Invite somebody: they choose their password by the link in a mail."""
        body = self.body(UserBody)
        with transaction.atomic():
            person = saved(PersonForm({"teams": []} | body))
            invite(person)
        return self.shown(person.pk, 201)


class OneUser(AboutUsers, Endpoint):
    @extend_schema(operation_id="users_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """One person."""
        return self.shown(pk)

    @extend_schema(operation_id="users_change", request=UserBody(partial=True))
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change name, address, role or teams."""
        person = find(self.get_queryset(), pk, "user")
        now = {
            "name": person.name,
            "email": person.email,
            "role": person.role,
            "teams": [t.pk for t in person.teams.all()],
        }
        saved(PersonForm(now | self.body(UserBody, partial=True), instance=person))
        return self.shown(pk)


class UserAction(AboutUsers, Endpoint):
    takes = Nothing

    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        person = find(self.get_queryset(), pk, "user")
        self.body(Nothing)
        self.act(person)
        return self.shown(pk)

    def act(self, person: User) -> None:
        raise NotImplementedError


class SendInvitation(UserAction):
    """Send the link again; the earlier one dies."""

    def act(self, person: User) -> None:
        invite(person)


class Deactivate(UserAction):
    """End sessions, tokens and links at once; coming back takes a new invitation."""

    def act(self, person: User) -> None:
        try:
            people.deactivate(person)
        except ValidationError as error:
            raise refused(str(error.message)) from None


class Teams(AboutTeams, ListEndpoint):
    queryset = Team.objects.none()

    @extend_schema(operation_id="teams_list")
    def get(self, request: Request) -> Response:
        """Every team."""
        return super().get(request)

    @extend_schema(operation_id="teams_create", request=TeamBody, responses={201: TeamSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a team."""
        team = saved(TeamForm({"members": [], "leads": []} | self.body(TeamBody), instance=Team()))
        return Response(self.get_serializer(find(self.get_queryset(), team.pk, "team")).data, status=201)


class OneTeam(AboutTeams, Endpoint):
    @extend_schema(operation_id="teams_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """One team."""
        return Response(self.get_serializer(find(self.get_queryset(), pk, "team")).data)

    @extend_schema(operation_id="teams_change", request=TeamBody(partial=True))
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change name, openness, members or leads."""
        team = find(self.get_queryset(), pk, "team")
        memberships = team.memberships.all()
        now = {
            "name": team.name,
            "is_closed": team.is_closed,
            "members": [m.user_id for m in memberships],
            "leads": [m.user_id for m in memberships if m.is_lead],
        }
        saved(TeamForm(now | self.body(TeamBody, partial=True), instance=team))
        return self.get(request, pk)

    @extend_schema(operation_id="teams_remove")
    def delete(self, request: Request, pk: int) -> Response:
        """Remove a team that has neither tickets nor channels."""
        team = find(self.get_queryset(), pk, "team")
        try:
            team.delete()
        except (ProtectedError, RestrictedError):
            raise refused(f"{team.name} still has tickets or channels. Give them to another team first.") from None
        return Response(status=204)


def saved(form: forms.ModelForm) -> Any:
    """What the page would save; 422 with the places where it would refuse."""
    with transaction.atomic():
        if not form.is_valid():
            errors = [
                {"pointer": "#" if name == "__all__" else f"#/{name}", "detail": str(text)}
                for name, texts in form.errors.items()
                for text in texts
            ]
            detail = " ".join(error["detail"] for error in errors)
            raise Problem(422, "refused", "This is not possible", detail, errors=errors)
        return form.save()


def invite(person: User) -> None:
    try:
        people.invite(person)
    except ValidationError as error:
        raise refused(str(error.message)) from None
    except OSError as error:  # SMTPException is one, too
        raise refused(f"The invitation did not leave: {error}. Mend the mail settings and try again.") from None
