"""Callers of the API: by token, by session, and by nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiToken, User
from tests import factories as make
from tests import loopback
from tests.tickets.conftest import channel, network
from tickets.models import Channel, Ticket
from tickets.services import poll
from tickets.services.ingest import translate

__all__ = ["channel", "network"]

Caller = Callable[..., APIClient]


@pytest.fixture
def by(db) -> Caller:
    """`by(agent)` has a token with every scope, `by(agent, "tickets:read")` one with these; `by(None)` none."""

    def caller(person: User | None, *scopes: str) -> APIClient:
        client = APIClient(HTTP_ACCEPT="application/json", raise_request_exception=True)
        client.default_format = "json"
        if person:
            _, secret = ApiToken.objects.issue(person, "test", list(scopes or ApiToken.Scope.values))
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return caller


@pytest.fixture
def ticket(channel: Channel) -> Ticket:
    """What came in by a real poll and can be answered in public and privately."""
    return said("Where is my bag?")


def said(text: str, **fields: object) -> Ticket:
    """Somebody says something on the network; returns the ticket that comes of it."""
    external_id = loopback.network.say(text, **fields)
    channel = Channel.objects.get(kind="loopback")
    channel.feeds.update(next_poll_at=None)
    poll.poll(channel.feeds.get().pk)
    translate(channel.pk)
    return Ticket.objects.get(messages__external_id=external_id)


@pytest.fixture
def closed_ticket(channel: Channel, closed_team) -> Ticket:
    """A ticket of the closed team, which the agent does not see."""
    return make.ticket(channel=channel, team=closed_team)
