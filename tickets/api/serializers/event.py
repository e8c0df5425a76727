"""An event as the API shows it (docs/events.md lists the kinds and their data)."""

from rest_framework import serializers

from tickets.api.fields import Instant, OrNone
from tickets.models import Event


class Actor(serializers.Serializer):
    """`id` and `name` are those of a user where one of us acted."""

    type = serializers.ChoiceField(source="actor_kind", choices=Event.Actor.choices)
    id = serializers.IntegerField(source="actor_id", allow_null=True)
    name = serializers.SerializerMethodField()

    def get_name(self, event: Event) -> str | None:
        return event.actor.name if event.actor else None


class EventSerializer(serializers.Serializer):
    """`message`, `channel`: ids. `occurred_at` is the network's or the agent's time, `recorded_at` ours."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    actor = Actor(source="*")
    message = serializers.IntegerField(source="message_id", allow_null=True)
    channel = serializers.IntegerField(source="channel_id", allow_null=True)
    visibility = OrNone()
    occurred_at = Instant()
    recorded_at = Instant()
    data = serializers.DictField()
