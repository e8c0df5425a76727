"""Webhooks and their log as the API shows them, and what is sent to change them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from tickets import states
from tickets.api.fields import Instant, OrNone, Strict, Text
from tickets.event_words import KINDS
from tickets.forms.webhook import FiltersForm
from tickets.models import Ticket, Webhook, WebhookDelivery

MOST_VALUES = 50
LONGEST_VALUE = 50


def _several(**options: Any) -> serializers.ListField:
    child: Any = options.pop("child", None) or Text(max_length=LONGEST_VALUE)
    return serializers.ListField(child=child, max_length=MOST_VALUES, required=False, **options)


class WebhookFilters(Strict):
    """As the queue's filters: values of one widen it, different ones narrow each other."""

    status = _several(child=serializers.ChoiceField(choices=Ticket.Status.choices))
    priority = _several(child=serializers.ChoiceField(choices=list(states.PRIORITIES)))
    visibility = _several(child=serializers.ChoiceField(choices=["public", "private"]))
    channel = _several(help_text="Ids of channels, as text.")
    team = _several(help_text="Ids of teams, as text, or `none`.")
    tag = _several(help_text="Names of tags.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        form = FiltersForm(given)
        if not form.is_valid():
            raise serializers.ValidationError({name: [str(e) for e in es] for name, es in form.errors.items()})
        return form.filters


class WebhookSerializer(serializers.Serializer):
    """`kinds` is empty for every event. `error` is how the last try failed, null once one succeeds."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.URLField()
    kinds = serializers.ListField(child=serializers.CharField())
    filters = WebhookFilters()
    state = serializers.ChoiceField(choices=Webhook.State.choices)
    pause_text = OrNone()
    last_ok_at = Instant(allow_null=True)
    error = OrNone(source="last_error")
    created_at = Instant()


class WebhookWithSecret(WebhookSerializer):
    """`secret` is shown this once."""

    secret = serializers.CharField()


class WebhookChange(Strict):
    name = Text(max_length=80, required=False)
    url = serializers.URLField(max_length=1000, required=False)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=KINDS), max_length=len(KINDS), required=False)
    filters = WebhookFilters(required=False)


class NewWebhook(WebhookChange):
    name = Text(max_length=80)
    url = serializers.URLField(max_length=1000)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=KINDS), max_length=len(KINDS), default=list)
    filters = WebhookFilters(default=dict)


class AttemptSerializer(serializers.Serializer):
    """`status` is null where nothing answered; `response_body` is its beginning."""

    started_at = Instant()
    took_ms = serializers.IntegerField(allow_null=True)
    request_headers = serializers.DictField(child=serializers.CharField())
    request_body = serializers.CharField()
    status = serializers.IntegerField(allow_null=True)
    response_headers = serializers.DictField(child=serializers.CharField())
    response_body = serializers.CharField()
    error = OrNone()


class WebhookDeliverySerializer(serializers.Serializer):
    """`message_id` is the header `webhook-id`. `event` and `ticket` are null for a ping."""

    id = serializers.IntegerField()
    message_id = serializers.CharField()
    event = serializers.IntegerField(source="event_id", allow_null=True)
    kind = serializers.SerializerMethodField()
    ticket = serializers.IntegerField(source="ticket_id", allow_null=True)
    state = serializers.ChoiceField(choices=WebhookDelivery.State.choices)
    tries = serializers.IntegerField()
    since = Instant()
    next_try_at = Instant()
    settled_at = Instant(allow_null=True)

    def get_kind(self, delivery: WebhookDelivery) -> str:
        return delivery.event.kind if delivery.event else "ping"


class OneWebhookDelivery(WebhookDeliverySerializer):
    attempts = AttemptSerializer(many=True)
