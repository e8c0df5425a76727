"""A ticket as the API shows it, and what may be changed about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tickets import states
from tickets.api.fields import Id, Instant, Named, OrNone, Strict, Text
from tickets.models import Ticket

MOST_TAGS = 100
LONGEST_TAG = 50


class ChannelBrief(Named):
    kind = serializers.CharField()


class Sla(serializers.Serializer):
    """The clock that matters most; its state is worked out now, so that it is true between two measurements."""

    metric = OrNone(source="sla_metric")
    due_at = Instant(source="sla_due_at", allow_null=True)
    state = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=Ticket.SlaState.choices))
    def get_state(self, ticket: Ticket) -> str:
        return sla_state(ticket, timezone.now())


def sla_state(ticket: Ticket, now: datetime) -> str:
    """The clock runs exactly while there is a due time."""
    if ticket.sla_due_at is None:
        return ticket.sla_state
    if ticket.sla_due_at <= now:
        return Ticket.SlaState.BREACHED
    at_risk = ticket.sla_at_risk_at is not None and ticket.sla_at_risk_at <= now
    return Ticket.SlaState.AT_RISK if at_risk else Ticket.SlaState.OK


class TicketSerializer(serializers.Serializer):
    """`url` is the ticket's address in the API, `html_url` its page. `tags` are names."""

    number = serializers.IntegerField()
    subject = serializers.CharField()
    status = serializers.ChoiceField(choices=Ticket.Status.choices)
    priority = serializers.ChoiceField(source="priority_name", choices=list(states.PRIORITIES))
    channel = ChannelBrief()
    visibility = serializers.ChoiceField(choices=Ticket.Visibility.choices)
    customer = Named()
    assignee = Named(allow_null=True)
    team = Named(allow_null=True)
    tags = serializers.SerializerMethodField()
    created_at = Instant(source="opened_at")
    updated_at = Instant()
    last_message_at = Instant(allow_null=True)
    waiting_since = Instant(allow_null=True)
    sla = Sla(source="*")
    excluded = OrNone()
    external_id = OrNone()
    url = serializers.HyperlinkedIdentityField("api-ticket", lookup_field="number")
    html_url = serializers.HyperlinkedIdentityField("ticket", lookup_field="number")

    def get_tags(self, ticket: Ticket) -> list[str]:
        return [tag.name for tag in ticket.tags.all()]


class TicketChange(Strict):
    """Everything is optional; what is left out stays as it is. `tags` replaces all tags."""

    status = serializers.ChoiceField(choices=Ticket.Status.choices, required=False)
    priority = serializers.ChoiceField(choices=list(states.PRIORITIES), required=False)
    assignee = Id(allow_null=True, required=False, help_text="Id of a user; null for nobody.")
    team = Id(allow_null=True, required=False, help_text="Id of a team; null for none.")
    tags = serializers.ListField(
        child=Text(max_length=LONGEST_TAG, allow_blank=True), max_length=MOST_TAGS, required=False
    )

    def validate_tags(self, names: list[str]) -> list[Any]:
        return list(dict.fromkeys(" ".join(name.split()) for name in names))
