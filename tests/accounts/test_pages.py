"""Every accounts page against every member of the cast."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User

IN, AWAY, REFUSED, WRONG_METHOD = 200, 302, 403, 405

OPEN = {"anonymous": IN, "stranger": IN, "agent": IN, "manager": IN, "admin": IN}
SIGNED_IN = {"anonymous": AWAY, "stranger": AWAY, "agent": IN, "manager": IN, "admin": IN}
ADMINS = {"anonymous": AWAY, "stranger": AWAY, "agent": REFUSED, "manager": REFUSED, "admin": IN}

PAGES = {
    "password-forgotten": OPEN,
    "password-forgotten-sent": OPEN,
    "sign-in": OPEN | {"agent": AWAY, "manager": AWAY, "admin": AWAY},
    "welcome": dict.fromkeys(OPEN, AWAY),
    "profile": SIGNED_IN,
    "password-change": SIGNED_IN,
    "people": ADMINS,
    "invite": ADMINS,
    "person": ADMINS,
    "teams": ADMINS,
    "new-team": ADMINS,
    "team": ADMINS,
}
DEEDS = {
    "send-invitation": ADMINS | {"admin": AWAY},
    "deactivate": ADMINS | {"admin": AWAY},
    "remove-team": ADMINS | {"admin": AWAY},
    "make-token": SIGNED_IN,
}


@pytest.fixture
def cast(admin, manager, agent, stranger):
    return {"anonymous": None, "stranger": stranger, "agent": agent, "manager": manager, "admin": admin}


@pytest.fixture
def address(teammate, open_team):
    def of(name):
        about = {"team": open_team.pk, "remove-team": open_team.pk}.get(name, teammate.pk)
        takes_pk = {"person", "team", "send-invitation", "deactivate", "remove-team"}
        return reverse(name, args=[about] if name in takes_pk else [])

    return of


@pytest.mark.parametrize("who", OPEN)
@pytest.mark.parametrize("page", PAGES)
def test_pages(page, who, cast, address, as_):
    answer = as_(cast[who]).get(address(page))
    assert answer.status_code == PAGES[page][who]
    if answer.status_code == IN:
        assert b"<h1>" in answer.content
        assert b" style=" not in answer.content and b"<script>" not in answer.content
    elif answer.status_code == REFUSED:
        assert "You need to be Admin" in answer.content.decode()


@pytest.mark.parametrize("who", OPEN)
@pytest.mark.parametrize("deed", DEEDS)
def test_deeds(deed, who, cast, address, as_):
    browser = as_(cast[who])
    assert browser.post(address(deed)).status_code == DEEDS[deed][who]
    if DEEDS[deed][who] not in (AWAY, REFUSED) or who == "admin":
        assert browser.get(address(deed)).status_code == WRONG_METHOD


def test_signing_out_takes_a_post(agent, as_):
    browser = as_(agent)
    assert browser.get(reverse("sign-out")).status_code == WRONG_METHOD
    assert browser.post(reverse("sign-out")).status_code == AWAY
    assert browser.get(reverse("profile")).status_code == AWAY


def test_the_people_page_costs_the_same_for_many(admin, agent, as_):
    def queries():
        browser = as_(admin)
        browser.get(reverse("profile"))  # leaves the first request's questions behind
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse("people"))
        return len(asked)

    few = queries()
    for n in range(30):
        User.objects.create_user(f"p{n}@northwind.example", f"P {n}")
    assert queries() == few


def test_the_first_run_page_costs_nothing_once_there_is_an_admin(admin, as_, django_assert_num_queries):
    browser = as_(None)
    browser.get(reverse("password-forgotten"))
    with django_assert_num_queries(0):
        browser.get(reverse("password-forgotten"))


def test_an_unknown_page_is_not_found_in_words(agent, as_):
    answer = as_(agent).get("/no/such/page/")
    assert answer.status_code == 404
    assert "Nothing is here" in answer.content.decode()
