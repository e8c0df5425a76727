"""A customer and their identities as the API shows them."""

from typing import Any

from rest_framework import serializers

from tickets.api.fields import Flag, Instant, Strict, Text

LONGEST_NOTE = 5000


class IdentitySerializer(serializers.Serializer):
    """Who a customer is on one network. `external_id` never changes there; handle and name may."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    external_id = serializers.CharField()
    handle = serializers.CharField()
    name = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)
    verified = serializers.BooleanField()
    blocked_at = Instant(allow_null=True)
    created_at = Instant()


class CustomerSerializer(serializers.Serializer):
    """`tickets`: the list of theirs that you see."""

    sparse = True
    id = serializers.IntegerField()
    name = serializers.CharField()
    note = serializers.CharField(help_text="What colleagues wrote about them; they never see it.")
    is_vip = serializers.BooleanField()
    do_not_contact = serializers.BooleanField(help_text="They asked to be left alone: nothing is sent to them.")
    created_at = Instant()
    identities = IdentitySerializer(many=True)
    tickets = serializers.SerializerMethodField()

    def get_tickets(self, customer: Any) -> str:
        return f"{self.context['tickets']}?customer={customer.pk}"


class CustomerChange(Strict):
    note = Text(max_length=LONGEST_NOTE, allow_blank=True, trim_whitespace=False, required=False)
    is_vip = Flag(required=False)
    do_not_contact = Flag(required=False)
