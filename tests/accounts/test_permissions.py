"""Who may do what (the table), and which teams a person sees."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from rest_framework.test import APIRequestFactory

from accounts.models import ApiToken, Membership, Role, Team, User
from accounts.permissions import (
    ABILITIES,
    api_permission,
    can,
    may_see_team,
    requires,
    team_sight,
    teams_for,
    visible_teams,
)


def test_the_page_in_the_docs_shows_the_table_of_the_code():
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in Path(settings.BASE_DIR, "docs/permissions.md").read_text().splitlines()
        if line.startswith("| `")
    ]
    assert rows == [
        [
            f"`{name}`",
            rule.means,
            *("yes" if role in rule.roles else "their teams" if rule.leads else "no" for role in ("agent",)),
            *("yes" if role in rule.roles else "no" for role in ("manager", "admin")),
            f"`{rule.reads}`",
            f"`{rule.writes}`",
        ]
        for name, rule in ABILITIES.items()
    ]


@pytest.mark.parametrize("ability", ABILITIES)
def test_nobody_inactive_or_anonymous_may_anything(ability, stranger):
    assert not can(stranger, ability)
    assert not can(AnonymousUser(), ability)


@pytest.mark.parametrize("ability", ABILITIES)
@pytest.mark.parametrize("role", Role)
def test_roles_follow_the_table(db, ability, role):
    person = User.objects.create_user("p@northwind.example", "P", role=role)
    assert can(person, ability) == (role in ABILITIES[ability].roles)


def test_an_unknown_ability_fails_when_it_is_named():
    with pytest.raises(KeyError):
        requires("tickets.wrok")
    with pytest.raises(KeyError):
        api_permission("tickets.wrok")


def test_a_lead_sees_the_measures_of_the_teams_they_lead(agent, teammate, manager, open_team, closed_team):
    assert list(teams_for(teammate, "metrics.view")) == [open_team]
    assert set(teams_for(manager, "metrics.view")) == {open_team, closed_team}
    assert not can(agent, "metrics.view")
    assert not teams_for(agent, "metrics.view").exists()


def test_a_closed_team_is_seen_by_its_members_managers_and_admins(
    admin, manager, agent, teammate, stranger, open_team, closed_team
):
    both, only_open = {open_team, closed_team}, {open_team}
    assert set(visible_teams(admin)) == set(visible_teams(manager)) == set(visible_teams(teammate)) == both
    assert set(visible_teams(agent)) == only_open
    assert set(visible_teams(stranger)) == set(visible_teams(AnonymousUser())) == set()


def test_one_team_at_hand_follows_the_same_rule(manager, agent, teammate, stranger, open_team, closed_team):
    def seen(person):
        return [may_see_team(person, pk) for pk in (None, open_team.pk, closed_team.pk)]

    assert seen(manager) == seen(teammate) == [True, True, True]
    assert seen(agent) == [True, True, False]
    assert seen(stranger) == [False, False, False]


def test_team_sight_filters_whatever_has_a_way_to_a_team(
    admin, manager, agent, teammate, stranger, open_team, closed_team
):
    """Memberships stand for tickets here; `user__memberships__team` is a way that may lead to no team."""

    def teams_seen(person):
        return set(Membership.objects.filter(team_sight(person)).values_list("team__name", flat=True))

    assert teams_seen(manager) == teams_seen(teammate) == {"Support", "Refunds"}
    assert teams_seen(agent) == {"Support"}
    assert teams_seen(stranger) == set()

    people = User.objects.filter(team_sight(agent, "memberships__team")).distinct()
    assert set(people) == {admin, manager, stranger, agent, teammate}, (
        "people without a team are seen; so is who shares one"
    )
    Team.objects.filter(pk=open_team.pk).update(is_closed=True)
    Membership.objects.filter(user=agent).delete()
    assert set(User.objects.filter(team_sight(agent, "memberships__team"))) == {admin, manager, stranger, agent}


def test_leaving_a_closed_team_takes_the_sight_away(teammate, closed_team):
    Membership.objects.filter(user=teammate, team=closed_team).delete()
    assert not may_see_team(teammate, closed_team.pk)


def test_a_view_refuses_with_words(rf, agent, admin):
    view = requires("people.manage")(lambda request: HttpResponse("in"))
    request = rf.get("/")
    request.user = agent
    with pytest.raises(PermissionDenied, match="You need to be Admin to invite, change and deactivate people"):
        view(request)
    request.user = admin
    assert view(request).content == b"in"


@pytest.mark.parametrize(
    ("scopes", "method", "allowed"),
    [
        (["tickets:read"], "get", True),
        (["tickets:read"], "post", False),
        (["tickets:write"], "get", False),
        (["tickets:write"], "post", True),
        (["tickets:read", "tickets:write"], "delete", True),
        (["channels:admin", "people:admin"], "get", False),
    ],
)
def test_a_token_needs_the_scope_as_well(agent, scopes, method, allowed):
    token, _ = ApiToken.objects.issue(agent, "script", scopes)
    request = getattr(APIRequestFactory(), method)("/")
    request.user, request.auth = agent, token
    permission = api_permission("tickets.work")()
    assert permission.has_permission(request, None) is allowed
    if not allowed:
        assert f"“{'tickets:read' if method == 'get' else 'tickets:write'}”" in permission.message


def test_a_session_needs_no_scope_but_the_ability(agent, admin):
    request = APIRequestFactory().post("/")
    request.auth = None
    for person, allowed in ((agent, False), (admin, True)):
        request.user = person
        assert api_permission("channels.manage")().has_permission(request, None) is allowed
