"""People, teams and tokens as the API shows them, and what is sent to change them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import ApiToken, Role, Team, User
from tickets.api.fields import Flag, Id, Instant, Named, Strict, Text

MOST_IDS = 1000
STATES = ("active", "invited", "deactivated")


class UserSerializer(Named):
    """`email` is null unless you manage people."""

    role = serializers.ChoiceField(choices=Role.choices)
    state = serializers.ChoiceField(choices=STATES)
    teams = Named(many=True)
    email = serializers.SerializerMethodField()

    def get_email(self, user: User) -> str | None:
        return user.email if self.context["may_manage"] else None


class UserBody(Strict):
    name = Text(max_length=100)
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices)
    teams = serializers.ListField(child=Id(), max_length=MOST_IDS, required=False)


class Member(Named):
    is_lead = serializers.BooleanField()


class TeamSerializer(Named):
    """`members` is null unless you manage teams; leads come first, then by name."""

    is_closed = serializers.BooleanField()
    members = serializers.SerializerMethodField()

    @extend_schema_field(Member(many=True, allow_null=True))
    def get_members(self, team: Team) -> list[dict[str, Any]] | None:
        if not self.context["may_manage"]:
            return None
        memberships = team.memberships.all()
        return [{"id": m.user_id, "name": m.user.name, "is_lead": m.is_lead} for m in memberships]


class TeamBody(Strict):
    """`members` and `leads`: ids of users. A lead is a member, too."""

    name = Text(max_length=60)
    is_closed = Flag(required=False, help_text="Only its members, managers and admins see its tickets.")
    members = serializers.ListField(child=Id(), max_length=MOST_IDS, required=False)
    leads = serializers.ListField(child=Id(), max_length=MOST_IDS, required=False)


class TokenSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How its secret begins.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=ApiToken.Scope.choices))
    created_at = Instant()
    expires_at = Instant(allow_null=True)
    last_used_at = Instant(allow_null=True)
