"""A channel and how it is, as the API shows it, and what is sent to connect or change one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from tickets.api.fields import Id, Instant, Named, Strict, Text
from tickets.channel_health import Health
from tickets.models import Channel

LONGEST_VALUE = 4000
TONES = {"ok": "ok", "due": "warning", "breach": "error"}


class ChannelHealth(serializers.Serializer):
    """`text` says what is wrong and what mends it; empty when all is well. Money is US dollars of this UTC day."""

    level = serializers.SerializerMethodField()
    state = serializers.CharField(source="word")
    text = serializers.CharField(source="hint")
    polled_at = Instant(allow_null=True)
    behind_s = serializers.IntegerField(source="seconds_behind")
    parked = serializers.IntegerField()
    replies_waiting = serializers.IntegerField(source="outbox.waiting")
    replies_failed = serializers.IntegerField(source="outbox.failed")
    replies_unknown = serializers.IntegerField(source="outbox.unknown")
    spent_today_usd = serializers.DecimalField(max_digits=12, decimal_places=4, source="spent")

    def get_level(self, health: Health) -> str:
        return TONES[health.tone]


class ChannelSerializer(serializers.Serializer):
    """Admins see `options` and the names of the stored `credentials`, others null; nobody sees their values."""

    id = serializers.IntegerField(source="channel.pk")
    kind = serializers.CharField(source="channel.kind")
    address = serializers.CharField(source="channel.address")
    name = serializers.CharField(source="channel.name")
    team = Named(source="channel.team", allow_null=True)
    state = serializers.ChoiceField(source="channel.state", choices=Channel.State.choices)
    soft_limit_usd = serializers.DecimalField(
        max_digits=10, decimal_places=2, source="channel.soft_limit", allow_null=True
    )
    hard_limit_usd = serializers.DecimalField(
        max_digits=10, decimal_places=2, source="channel.hard_limit", allow_null=True
    )
    health = ChannelHealth(source="*")
    options = serializers.SerializerMethodField()
    credentials = serializers.SerializerMethodField()

    def get_options(self, health: Health) -> dict[str, str] | None:
        return dict(health.channel.options) if self.context["may_manage"] else None

    def get_credentials(self, health: Health) -> list[str] | None:
        stored = health.channel.credentials
        return sorted(name for name, value in stored.items() if value) if self.context["may_manage"] else None


class Values(serializers.DictField):
    """Credentials or options by name (docs/channels lists them)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=Text(max_length=LONGEST_VALUE, allow_blank=True), **options)


class NewChannel(Strict):
    kind = Text(max_length=32)
    address = Text(max_length=255)
    name = Text(max_length=255)
    team = Id(required=False, allow_null=True, default=None)
    credentials = Values(required=False, default=dict)
    options = Values(required=False, default=dict)


class ChannelChange(Strict):
    """What is left out stays. `credentials` replaces the ones named; `options` replaces all."""

    name = Text(max_length=255, required=False)
    team = Id(required=False, allow_null=True)
    credentials = Values(required=False)
    options = Values(required=False)
    soft_limit_usd = serializers.DecimalField(
        max_digits=10, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    hard_limit_usd = serializers.DecimalField(
        max_digits=10, decimal_places=2, min_value=0, required=False, allow_null=True
    )
