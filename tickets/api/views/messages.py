"""Messages of a ticket: reading, answering, noting."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.models import User
from tickets.api.base import Endpoint, ListEndpoint, find
from tickets.api.errors import Problem, refused
from tickets.api.idempotency import idempotent
from tickets.api.serializers.event import EventSerializer
from tickets.api.serializers.message import INTERNAL, MessageSerializer, NewMessage
from tickets.api.shape import Shaped
from tickets.api.views.tickets import find_ticket
from tickets.models import Event, Message, Ticket
from tickets.services import properties, reply
from tickets.services.compose import ComposeOption, option_for, options_for
from tickets.services.errors import Outdated


def messages_of(ticket: Ticket) -> QuerySet[Message]:
    related = Message.objects.filter(ticket=ticket).select_related("channel", "user", "identity", "delivery")
    return related.defer("channel__credentials").prefetch_related("attachments")


class Messages(Shaped, ListEndpoint):
    ability = "tickets.work"
    serializer_class = MessageSerializer
    order = ("occurred_at", "id")
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        return messages_of(find_ticket(self.request.user, self.kwargs["number"]))

    @extend_schema(operation_id="tickets_messages_list")
    def get(self, request: Request, number: int) -> Response:
        """Everything said in the ticket, in all its threads, oldest first."""
        return super().get(request)

    @extend_schema(operation_id="tickets_messages_create", request=NewMessage, responses={201: MessageSerializer})
    @idempotent
    def post(self, request: Request, number: int) -> Response:
        """Answer, or add a note. A reply leaves after the time in which it can be undone."""
        ticket = find_ticket(request.user, number)
        message = _write(ticket, request.user, **self.body(NewMessage))
        shown = self.get_serializer(messages_of(ticket).get(pk=message.pk)).data
        address = reverse("api-message", args=[number, message.pk], request=request)
        return Response(shown, status=201, headers={"Location": address})


class OneMessage(Shaped, Endpoint):
    ability = "tickets.work"
    serializer_class = MessageSerializer

    @extend_schema(operation_id="tickets_messages_retrieve")
    def get(self, request: Request, number: int, pk: int) -> Response:
        """One message of a ticket."""
        ticket = find_ticket(request.user, number)
        message = find(messages_of(ticket), pk, "message")
        return Response(self.shaped([self.get_serializer(message).data])[0])


def _write(ticket: Ticket, by: User, *, visibility: str, text: str, **wishes: Any) -> Message:
    if visibility == INTERNAL:
        if wishes:
            raise refused("A note has nothing but its text.", f"/{min(wishes)}")
        return reply.add_note(ticket.pk, by, text)
    way = _way(ticket, visibility, wishes.pop("channel", None), wishes.pop("answers", None))
    assert way.answers is not None
    wishes.setdefault("seen", _arrival_of(way.answers))
    try:
        return reply.send_reply(
            ticket.pk,
            by,
            channel_id=way.channel.pk,
            visibility=visibility,
            answers=way.answers.pk,
            text=text,
            **wishes,
        )
    except Outdated as outdated:
        raise _outdated(outdated) from None


def _way(ticket: Ticket, visibility: str, channel: int | None, answers: int | None) -> ComposeOption:
    """The way to answer that was asked for; what was left open is what the composer would offer first."""
    if answers:
        option = option_for(properties.message_of(ticket.pk, answers), visibility)
        options = [option] if option else []
    else:
        options = [option for option in options_for(ticket) if option.visibility == visibility]
    fitting = [option for option in options if option.answers and channel in (None, option.channel.pk)]
    if not fitting:
        raise refused(f"Nothing in this ticket can be answered as a {visibility} message there.", "/visibility")
    return fitting[0]


def _arrival_of(message: Message) -> int:
    """The event with which a message came; what happened later its reader may not know."""
    arrived: int | None = Event.objects.filter(message=message, kind="message_in").aggregate(newest=Max("id"))["newest"]
    return arrived or 0


def _outdated(outdated: Outdated) -> Problem:
    return Problem(
        409,
        "outdated",
        "The ticket changed since you looked",
        "Somebody answered or the customer wrote meanwhile: see `events`. Read on, or repeat with `anyway`: true.",
        events=EventSerializer(outdated.events, many=True).data,
    )
