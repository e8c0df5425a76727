"""Rate limits, and parts of representations."""

import pytest
from django.core.cache import cache

from accounts.models import ApiToken
from tests import factories as make

pytestmark = pytest.mark.django_db

TICKETS = "/api/v1/tickets/"


def test_each_token_has_a_quota_of_its_own_and_hears_of_it(by, agent, teammate, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    client = by(agent)
    first = client.get(TICKETS)
    assert first["RateLimit-Policy"] == '"default";q=2;w=60'
    assert first["RateLimit"].startswith('"default";r=1;t=')
    answers = [client.get(TICKETS) for _ in range(4)]
    last = answers[-1]
    assert (last.status_code, last["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(last["Retry-After"]) <= 60
    assert last["RateLimit"].startswith('"default";r=0;t=')
    assert by(teammate).get(TICKETS).status_code == 200


def test_an_address_that_is_not_signed_in_has_one_too(by, admin, settings):
    settings.API_REQUESTS_PER_MINUTE = 0
    assert by(None).post("/api/v1/token/", {}, format="json").status_code == 429


def test_without_the_cache_nobody_is_refused(by, agent, settings, monkeypatch):
    settings.API_REQUESTS_PER_MINUTE = 1
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert type(cache._connections["default"]).__name__ == "RedisCache"
    client = by(agent)
    assert [client.get(TICKETS).status_code for _ in range(3)] == [200] * 3


def test_fields_leave_the_rest_out(by, agent, ticket):
    client = by(agent)
    assert client.get(TICKETS, {"fields": "status,number"}).json()["results"] == [
        {"number": ticket.pk, "status": "new"}
    ]
    assert client.get(f"{TICKETS}{ticket.pk}/", {"fields": "subject"}).json() == {"subject": ticket.subject}
    messages = client.get(f"{TICKETS}{ticket.pk}/messages/", {"fields": "text"}).json()["results"]
    assert messages == [{"text": "Where is my bag?"}]
    assert client.get(f"/api/v1/customers/{ticket.customer_id}/", {"fields": "id"}).json() == {"id": ticket.customer_id}


def test_expand_puts_whole_resources_in(by, agent, open_team, channel):
    ticket = make.ticket(channel=channel, assignee=agent, team=open_team)
    make.ticket(channel=channel)
    client = by(agent)
    first, second = client.get(TICKETS, {"expand": "customer,assignee,team", "ordering": "created"}).json()["results"]
    for name, path in (("customer", "customers"), ("assignee", "users"), ("team", "teams")):
        assert first[name] == client.get(f"/api/v1/{path}/{getattr(ticket, name).pk}/").json()
    assert (second["assignee"], second["team"]) == (None, None)
    one = client.get(f"{TICKETS}{ticket.pk}/", {"expand": "team", "fields": "team"}).json()
    assert one == {"team": first["team"]}


def test_an_expanded_page_costs_the_same_whatever_its_length(
    by, agent, open_team, channel, django_assert_max_num_queries
):
    for _ in range(12):
        make.ticket(channel=channel, assignee=agent, team=open_team)
    client = by(agent)
    client.get(TICKETS)
    with django_assert_max_num_queries(10):
        client.get(TICKETS, {"expand": "customer,assignee,team"})


@pytest.mark.parametrize("query", [{"fields": "status,x"}, {"fields": ","}, {"expand": "channel"}, {"expand": "a,b"}])
def test_what_cannot_be_chosen_is_refused(by, agent, query):
    answer = by(agent).get(TICKETS, query)
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == list(query)


def test_a_change_takes_neither(by, agent, ticket):
    assert by(agent).patch(f"{TICKETS}{ticket.pk}/?fields=number", {}, format="json").status_code == 400
    assert ApiToken.objects.count() == 1
