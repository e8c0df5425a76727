"""Who may do what, and which teams' tickets a person sees: the only place where this is decided.

Pages use `requires`, the API uses `api_permission`, templates use `user|can:"people.manage"`, and querysets of
anything that belongs to a team use `team_sight`. `docs/permissions.md` shows the table; a test keeps both equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts.models import ApiToken, Role, Team, User

Person = User | AnonymousUser
View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """What a view gets behind LoginRequiredMiddleware (for type checking)."""

    user: User


EVERYBODY = frozenset(Role)
MANAGERS = frozenset({Role.MANAGER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
Scope = ApiToken.Scope


@dataclass(frozen=True)
class Ability:
    means: str
    roles: frozenset[Role]
    reads: Scope  # what a token needs besides, for GET, HEAD and OPTIONS
    writes: Scope  # and for everything else
    leads: bool = False  # the lead of a team has it too, for that team


ABILITIES: dict[str, Ability] = {
    "tickets.work": Ability(
        "read, answer and change the tickets one sees", EVERYBODY, Scope.TICKETS_READ, Scope.TICKETS_WRITE
    ),
    "macros.share": Ability(
        "make, change and remove the macros that everybody uses", MANAGERS, Scope.TICKETS_READ, Scope.TICKETS_WRITE
    ),
    "views.share": Ability(
        "share views of the queue, change and remove shared ones", MANAGERS, Scope.TICKETS_READ, Scope.TICKETS_WRITE
    ),
    "channels.view": Ability("see the channels and their health", EVERYBODY, Scope.CHANNELS_READ, Scope.CHANNELS_ADMIN),
    "channels.manage": Ability(
        "connect, pause and remove channels, replay parked items", ADMINS, Scope.CHANNELS_ADMIN, Scope.CHANNELS_ADMIN
    ),
    "metrics.view": Ability("see the measures", MANAGERS, Scope.METRICS_READ, Scope.METRICS_READ, leads=True),
    "promises.manage": Ability("change policies and calendars", ADMINS, Scope.METRICS_READ, Scope.CHANNELS_ADMIN),
    "people.manage": Ability("invite, change and deactivate people", ADMINS, Scope.PEOPLE_ADMIN, Scope.PEOPLE_ADMIN),
    "teams.manage": Ability("make, change and remove teams", ADMINS, Scope.PEOPLE_ADMIN, Scope.PEOPLE_ADMIN),
    "tags.manage": Ability("rename, merge and remove tags", MANAGERS, Scope.TICKETS_READ, Scope.TICKETS_WRITE),
    "rules.manage": Ability("make, change and remove rules", ADMINS, Scope.TICKETS_READ, Scope.CHANNELS_ADMIN),
    "webhooks.manage": Ability("make, change and remove webhooks", ADMINS, Scope.WEBHOOKS_ADMIN, Scope.WEBHOOKS_ADMIN),
}


def can(user: Person, ability: str) -> bool:
    """May this person do it at all? A lead's answer holds for `teams_for(user, ability)` only."""
    rule = ABILITIES[ability]
    if not isinstance(user, User) or not user.is_active:
        return False
    return Role(user.role) in rule.roles or (rule.leads and user.leads_a_team)


def teams_for(user: Person, ability: str) -> QuerySet[Team]:
    """The teams for which the person has the ability: all they see by role, those they lead otherwise."""
    if not isinstance(user, User) or not can(user, ability):
        return Team.objects.none()
    if Role(user.role) in ABILITIES[ability].roles:
        return visible_teams(user)
    return led_by(user)


def led_by(user: Person) -> QuerySet[Team]:
    """The teams that this person leads, whatever else they may see: for what is between an agent and their lead."""
    return Team.objects.filter(memberships__user=user.pk, memberships__is_lead=True)


def visible_teams(user: Person) -> QuerySet[Team]:
    """Open teams for everybody who works tickets; closed ones for their members, managers and admins."""
    if not isinstance(user, User) or not can(user, "tickets.work"):
        return Team.objects.none()
    if Role(user.role) in MANAGERS:
        return Team.objects.all()
    return Team.objects.filter(Q(is_closed=False) | Q(pk__in=user.memberships.values("team")))


def people_who_see(team: Team | None) -> QuerySet[User]:
    """Who may be given a ticket of a team: everybody, or those who see it where the team is closed."""
    people = User.objects.filter(is_active=True)
    if team is None or not team.is_closed:
        return people
    return people.filter(Q(role__in=MANAGERS) | Q(pk__in=team.memberships.values("user")))


def team_sight(user: Person, path: str = "team") -> Q:
    """A filter for any queryset with a way to a team: `Ticket.objects.filter(team_sight(user))`.

    `path` leads to the foreign key, as in `team_sight(user, "ticket__team")`. What has no team is seen by
    everybody who works tickets.
    """
    if not isinstance(user, User) or not can(user, "tickets.work"):
        return Q(pk__in=[])
    if Role(user.role) in MANAGERS:
        return Q()
    return Q(**{f"{path}__isnull": True}) | Q(**{f"{path}__in": visible_teams(user)})


def may_see_team(user: Person, team_id: int | None) -> bool:
    """The same rule for one thing already at hand."""
    if team_id is None:
        return can(user, "tickets.work")
    return visible_teams(user).filter(pk=team_id).exists()


def requires(ability: str) -> Callable[[View], View]:
    """View decorator: 403 with words for a signed-in person without the ability.

    Somebody not signed in never gets here: LoginRequiredMiddleware sends them to the sign-in page.
    """
    ABILITIES[ability]  # a misspelt name fails when the module is loaded, not when somebody is refused

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not can(request.user, ability):
                raise PermissionDenied(refusal(ability))
            return view(request, *args, **kwargs)

        return checked

    return decorate


def api_permission(ability: str) -> type[BasePermission]:
    """REST framework permission: the ability, and with a token also its scope."""
    rule = ABILITIES[ability]

    class AbilityPermission(BasePermission):
        def has_permission(self, request: Any, view: Any) -> bool:
            if not can(request.user, ability):
                self.message = refusal(ability)
                return False
            needed = rule.reads if request.method in SAFE_METHODS else rule.writes
            if isinstance(request.auth, ApiToken) and needed not in request.auth.scopes:
                self.message = _("This token lacks the scope “%(scope)s”. Make one that has it.") % {"scope": needed}
                return False
            return True

    return AbilityPermission


def refusal(ability: str) -> str:
    """What somebody without the ability reads."""
    rule = ABILITIES[ability]
    roles = [str(role.label) for role in Role if role in rule.roles]
    if rule.leads:
        roles.append(_("lead of a team"))
    return _("You need to be %(roles)s to %(deed)s. An admin can change your role.") % {
        "roles": _(" or ").join(roles),
        "deed": rule.means,
    }
