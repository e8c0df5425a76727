"""The list of 50 tickets of 100,000, against a bare REST framework view that answers with the same bytes."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiToken, Role, User
from bench.measure import Row, p95_ms

TICKETS = 100_000
LIST = "/api/v1/tickets/"


class Bare(APIView):
    data: object = None

    def get(self, request: Request) -> Response:
        return Response(Bare.data)


urlpatterns = [path("bare/", Bare.as_view()), path("", include("helpdesk.urls"))]


def main() -> Iterator[Row]:
    call_command("seed_bench", tickets=TICKETS, stdout=StringIO())
    # Without an admin every address leads to the first-run page.
    admin = User.objects.create_superuser("bench-api@parley.example", "Bench Admin")
    reader = User.objects.filter(role=Role.AGENT, is_active=True).first() or admin
    _token, secret = ApiToken.objects.issue(reader, "bench", list(ApiToken.Scope.values))
    client = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {secret}"})
    with override_settings(ROOT_URLCONF="bench.api"):
        Bare.data = json.loads(_get(client, LIST).content)
        ours, floor = p95_ms(lambda: _get(client, LIST), lambda: _get(client, "/bare/"))
    yield Row("API list, 50 of 100,000 tickets", ours, floor, "ms p95", "bare view, same bytes")


def _get(client: Client, address: str) -> Any:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return answer
