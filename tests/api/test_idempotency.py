"""A POST that is sent again under its key is done once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.api.conftest import said
from tests.conftest import PASSWORD
from tickets import tasks
from tickets.channels.errors import AuthRevoked
from tickets.models import GivenAnswer, Message

pytestmark = pytest.mark.django_db

NOTE = {"visibility": "internal", "text": "Seen"}


def post(client, ticket, body=NOTE, key="k1"):
    return client.post(f"/api/v1/tickets/{ticket.pk}/messages/", body, format="json", headers={"Idempotency-Key": key})


def notes():
    return Message.objects.filter(direction="note").count()


def test_the_same_key_gives_the_same_answer(by, agent, ticket):
    client = by(agent)
    first, again = post(client, ticket), post(client, ticket, {"text": "Seen", "visibility": "internal"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["Location"], again["Content-Type"]) == (
        first.content,
        first["Location"],
        first["Content-Type"],
    )
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert notes() == 1


def test_another_body_or_address_is_422(by, agent, ticket):
    client = by(agent)
    other = said("Another", author="kim")
    post(client, ticket)
    for answer in (post(client, ticket, NOTE | {"text": "Other"}), post(client, other)):
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:parley:problem:idempotency-key-reused")
    assert notes() == 1


def test_keys_are_each_persons_own(by, agent, manager, ticket):
    post(by(agent), ticket)
    assert "Idempotency-Replayed" not in post(by(manager), ticket)
    assert notes() == 2


def test_a_refusal_is_an_answer_too(by, agent, ticket):
    client = by(agent)
    first = post(client, ticket, {"visibility": "internal", "text": " "})
    again = post(client, ticket, {"visibility": "internal", "text": " "})
    assert (first.status_code, again.status_code, again["Content-Type"]) == (422, 422, "application/problem+json")
    assert again.json()["detail"] == first.json()["detail"]


def test_what_fails_on_our_side_leaves_nothing_and_frees_the_key(by, agent, ticket, monkeypatch):
    client = by(agent)
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("tickets.api.views.messages.messages_of", lambda ticket: 1 / 0)
        assert post(client, ticket).status_code == 500
    assert (notes(), GivenAnswer.objects.count()) == (0, 0)
    assert post(client, ticket).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_key_that_is_none_is_400(by, agent, ticket, key):
    assert post(by(agent), ticket, key=key).status_code == 400


def test_a_token_is_made_once_and_never_lies_in_the_open(client, agent):
    body = {"email": agent.email, "password": PASSWORD}
    answers = [
        client.post("/api/v1/token/", body, "application/json", headers={"Idempotency-Key": "t1"}) for _ in range(2)
    ]
    secret = answers[0].json()["token"]
    assert answers[1].json()["token"] == secret
    assert agent.api_tokens.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM tickets_givenanswer t")
        stored = cursor.fetchone()[0]
    assert secret not in stored
    assert secret.encode().hex() not in stored


def test_answers_are_forgotten_after_a_day(by, agent, ticket):
    client = by(agent)
    post(client, ticket, key="old")
    GivenAnswer.objects.update(created_at="2026-01-01T00:00Z")
    post(client, ticket, NOTE | {"text": "New"}, key="new")
    tasks.forget()
    assert list(GivenAnswer.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_done_once(by, agent, ticket):
    clients = [by(agent) for _ in range(6)]

    def send(client):
        try:
            return post(client, ticket)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(send, clients))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert notes() == 1


def test_a_failed_check_of_a_channel_is_kept_and_answered_again(by, admin, network, channel):
    network.fail("check", AuthRevoked("The token was revoked."))
    answers = [
        by(admin).post(f"/api/v1/channels/{channel.pk}/check/", {}, headers={"Idempotency-Key": "k1"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json() == answers[1].json()
    channel.refresh_from_db()
    assert channel.last_error == "The token was revoked."
    assert network.calls.count("check") == 1
