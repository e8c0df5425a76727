"""The checklist of a new helpdesk."""

import pytest

from accounts.models import Team
from helpdesk.first_steps import first_steps
from metrics.models import SlaPolicyVersion
from tests import factories as make

pytestmark = pytest.mark.django_db


def done(person) -> list[bool]:
    return [step.done for step in first_steps(person)]


def test_each_step_is_ticked_and_the_list_goes_when_all_are(admin):
    assert done(admin) == [False] * 4
    make.channel("x")
    Team.objects.create(name="Support")
    assert done(admin) == [True, False, True, False]
    type(admin).objects.create_user("new@northwind.example", "New")
    changed = SlaPolicyVersion.objects.first()
    changed.pk, changed.valid_from = None, admin.date_joined
    changed.save()
    assert done(admin) == []


def test_it_stands_in_the_empty_queue_of_an_admin_until_a_ticket_comes(admin, agent, as_):
    assert "First steps" in as_(admin).get("/").content.decode()
    assert "First steps" not in as_(agent).get("/").content.decode()
    make.ticket(channel=make.channel("x"), status="solved")
    assert "First steps" not in as_(admin).get("/").content.decode()
