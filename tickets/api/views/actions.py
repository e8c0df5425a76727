"""What an agent does to a ticket or to a reply besides changing its properties: one address for each verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from tickets.api.base import Endpoint, find
from tickets.api.fields import Id, Instant, Nothing, Strict
from tickets.api.idempotency import idempotent
from tickets.api.serializers.message import MessageSerializer
from tickets.api.serializers.ticket import TICKET_ROWS
from tickets.api.views.messages import messages_of
from tickets.api.views.tickets import TicketEndpoint, find_ticket
from tickets.models import Delivery
from tickets.services import merging, properties, reply


class TicketAction(TicketEndpoint):
    """`verb(number, by, **body)`; answers with the ticket as it is then."""

    verb: ClassVar[Callable[..., None]]
    takes: ClassVar[type[Strict]] = Nothing

    @idempotent
    def post(self, request: Request, number: int) -> Response:
        find_ticket(request.user, number)
        type(self).verb(number, request.user, **self.body(self.takes))
        return self.shown(TICKET_ROWS, number)


class NoReplyNeeded(TicketAction):
    """Out of the queue as solved, and out of the response measures."""

    verb = staticmethod(properties.no_reply_needed)


class Spam(TicketAction):
    """Out of the queue and out of every measure."""

    verb = staticmethod(properties.mark_spam)


class Block(TicketAction):
    """Spam, and whatever its author writes from now on is stored and ignored."""

    verb = staticmethod(properties.block_author)


class AnsweredOutsideBody(Strict):
    at = Instant(required=False, help_text="When it was answered; by default now.")


class AnsweredOutside(TicketAction):
    """Somebody answered in the network itself: the clock stops, the ticket waits for the customer."""

    verb = staticmethod(properties.answered_outside)
    takes = AnsweredOutsideBody


class WorkBody(Strict):
    start = Instant()
    until = Instant()


class Work(TicketAction):
    """Time of handling, told by hand."""

    verb = staticmethod(properties.log_work)
    takes = WorkBody


class MergeBody(Strict):
    into = Id(help_text="Number of the ticket that stays.")


class Merge(TicketAction):
    """Move threads and messages to another ticket; this one closes as merged."""

    takes = MergeBody

    @staticmethod
    def verb(number: int, by: User, into: int) -> None:
        find_ticket(by, into)
        merging.merge(number, into, by)


class Unmerge(TicketAction):
    """Take a merge of this ticket back: its messages return, and what came later in its threads."""

    verb = staticmethod(merging.unmerge)


class DeliveryAction(Endpoint):
    """`verb(delivery, by)`; answers with the message as it is then."""

    ability = "tickets.work"
    serializer_class = MessageSerializer
    verb: ClassVar[Callable[..., object]]
    takes: ClassVar[type[Strict]] = Nothing

    @idempotent
    def post(self, request: Request, number: int, pk: int) -> Response:
        messages = messages_of(find_ticket(request.user, number))
        delivery = find(Delivery.objects.filter(message__in=messages), pk, "reply", by="message")
        self.body(self.takes)
        type(self).verb(delivery.pk, request.user)
        return Response(self.get_serializer(messages.get(pk=pk)).data)


class Withdraw(DeliveryAction):
    """Take a reply back, as long as it has not left."""

    verb = staticmethod(reply.withdraw)


class Retry(DeliveryAction):
    """Send a reply again that failed, or that you did not find on the network."""

    verb = staticmethod(reply.retry)


class Confirm(DeliveryAction):
    """You found a reply of unknown outcome on the network: it counts as sent."""

    verb = staticmethod(reply.confirm_sent)
