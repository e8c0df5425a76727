"""Every operation of the schema with made-up values, as each role: nothing that fits the schema makes a 500."""

import json
from urllib.parse import urlencode

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from rest_framework.test import APIClient
from schemathesis.core import NOT_SET

from accounts.models import ApiToken
from tests import factories as make
from tickets.api.schema import document
from tickets.models import InboundItem
from tickets.services import webhooks

pytestmark = pytest.mark.django_db

EXAMPLES = 4
SCHEMA = schemathesis.openapi.from_dict(document())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
MAKE_UP = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def ids(admin, agent, open_team, ticket) -> dict[str, int]:
    """First word of an address -> the id of something that exists, so that more than 404 is reached."""
    hook, _ = webhooks.add("CRM", "https://crm.example/hook", [], {})
    parked = InboundItem.objects.create(channel=ticket.channel, external_id="odd", state="parked")
    return {
        "webhooks": hook.pk,
        "delivery": webhooks.ping(hook).pk,
        "tickets": make.message(ticket, direction="note").pk,
        "customers": ticket.customer_id,
        "channels": ticket.channel_id,
        "users": agent.pk,
        "teams": open_team.pk,
        "parked-items": parked.pk,
        "number": ticket.pk,
    }


@pytest.mark.parametrize("role", ["admin", "manager", "agent"])
def test_nothing_that_fits_the_schema_makes_a_500(role, request, admin, manager, agent, ids, settings):
    settings.API_REQUESTS_PER_MINUTE = 10**6
    _, secret = ApiToken.objects.issue(request.getfixturevalue(role), "test", list(ApiToken.Scope.values))
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {secret}", raise_request_exception=False)
    answered: list[int] = []
    for operation in OPERATIONS:

        @seed(4711)
        @MAKE_UP
        @given(case=operation.as_strategy())
        def call(case):
            status, asked = send(client, case, ids)
            answered.append(status)
            assert status < 500, asked

        call()
    assert len(answered) >= len(OPERATIONS)
    assert {200, 400} <= set(answered)


def send(client: APIClient, case, ids: dict[str, int]) -> tuple[int, str]:
    resource = case.path.removeprefix("/api/v1/").partition("/")[0]
    given = {"id": ids.get(resource, 1), "number": ids["number"], "delivery": ids["delivery"]}
    path = case.path.format(**given) + (f"?{urlencode(case.query, doseq=True)}" if case.query else "")
    body = "" if case.body is NOT_SET else json.dumps(case.body)
    with transaction.atomic():
        answer = client.generic(case.method.upper(), path, body, content_type="application/json")
        transaction.set_rollback(True)
    return answer.status_code, f"{case.method} {path} {body}"
