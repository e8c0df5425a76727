"""A message as the API shows it, and what is sent to write one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tickets.api.fields import LARGEST, Flag, Id, Instant, OrNone, Strict, Text
from tickets.api.serializers.ticket import ChannelBrief
from tickets.models import Attachment, Delivery, Message
from tickets.models.ticket import Ticket
from tickets.services.parts import MOST_PARTS

LONGEST_TEXT = 100_000
INTERNAL = Message.Visibility.INTERNAL
_NAMES_SOMEBODY = (Message.AuthorKind.CUSTOMER, Message.AuthorKind.THIRD_PARTY)


class Author(serializers.Serializer):
    """`id` is a customer's for `customer` and `third_party`, a user's for `agent`, and null for the others."""

    type = serializers.ChoiceField(source="author_kind", choices=Message.AuthorKind.choices)
    id = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()

    def get_id(self, message: Message) -> int | None:
        if message.author_kind in _NAMES_SOMEBODY and message.identity:
            return message.identity.customer_id
        return message.user_id

    def get_name(self, message: Message) -> str:
        if message.user:
            return message.user.name
        if message.author_kind in _NAMES_SOMEBODY and message.identity:
            return message.identity.name or message.identity.label
        return str(message.get_author_kind_display())


class Address(serializers.Serializer):
    name = serializers.CharField()
    address = serializers.CharField()


class DeliveryBrief(serializers.Serializer):
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    error = OrNone(source="error_text")


class AttachmentSerializer(serializers.Serializer):
    """`url` gives the file once its state is `stored`."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    filename = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    alt_text = serializers.CharField()
    state = serializers.ChoiceField(choices=Attachment.State.choices)
    url = serializers.HyperlinkedIdentityField("api-attachment", lookup_field="pk")


class MessageSerializer(serializers.Serializer):
    """Notes have no channel and the visibility `internal`. `sent_at` is null while a reply has not left."""

    sparse = True
    id = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=Message.Direction.choices)
    visibility = serializers.ChoiceField(choices=Message.Visibility.choices)
    channel = ChannelBrief(allow_null=True)
    author = Author(source="*")
    to = Address(many=True)
    cc = Address(many=True)
    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()
    sent_at = serializers.SerializerMethodField()
    received_at = Instant()
    external_id = OrNone()
    in_reply_to = serializers.IntegerField(source="in_reply_to_id", allow_null=True)
    delivery = serializers.SerializerMethodField()
    attachments = AttachmentSerializer(many=True)

    @extend_schema_field(Instant(allow_null=True))
    def get_sent_at(self, message: Message) -> Any:
        delivery = _delivery(message)
        if delivery and delivery.state != Delivery.State.SENT:
            return None
        return Instant().to_representation(message.occurred_at)

    @extend_schema_field(DeliveryBrief(allow_null=True))
    def get_delivery(self, message: Message) -> Any:
        delivery = _delivery(message)
        return DeliveryBrief(delivery).data if delivery else None


def _delivery(message: Message) -> Delivery | None:
    return getattr(message, "delivery", None)


class NewMessage(Strict):
    """A reply, or with the visibility `internal` a note, which has nothing but its text.

    `answers` and `channel` are the newest message that can be answered that way when they are left out. `seen` is the
    newest event that the writer knows of; without it, the message that is answered is the newest thing known.
    """

    visibility = serializers.ChoiceField(choices=Message.Visibility.choices)
    # The verb says what is wrong with an empty one.
    text = Text(max_length=LONGEST_TEXT, allow_blank=True, trim_whitespace=False)
    subject = Text(max_length=255, required=False, allow_blank=True, help_text="Where the channel has subjects.")
    channel = Id(required=False, help_text="Id of the channel to answer on.")
    answers = Id(required=False, help_text="Id of the message to answer.")
    seen = Id(required=False, min_value=0, max_value=LARGEST, help_text="Id of the newest event known to the writer.")
    anyway = Flag(required=False, help_text="Send although somebody answered or the customer wrote meanwhile.")
    parts = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_PARTS,
        help_text="How many numbered posts a long public reply may become; a refusal says how many it would be.",
    )
    then_status = serializers.ChoiceField(choices=Ticket.Status.choices, required=False)
