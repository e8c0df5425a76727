"""What happened in a ticket."""

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from tickets.api.base import ListEndpoint
from tickets.api.serializers.event import EventSerializer
from tickets.api.views.tickets import find_ticket
from tickets.models import Event


class Events(ListEndpoint):
    ability = "tickets.work"
    serializer_class = EventSerializer
    queryset = Event.objects.none()

    def get_queryset(self) -> QuerySet[Event]:
        ticket = find_ticket(self.request.user, self.kwargs["number"])
        # An event with a message belongs to the ticket in which that message is now.
        own = Q(message__ticket=ticket) | Q(ticket=ticket, message__ticket=None)
        # How long somebody looked at a ticket is for that person (and their lead, on the page of the team).
        looked = Q(kind="focused") & ~Q(actor=self.request.user.pk)
        return Event.objects.filter(own).exclude(looked).select_related("actor")

    @extend_schema(operation_id="tickets_events_list")
    def get(self, request: Request, number: int) -> Response:
        """Everything that happened in the ticket, in the order in which we learned of it."""
        return super().get(request)
