"""A telephone call as the API shows it, and what is sent to log one."""

from rest_framework import serializers

from tickets.api.fields import Id, Instant, Named, Strict, Text, Whole
from tickets.models import Call, Ticket

DIRECTIONS = ("inbound", "outbound")
E164 = r"^\+[1-9][0-9]{5,14}$"
DAY_S = 24 * 3600


class CallSerializer(serializers.Serializer):
    """`ticket`, `message`: number and id of where it is told. `talk_s` is from answer to end."""

    id = serializers.IntegerField()
    ticket = serializers.IntegerField(source="message.ticket_id")
    message = serializers.IntegerField(source="message_id")
    channel = Named()
    customer = Named(source="message.identity.customer")
    number = serializers.CharField(source="message.identity.external_id")
    direction = serializers.ChoiceField(source="message.direction", choices=DIRECTIONS)
    outcome = serializers.ChoiceField(choices=Call.Outcome.choices, allow_blank=True)
    started_at = Instant()
    answered_at = Instant(allow_null=True)
    ended_at = Instant(allow_null=True)
    talk_s = serializers.IntegerField()
    hold_s = serializers.IntegerField()
    wrap_s = serializers.IntegerField()
    callback_due_at = Instant(allow_null=True)
    notes = serializers.CharField(source="message.text")


class NewCall(Strict):
    channel = Id(help_text="Id of a channel that logs calls.")
    number = serializers.RegexField(E164, help_text="The other party's number in E.164, such as +442079460000.")
    name = Text(max_length=100, required=False, default="", allow_blank=True)
    direction = serializers.ChoiceField(choices=DIRECTIONS)
    outcome = serializers.ChoiceField(choices=Call.Outcome.choices)
    started_at = Instant()
    answered_at = Instant(required=False, allow_null=True, default=None)
    ended_at = Instant(required=False, allow_null=True, default=None)
    notes = Text(max_length=20_000, required=False, default="", allow_blank=True, trim_whitespace=False)
    hold_s = Whole(min_value=0, max_value=DAY_S, required=False, default=0)
    wrap_s = Whole(min_value=0, max_value=DAY_S, required=False, default=0)
    callback_due_at = Instant(required=False, allow_null=True, default=None)
    ticket = Id(required=False, allow_null=True, default=None, help_text="Number of the ticket it belongs to.")
    then_status = serializers.ChoiceField(choices=Ticket.Status.choices, required=False, default="")
    external_id = Text(max_length=200, required=False, help_text="Names the call for ever: told twice it stands once.")
