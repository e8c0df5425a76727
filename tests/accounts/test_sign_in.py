"""Signing in and out, remembering, being shut out, and the demo's logins."""

import json

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.urls import reverse

from accounts import throttling
from accounts.models import User
from tests.conftest import PASSWORD

SIGN_IN = "/sign-in/"


def sign_in(browser, email, password=PASSWORD, **fields):
    return browser.post(SIGN_IN, {"username": email, "password": password, **fields})


def test_sign_in_by_email_in_any_spelling(agent, as_):
    browser = as_(None)
    answer = sign_in(browser, "Priya@NorthWind.example")
    assert answer.status_code == 302
    assert browser.get(reverse("profile")).status_code == 200


def test_the_page_asked_for_comes_after_sign_in_but_never_another_site(agent, as_):
    browser = as_(None)
    away = browser.get(reverse("profile"))
    assert away["Location"] == f"{SIGN_IN}?next=/profile/"
    fields = {"username": agent.email, "password": PASSWORD}
    assert browser.post(away["Location"], fields)["Location"] == "/profile/"
    elsewhere = as_(None).post(f"{SIGN_IN}?next=https://evil.example/", fields)
    assert elsewhere["Location"] == "/"


@pytest.mark.parametrize(("remember", "ends_with_browser"), [("on", False), ("", True)])
def test_remember_me(agent, as_, remember, ends_with_browser):
    browser = as_(None)
    sign_in(browser, agent.email, **({"remember": remember} if remember else {}))
    assert browser.session.get_expire_at_browser_close() is ends_with_browser


@pytest.mark.parametrize("email", ["priya@northwind.example", "nobody@northwind.example", "sid@elsewhere.example"])
def test_a_refusal_does_not_tell_whether_the_address_is_known(agent, stranger, as_, email):
    password = PASSWORD if email == stranger.email else "not this one"
    page = sign_in(as_(None), email, password)
    assert page.status_code == 200
    assert "That email and password do not match" in page.content.decode()


def test_what_is_no_address_is_said_at_the_field(admin, as_):
    page = sign_in(as_(None), "priya").content.decode()
    assert "Enter a valid email address." in page
    assert 'aria-invalid="true"' in page


def test_too_many_tries_shut_the_door_and_say_for_how_long(agent, as_):
    browser = as_(None)
    for spelling in ("priya@northwind.example", "Priya@northwind.example", "PRIYA@NORTHWIND.EXAMPLE") * 2:
        last = sign_in(browser, spelling, "wrong")
    assert last.status_code == 429
    assert "Wait 15 minutes" in last.content.decode()
    assert last["Retry-After"] == "900"
    assert sign_in(browser, agent.email).status_code == 429, "the right password does not open it either"


def test_the_door_is_shut_for_one_address_from_one_place_only(agent, teammate, as_):
    browser = as_(None)
    for _ in range(project.AXES_FAILURE_LIMIT):
        sign_in(browser, agent.email, "wrong")
    assert sign_in(browser, teammate.email).status_code == 302
    elsewhere = browser.post(SIGN_IN, {"username": agent.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_a_deactivated_person_is_out_at_once(agent, as_):
    browser = as_(agent)
    assert browser.get(reverse("profile")).status_code == 200
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert browser.get(reverse("profile")).status_code == 302


@pytest.fixture
def demo_file(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    logins = [{"role": "agent", "username": "priya@northwind.example", "password": PASSWORD}]
    (tmp_path / "demo_logins.json").write_text(json.dumps(logins))


def test_the_demo_offers_its_logins_as_forms_that_work(agent, as_, settings, demo_file):
    settings.DEMO = True
    browser = as_(None)
    page = browser.get(SIGN_IN).content.decode()
    assert f'<input type="hidden" name="password" value="{PASSWORD}">' in page
    assert sign_in(browser, "priya@northwind.example").status_code == 302


def test_a_real_installation_never_shows_logins(agent, as_, settings, demo_file):
    settings.DEMO = False
    assert PASSWORD not in as_(None).get(SIGN_IN).content.decode()


def test_the_demo_without_its_file_shows_none(admin, as_, settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    assert as_(None).get(SIGN_IN).context["demo_logins"] == []


def test_a_persons_own_time_zone_counts(admin, agent, as_):
    browser = as_(admin)
    User.objects.filter(pk=admin.pk).update(time_zone="Pacific/Auckland")
    User.objects.filter(pk=agent.pk).update(last_login="2026-06-30T12:30:00Z")
    assert "1 Jul 2026, 00:30" in browser.get(reverse("people")).content.decode()


@pytest.fixture
def few_tries(monkeypatch, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    monkeypatch.setattr(throttling, "MOST_WRONG_FROM_ONE_PLACE", 3)


def try_names(browser, times, **place):
    for n in range(times):
        browser.post(SIGN_IN, {"username": f"name{n}@northwind.example", "password": "wrong"}, **place)


def test_a_place_that_tries_many_names_is_shut_out_and_others_are_not(few_tries, agent, as_):
    browser = as_(None)
    try_names(browser, 3)
    assert sign_in(browser, agent.email).status_code == 429
    fields = {"username": agent.email, "password": PASSWORD}
    assert browser.post(SIGN_IN, fields, REMOTE_ADDR="192.0.2.7").status_code == 302


@pytest.mark.parametrize(
    ("proxies", "claimed", "shut"),
    [
        (0, ["198.51.100.1", "198.51.100.2"], True),  # nobody is believed
        (1, ["198.51.100.1", "198.51.100.2"], False),  # the proxy saw two places
        (1, ["203.0.113.5, 198.51.100.1", "203.0.113.6, 198.51.100.1"], True),  # the client put another before it
    ],
)
def test_a_forged_address_neither_helps_nor_harms(few_tries, settings, agent, as_, proxies, claimed, shut):
    settings.REST_FRAMEWORK = project.REST_FRAMEWORK | {"NUM_PROXIES": proxies}
    browser = as_(None)
    try_names(browser, 3, headers={"X-Forwarded-For": claimed[0]})
    fields = {"username": agent.email, "password": PASSWORD}
    answer = browser.post(SIGN_IN, fields, headers={"X-Forwarded-For": claimed[1]})
    assert (answer.status_code == 429) is shut
