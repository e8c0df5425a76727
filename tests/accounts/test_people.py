"""Invitations, changes, deactivation, and the last admin."""

import smtplib
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from accounts import mails, people
from accounts.forms import ProfileForm
from accounts.models import ApiToken, Role, User
from tests.conftest import PASSWORD

NEW = {"name": "Noor New", "email": "Noor@Northwind.example", "role": "agent"}
BOTH = {"new_password1": PASSWORD, "new_password2": PASSWORD}


def invite(browser, **changed):
    return browser.post(reverse("invite"), NEW | changed, follow=True)


def accept(browser, path):
    form = browser.get(path, follow=True)
    return browser.post(form.redirect_chain[-1][0], BOTH) if form.context["validlink"] else form


def test_an_invitation_brings_somebody_in(admin, as_, open_team, link_of):
    page = invite(as_(admin), teams=[open_team.pk])
    assert "The invitation is on its way to noor@northwind.example." in page.content.decode()
    noor = User.objects.get(email="noor@northwind.example")
    assert (noor.state, noor.role, list(noor.teams.all())) == ("invited", "agent", [open_team])
    assert not noor.has_usable_password()

    browser = as_(None)
    assert accept(browser, link_of(mail.outbox[0])).status_code == 302
    noor.refresh_from_db()
    assert noor.state == "active"
    assert browser.get(reverse("profile")).status_code == 200
    assert "This invitation is over" in accept(as_(None), link_of(mail.outbox[0])).content.decode()


def test_sending_again_makes_the_earlier_link_useless(admin, as_, link_of):
    browser = as_(admin)
    invite(browser)
    noor = User.objects.get(name="Noor New")
    browser.post(reverse("send-invitation", args=[noor.pk]))
    first, second = mail.outbox
    assert "This invitation is over" in accept(as_(None), link_of(first)).content.decode()
    assert accept(as_(None), link_of(second)).status_code == 302


def test_a_withdrawn_invitation_is_dead(admin, as_, link_of):
    browser = as_(admin)
    invite(browser)
    noor = User.objects.get(name="Noor New")
    browser.post(reverse("deactivate", args=[noor.pk]))
    assert "This invitation is over" in accept(as_(None), link_of(mail.outbox[0])).content.decode()


def test_an_invitation_expires(admin, as_, link_of, monkeypatch):
    invite(as_(admin))
    later = timezone.now().replace(tzinfo=None) + timedelta(days=3, minutes=5)
    monkeypatch.setattr(mails.invitation_tokens, "_now", lambda: later, raising=False)
    assert "This invitation is over" in accept(as_(None), link_of(mail.outbox[0])).content.decode()


def test_an_invitation_is_not_a_password_link_nor_the_other_way_round(admin, agent, as_, link_of):
    invite(as_(admin))
    path = link_of(mail.outbox[0])
    wrong_door = as_(None).get(path.replace("/invitation/", "/password/reset/"), follow=True)
    assert wrong_door.context["validlink"] is False


class RefusingBackend(EmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


def test_a_mail_that_does_not_leave_is_said_and_can_be_sent_again(admin, as_, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    page = invite(as_(admin)).content.decode()
    assert "the invitation did not leave: Connection unexpectedly closed" in page
    assert User.objects.get(name="Noor New").state == "invited"


def test_somebody_inside_is_not_invited(admin, agent, as_):
    page = as_(admin).post(reverse("send-invitation", args=[agent.pk]), follow=True)
    assert "Priya Nair can sign in already." in page.content.decode()
    assert mail.outbox == []


def test_an_address_is_taken_in_any_spelling(admin, agent, as_):
    page = invite(as_(admin), email="PRIYA@northwind.EXAMPLE").content.decode()
    assert "This address has an account." in page
    with pytest.raises(IntegrityError, match="user_email_is_lower_case"):
        User.objects.bulk_create([User(email="Priya@northwind.example", name="Another Priya")])


def test_a_person_is_changed(admin, teammate, as_, open_team, closed_team):
    fields = {"name": "Mia", "email": "mia@northwind.example", "role": "manager", "teams": [open_team.pk]}
    as_(admin).post(reverse("person", args=[teammate.pk]), fields)
    teammate.refresh_from_db()
    assert (teammate.name, teammate.role, list(teammate.teams.all())) == ("Mia", "manager", [open_team])
    assert teammate.memberships.get().is_lead, "saving a person leaves who leads a team"


def test_deactivating_ends_sessions_and_tokens_for_good(admin, agent, as_, link_of):
    session = as_(agent)
    _, secret = ApiToken.objects.issue(agent, "script", ["tickets:read"])
    as_(admin).post(reverse("deactivate", args=[agent.pk]))
    agent.refresh_from_db()
    assert agent.state == "deactivated"
    assert session.get(reverse("profile")).status_code == 302
    assert ApiToken.objects.for_secret(secret) is None

    as_(admin).post(reverse("send-invitation", args=[agent.pk]))
    accept(as_(None), link_of(mail.outbox[0]))
    agent.refresh_from_db()
    assert agent.state == "active"
    assert session.get(reverse("profile")).status_code == 302, "an old session does not come back to life"
    assert ApiToken.objects.for_secret(secret) is None


def test_the_last_active_admin_stays(admin, stranger, as_):
    browser = as_(admin)
    page = browser.post(reverse("deactivate", args=[admin.pk]), follow=True).content.decode()
    assert "Ada Admin is the last active admin. Make somebody else an admin first." in page
    page = browser.post(reverse("person", args=[admin.pk]), {"name": "A", "email": admin.email, "role": "agent"})
    assert "is the last active admin" in page.content.decode()
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMIN, True)


def test_one_of_two_admins_may_go(admin, as_):
    other = User.objects.create_user("bo@northwind.example", "Bo", PASSWORD, role=Role.ADMIN)
    people.deactivate(other)
    assert other.state == "deactivated"
    with pytest.raises(ValidationError):
        people.deactivate(admin)


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_deactivate_each_other_leave_one():
    both = [User.objects.create_user(f"{n}@northwind.example", n, role=Role.ADMIN) for n in ("ada", "bo")]
    at_once = threading.Barrier(2)
    refused = []

    def go(person):
        at_once.wait()
        try:
            people.deactivate(person)
        except ValidationError:
            refused.append(person)
        connection.close()

    threads = [threading.Thread(target=go, args=[person]) for person in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert User.objects.filter(is_active=True).get() == refused[0]


def test_a_form_opened_before_does_not_bring_somebody_back(admin, agent):
    form = ProfileForm({"name": "Priya N.", "time_zone": ""}, instance=User.objects.get(pk=agent.pk))
    assert form.is_valid()
    people.deactivate(agent)
    form.save()
    agent.refresh_from_db()
    assert (agent.name, agent.state) == ("Priya N.", "deactivated")
