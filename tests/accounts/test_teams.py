from django.urls import reverse

from accounts.models import Team
from tickets.models import Channel


def test_a_team_is_made_with_members_and_leads(admin, agent, teammate, as_):
    fields = {"name": "Baggage", "is_closed": "on", "members": [agent.pk], "leads": [teammate.pk]}
    as_(admin).post(reverse("new-team"), fields)
    team = Team.objects.get(name="Baggage")
    assert team.is_closed
    assert dict(team.memberships.values_list("user__name", "is_lead")) == {agent.name: False, teammate.name: True}


def test_a_team_is_changed(admin, agent, teammate, open_team, as_):
    as_(admin).post(reverse("team", args=[open_team.pk]), {"name": "Help", "members": [agent.pk], "leads": [agent.pk]})
    open_team.refresh_from_db()
    assert open_team.name == "Help"
    assert dict(open_team.memberships.values_list("user__name", "is_lead")) == {agent.name: True}


def test_a_name_is_used_once(admin, open_team, as_):
    page = as_(admin).post(reverse("new-team"), {"name": "Support"})
    assert "There is a team of this name." in page.content.decode()


def test_a_team_without_work_is_removed(admin, open_team, as_):
    as_(admin).post(reverse("remove-team", args=[open_team.pk]))
    assert not Team.objects.filter(pk=open_team.pk).exists()


def test_a_team_with_work_stays(admin, closed_team, as_):
    Channel.objects.create(kind="x", address="@northwindair", name="Northwind on X", team=closed_team)
    page = as_(admin).post(reverse("remove-team", args=[closed_team.pk]), follow=True)
    assert "Refunds still has tickets or channels." in page.content.decode()
    assert Team.objects.filter(pk=closed_team.pk).exists()


def test_somebody_deactivated_is_no_choice_unless_a_member(admin, agent, stranger, open_team, as_):
    page = as_(admin).get(reverse("new-team")).content.decode()
    assert agent.name in page
    assert stranger.name not in page
