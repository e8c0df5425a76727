"""What was fetched and could not be understood; admins have it translated again."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tickets.api.base import Endpoint, ListEndpoint, find
from tickets.api.fields import Instant, Nothing
from tickets.api.idempotency import idempotent
from tickets.models import InboundItem
from tickets.services.ingest import replay

PARKED = InboundItem.State.PARKED


class ParkedSerializer(serializers.Serializer):
    """`channel` is an id, `payload` what came."""

    id = serializers.IntegerField()
    channel = serializers.IntegerField(source="channel_id")
    external_id = serializers.CharField()
    received_at = Instant()
    state = serializers.ChoiceField(choices=InboundItem.State.choices)
    reason = serializers.CharField()
    payload = serializers.JSONField()


class ParkedItems(ListEndpoint):
    ability = "channels.manage"
    serializer_class = ParkedSerializer
    order = ("-id",)
    queryset = InboundItem.objects.none()

    def get_queryset(self) -> QuerySet[InboundItem]:
        return InboundItem.objects.filter(state=PARKED).defer("raw")

    @extend_schema(operation_id="parked_items_list")
    def get(self, request: Request) -> Response:
        """Items that could not be understood, with what came and the reason, the newest first."""
        return super().get(request)


class ReplayItem(Endpoint):
    ability = "channels.manage"
    serializer_class = ParkedSerializer
    takes = Nothing

    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Translate it again, a moment later."""
        item = find(InboundItem.objects.filter(state=PARKED), pk, "parked item")
        self.body(Nothing)
        replay([item.pk], request.user)
        item.refresh_from_db()
        return Response(ParkedSerializer(item).data)
