"""A person's own page and API tokens."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken


def make(browser, **changed):
    return browser.post(reverse("make-token"), {"name": "script", "scopes": ["tickets:read"], "days": "90"} | changed)


def test_a_token_is_shown_once_and_stored_as_a_digest(agent, as_):
    browser = as_(agent)
    page = make(browser)
    secret = re.search(r"parley_[\w-]{43}", page.content.decode())[0]
    assert "no-store" in page["Cache-Control"]
    token = ApiToken.objects.get()
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(vars(token))
    assert secret.startswith(token.prefix)
    assert secret not in browser.get(reverse("profile")).content.decode()
    assert ApiToken.objects.for_secret(secret) == token


def test_a_secret_is_found_while_the_token_is_good(agent):
    now = timezone.now()
    token, secret = ApiToken.objects.issue(agent, "script", ["tickets:read"], now + timedelta(days=1))
    assert ApiToken.objects.for_secret(secret).user == agent
    assert ApiToken.objects.for_secret(secret + "x") is None
    assert ApiToken.objects.for_secret("") is None
    ApiToken.objects.filter(pk=token.pk).update(expires_at=now)
    assert ApiToken.objects.for_secret(secret) is None
    ApiToken.objects.filter(pk=token.pk).update(expires_at=None)
    assert ApiToken.objects.for_secret(secret) == token
    type(agent).objects.filter(pk=agent.pk).update(is_active=False)
    assert ApiToken.objects.for_secret(secret) is None


def test_a_use_is_noted_at_most_once_a_minute(agent, django_assert_num_queries):
    token, secret = ApiToken.objects.issue(agent, "script", ["tickets:read"])
    ApiToken.objects.for_secret(secret)
    token.refresh_from_db()
    assert token.last_used_at is not None
    with django_assert_num_queries(1):
        ApiToken.objects.for_secret(secret)


def test_revoking_is_for_ones_own_tokens(agent, teammate, as_):
    token, secret = ApiToken.objects.issue(agent, "script", ["tickets:read"])
    address = reverse("revoke-token", args=[token.pk])
    assert as_(teammate).post(address).status_code == 404
    assert ApiToken.objects.for_secret(secret)
    assert as_(agent).post(address).status_code == 302
    assert ApiToken.objects.for_secret(secret) is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"name": ""}, "required"), ({"scopes": ["root"]}, "valid choice"), ({"days": "x"}, "valid choice")],
)
def test_a_bad_token_form_makes_none(agent, as_, changed, words):
    page = make(as_(agent), **changed)
    assert words in page.content.decode()
    assert not ApiToken.objects.exists()


def test_name_and_time_zone(agent, as_):
    browser = as_(agent)
    browser.post(reverse("profile"), {"name": "Priya N.", "time_zone": "Asia/Kolkata"})
    agent.refresh_from_db()
    assert (agent.name, agent.time_zone) == ("Priya N.", "Asia/Kolkata")
    page = browser.post(reverse("profile"), {"name": "P", "time_zone": "Mars/Olympus"}).content.decode()
    assert "Write a time zone such as Europe/Vienna." in page
    assert "Priya N." in page, "the navigation still shows the saved name"
