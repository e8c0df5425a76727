"""An empty installation makes its first admin, once."""

import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from tests.conftest import PASSWORD

WELCOME = "/welcome/"


def form(name="Ada", **changed):
    fields = {"name": name, "email": f"{name}@northwind.example", "password1": PASSWORD, "password2": PASSWORD}
    return fields | changed


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/people/", "/api/v1/tickets/", "/no/such/page/"])
def test_every_page_of_an_empty_installation_leads_to_the_first_run(db, path):
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (302, WELCOME)


def test_the_first_visitor_becomes_the_admin_and_the_page_is_gone(db):
    browser = Client()
    assert "Nobody works here yet" in browser.get(WELCOME).content.decode()
    assert browser.post(WELCOME, form())["Location"] == "/"
    [admin] = User.objects.all()
    assert (admin.email, admin.role, admin.is_active) == ("ada@northwind.example", Role.ADMIN, True)
    assert browser.get(reverse("people")).status_code == 200, "and is signed in"
    assert Client().get(WELCOME)["Location"] == reverse("sign-in")
    assert Client().post(WELCOME, form("Eve")).status_code == 302
    assert User.objects.count() == 1


def test_a_bad_form_says_how_to_mend_it(db):
    page = Client().post(WELCOME, form(password2="other", email="ada")).content.decode()
    assert "didn’t match" in page
    assert "Enter a valid email address" in page
    assert not User.objects.exists()


def test_people_known_from_imported_history_do_not_end_the_first_run(db):
    User.objects.create_user("ann@acme.example", "Ann", is_active=False)
    assert Client().get("/")["Location"] == WELCOME


@pytest.mark.django_db(transaction=True)
def test_of_visitors_at_once_one_becomes_the_admin():
    at_once = threading.Barrier(4)
    answers = []

    def visit(name):
        browser = Client()
        browser.get(WELCOME)
        at_once.wait()
        answers.append(browser.post(WELCOME, form(name))["Location"])
        connection.close()

    visitors = [threading.Thread(target=visit, args=[name]) for name in ("Ada", "Bob", "Eve", "Kim")]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert User.objects.count() == 1
    assert sorted(answers) == ["/", *[reverse("sign-in")] * 3]


def test_the_command_line_makes_an_admin_too(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, email="Root@Northwind.example", name="Root")
    root = User.objects.get()
    assert (root.email, root.role) == ("root@northwind.example", Role.ADMIN)
    assert root.check_password(PASSWORD)
