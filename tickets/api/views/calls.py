"""Telephone calls."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import team_sight
from tickets.api.base import ListEndpoint
from tickets.api.errors import refused
from tickets.api.idempotency import idempotent
from tickets.api.serializers.call import CallSerializer, NewCall
from tickets.channels.contract import Person
from tickets.channels.registry import kinds
from tickets.models import Call, Channel
from tickets.queries import visible_tickets
from tickets.services.call_tickets import CallLog
from tickets.services.calls import log_call


class Calls(ListEndpoint):
    ability = "tickets.work"
    serializer_class = CallSerializer
    order = ("-started_at", "-id")
    queryset = Call.objects.none()

    def get_queryset(self) -> QuerySet[Call]:
        seen = Call.objects.filter(team_sight(self.request.user, "message__ticket__team"))
        return seen.select_related("channel", "message__identity__customer").defer("channel__credentials")

    @extend_schema(operation_id="calls_list")
    def get(self, request: Request) -> Response:
        """Calls in tickets that you see, the newest first."""
        return super().get(request)

    @extend_schema(operation_id="calls_create", request=NewCall, responses={201: CallSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Log a call. It opens a ticket, or joins the one named."""
        call = self.body(NewCall)
        message = log_call(_line(call.pop("channel")), request.user, self._log(**call))
        return Response(self.get_serializer(self.get_queryset().get(message=message)).data, status=201)

    def _log(self, *, number: str, name: str, external_id: str = "", ticket: int | None, **call: Any) -> CallLog:
        if ticket and not visible_tickets(self.request.user).filter(pk=ticket).exists():
            raise refused(f"There is no ticket {ticket}, or you may not see it.", "/ticket")
        caller = Person(number, name=name, handle=number)
        return CallLog(external_id=external_id or str(uuid.uuid4()), caller=caller, ticket=ticket, **call)


def _line(pk: int) -> Channel:
    lines = Channel.objects.filter(kind__in=[kind.kind for kind in kinds() if kind.capabilities.logs_calls])
    channel = lines.filter(pk=pk).first()
    if channel is None:
        raise refused(f"Channel {pk} does not log calls.", "/channel")
    return channel
