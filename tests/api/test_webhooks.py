"""Webhooks by API: the secret once, changes, the log, and what is refused."""

import pytest

from tests.tickets.test_webhooks import hook, receiver, send
from tickets.models import Webhook

__all__ = ["hook", "receiver"]

pytestmark = pytest.mark.django_db
HOOK = {"name": "CRM", "url": "https://crm.example/hook"}
HOOKS = "/api/v1/webhooks/"


def test_the_secret_is_shown_once(by, admin):
    caller = by(admin)
    made = caller.post(HOOKS, {**HOOK, "kinds": ["spam_marked"], "filters": {"tag": ["vip"]}})
    assert made.status_code == 201 and made["Cache-Control"] == "no-store"
    stored = Webhook.objects.get()
    assert made.json()["secret"] == stored.secrets["current"]
    one = caller.get(f"{HOOKS}{stored.pk}/").json()
    assert "secret" not in one and one["filters"] == {"tag": ["vip"]}
    assert caller.get(HOOKS).json()["results"] == [one]
    again = caller.post(f"{HOOKS}{stored.pk}/secret/").json()
    assert again["secret"] != made.json()["secret"]


def test_it_changes_pauses_and_goes(by, admin):
    caller = by(admin)
    at = f"{HOOKS}{caller.post(HOOKS, HOOK).json()['id']}/"
    assert caller.patch(at, {"name": "ERP"}).json()["name"] == "ERP"
    assert caller.post(f"{at}pause/").json()["state"] == "paused"
    assert caller.post(f"{at}ping/").status_code == 422
    assert caller.post(f"{at}resume/").json()["state"] == "active"
    assert caller.delete(at).status_code == 204
    assert caller.get(at).status_code == 404


def test_the_log_tells_of_every_try_and_sends_again(by, admin, hook, receiver):
    caller, at = by(admin), f"{HOOKS}{hook.pk}/"
    ping = caller.post(f"{at}ping/").json()
    receiver.statuses = [503]
    send(hook)
    send(hook)
    one = caller.get(f"{at}deliveries/{ping['id']}/").json()
    assert [attempt["status"] for attempt in one["attempts"]] == [503, 200]
    assert caller.post(f"{at}deliveries/{ping['id']}/replay/").json()["state"] == "pending"
    send(hook)
    assert [row["state"] for row in caller.get(f"{at}deliveries/").json()["results"]] == ["delivered"]
    assert len(receiver.got) == 3


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"url": "ftp://crm.example/"}, 422, None),
        ({"url": "http://crm.example/"}, 422, None),
        ({"kinds": ["nothing_known"]}, 400, "#/kinds/0"),
        ({"filters": {"assignee": ["me"]}}, 400, "#/filters/assignee"),
        ({"filters": {"channel": ["x"]}}, 400, "#/filters/channel"),
        ({"secret": "mine"}, 400, "#/secret"),
    ],
)
def test_what_cannot_be_is_refused_by_its_place(by, admin, change, status, pointer):
    answer = by(admin).post(HOOKS, HOOK | change)
    assert answer.status_code == status, answer.json()
    if pointer:
        assert answer.json()["errors"][0]["pointer"] == pointer
