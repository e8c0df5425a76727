"""Forgotten and changed passwords."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import User
from tests.conftest import PASSWORD

NEW = "another long word 2718"
BOTH = {"new_password1": NEW, "new_password2": NEW}


def ask(browser, email):
    return browser.post(reverse("password-forgotten"), {"email": email})


def test_a_forgotten_password_is_replaced_by_a_link_that_is_good_once(agent, as_, reset_mails, link_of):
    browser = as_(None)
    ask(browser, "PRIYA@northwind.example")
    [letter] = mail.outbox
    assert letter.to == [agent.email]
    form = browser.get(link_of(letter), follow=True)
    done = browser.post(form.redirect_chain[-1][0], BOTH)
    assert done["Location"] == reverse("sign-in")
    agent.refresh_from_db()
    assert agent.check_password(NEW)
    again = as_(None).get(link_of(letter), follow=True)
    assert "used before" in again.content.decode()


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(agent, stranger, as_, reset_mails):
    def answer(email):
        page = as_(None).post(reverse("password-forgotten"), {"email": email}, follow=True)
        return page.redirect_chain, re.sub(r'value="[^"]*"', "", page.content.decode())

    known = answer(agent.email)
    assert answer("nobody@northwind.example") == answer(stranger.email) == known
    assert [letter.to for letter in mail.outbox] == [[agent.email]]


def test_one_address_gets_one_mail_a_minute(agent, as_, reset_mails):
    for spelling in (agent.email, agent.email.upper(), agent.email):
        ask(as_(None), spelling)
    assert len(mail.outbox) == 1


def test_the_link_leads_to_the_installation_whatever_the_request_says(agent, as_, reset_mails, settings):
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://help.northwind.example/", ["*"]
    as_(None).post(reverse("password-forgotten"), {"email": agent.email}, headers={"host": "evil.example"})
    assert "https://help.northwind.example/password/reset/" in mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body


def test_a_new_password_opens_a_door_that_was_shut(agent, as_, reset_mails, link_of):
    browser = as_(None)
    for _ in range(6):
        shut = browser.post(reverse("sign-in"), {"username": agent.email, "password": "wrong"})
    assert shut.status_code == 429
    ask(browser, agent.email)
    form = browser.get(link_of(mail.outbox[0]), follow=True)
    browser.post(form.redirect_chain[-1][0], BOTH)
    assert browser.post(reverse("sign-in"), {"username": agent.email, "password": NEW}).status_code == 302


def test_deactivating_kills_a_link_under_way(agent, as_, reset_mails, link_of, admin):
    ask(as_(None), agent.email)
    as_(admin).post(reverse("deactivate", args=[agent.pk]))
    assert "used before" in as_(None).get(link_of(mail.outbox[0]), follow=True).content.decode()


def test_changing_the_password_ends_the_other_sessions(agent, as_):
    here, there = as_(agent), as_(agent)
    done = here.post(reverse("password-change"), {"old_password": PASSWORD, **BOTH})
    assert done["Location"] == reverse("profile")
    assert here.get(reverse("profile")).status_code == 200
    assert there.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"old_password": "wrong", **BOTH}, "Your old password was entered incorrectly"),
        ({"old_password": PASSWORD, "new_password1": NEW, "new_password2": "x"}, "didn’t match"),
        ({"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"}, "at least 10 characters"),
        (
            {"old_password": PASSWORD, "new_password1": "Priya Nair", "new_password2": "Priya Nair"},
            "too similar to the name",
        ),
        ({"old_password": PASSWORD, "new_password1": "1" * 12, "new_password2": "1" * 12}, "entirely numeric"),
        ({}, "This field is required"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(agent, as_, fields, words):
    page = as_(agent).post(reverse("password-change"), fields)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert User.objects.get(pk=agent.pk).check_password(PASSWORD)


def test_a_mail_that_cannot_be_ordered_is_told_and_can_be_ordered_later(agent, as_, reset_mails, settings):
    working = settings.CACHES
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    page = ask(as_(None), agent.email)
    assert page.status_code == 503
    assert "Mail cannot be sent at the moment." in page.content.decode()

    settings.CACHES = working
    assert ask(as_(None), agent.email).status_code == 302
    assert len(mail.outbox) == 1
