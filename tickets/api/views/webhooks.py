"""Webhooks, and the log of what was sent."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from tickets.api.base import Endpoint, ListEndpoint, find
from tickets.api.fields import Nothing
from tickets.api.idempotency import idempotent
from tickets.api.serializers.webhook import (
    NewWebhook,
    OneWebhookDelivery,
    WebhookChange,
    WebhookDeliverySerializer,
    WebhookSerializer,
    WebhookWithSecret,
)
from tickets.models import Webhook, WebhookDelivery
from tickets.services import webhooks

NO_STORE = {"Cache-Control": "no-store"}


class WebhookEndpoint(Endpoint):
    ability = "webhooks.manage"
    serializer_class = WebhookSerializer

    def webhook(self) -> Webhook:
        return find(Webhook.objects.all(), self.kwargs["pk"], "webhook")

    def shown(self, webhook: Webhook) -> Response:
        webhook.refresh_from_db()
        return Response(WebhookSerializer(webhook).data)


def _with_secret(webhook: Webhook, secret: str, status: int) -> Response:
    shown = {**WebhookSerializer(webhook).data, "secret": secret}
    return Response(shown, status, headers=NO_STORE)


class Webhooks(ListEndpoint):
    ability = "webhooks.manage"
    serializer_class = WebhookSerializer
    queryset = Webhook.objects.none()

    def get_queryset(self) -> QuerySet[Webhook]:
        return Webhook.objects.all()

    @extend_schema(operation_id="webhooks_list")
    def get(self, request: Request) -> Response:
        """Every subscription."""
        return super().get(request)

    @extend_schema(operation_id="webhooks_create", request=NewWebhook, responses={201: WebhookWithSecret})
    @idempotent
    def post(self, request: Request) -> Response:
        """Subscribe an address to events. The answer holds the secret that signs them, this once."""
        made, secret = webhooks.add(**self.body(NewWebhook))
        return _with_secret(made, secret, 201)


class OneWebhook(WebhookEndpoint):
    @extend_schema(operation_id="webhooks_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """One subscription."""
        return self.shown(self.webhook())

    @extend_schema(operation_id="webhooks_change", request=WebhookChange)
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is named; `filters` replaces all filters."""
        webhook = self.webhook()
        webhooks.update(webhook, **self.body(WebhookChange))
        return self.shown(webhook)

    @extend_schema(operation_id="webhooks_remove", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Remove it with its log."""
        self.webhook().delete()
        return Response(status=204)


class RotateSecret(WebhookEndpoint):
    takes = Nothing

    @extend_schema(operation_id="webhooks_secret_create", responses={201: WebhookWithSecret})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """A new secret, shown this once. The one before signs beside it for 24 hours."""
        webhook = self.webhook()
        self.body(Nothing)
        return _with_secret(webhook, webhooks.rotate(webhook), 201)


class PauseWebhook(WebhookEndpoint):
    takes = Nothing

    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Send nothing until it is resumed. Events are kept for three days."""
        webhook = self.webhook()
        self.body(Nothing)
        webhooks.pause(webhook)
        return self.shown(webhook)


class ResumeWebhook(WebhookEndpoint):
    takes = Nothing

    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Go on, with what was missed first."""
        webhook = self.webhook()
        self.body(Nothing)
        webhooks.resume(webhook)
        return self.shown(webhook)


class PingWebhook(WebhookEndpoint):
    takes = Nothing
    serializer_class = WebhookDeliverySerializer

    @extend_schema(operation_id="webhooks_ping_create", responses={201: WebhookDeliverySerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Send a message of the type `ping`; its delivery tells how it was answered."""
        webhook = self.webhook()
        self.body(Nothing)
        return Response(WebhookDeliverySerializer(webhooks.ping(webhook)).data, 201)


class WebhookDeliveries(ListEndpoint):
    ability = "webhooks.manage"
    serializer_class = WebhookDeliverySerializer
    order = ("-id",)
    queryset = WebhookDelivery.objects.none()

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        webhook = find(Webhook.objects.all(), self.kwargs["pk"], "webhook")
        return webhook.deliveries.select_related("event")

    @extend_schema(operation_id="webhooks_deliveries_list")
    def get(self, request: Request, pk: int) -> Response:
        """What was sent in the last 30 days, the newest first."""
        return super().get(request, pk)


class WebhookDeliveryEndpoint(WebhookEndpoint):
    serializer_class = OneWebhookDelivery

    def delivery(self) -> WebhookDelivery:
        return find(self.webhook().deliveries.select_related("event"), self.kwargs["delivery"], "delivery")


class OneDelivery(WebhookDeliveryEndpoint):
    @extend_schema(operation_id="webhooks_deliveries_retrieve")
    def get(self, request: Request, pk: int, delivery: int) -> Response:
        """One message with every try: what was sent, what was answered."""
        return Response(OneWebhookDelivery(self.delivery()).data)


class ReplayDelivery(WebhookDeliveryEndpoint):
    takes = Nothing

    @idempotent
    def post(self, request: Request, pk: int, delivery: int) -> Response:
        """Send it again under the same id. One that is on its way stays as it is."""
        found = self.delivery()
        self.body(Nothing)
        webhooks.replay(found.webhook.deliveries.filter(pk=found.pk))
        return Response(OneWebhookDelivery(self.delivery()).data)
