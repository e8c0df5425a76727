"""Tickets: the list, one ticket, and changes to it."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.http.request import HttpHeaders
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import people_who_see, team_sight
from tickets.api.base import Endpoint, ListEndpoint, find, team_of
from tickets.api.errors import Problem, not_found, refused
from tickets.api.filters import TicketFilter
from tickets.api.idempotency import idempotent
from tickets.api.serializers.ticket import TICKET_ROWS, NewTicket, TicketChange, TicketSerializer
from tickets.api.shape import Shaped
from tickets.api.views.customers import whole_customers
from tickets.api.views.people import whole_teams, whole_users
from tickets.customers import visible_customers
from tickets.models import Ticket
from tickets.queries import visible_tickets
from tickets.services import properties, start
from tickets.services.compose import ComposeOption, ways_to_start

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The `ETag` of the ticket as you know it, or `*`."
)


def find_ticket(user: User, number: int) -> Ticket:
    """404 for a ticket of a team that the user does not see, as for one that is not there."""
    return find(visible_tickets(user), number, "ticket")


EXPANDABLE = {"customer": whole_customers, "assignee": whole_users, "team": whole_teams}


class TicketEndpoint(Endpoint):
    """Answers with one ticket."""

    ability = "tickets.work"
    serializer_class = TicketSerializer

    def shown(self, rows: QuerySet[Any], number: int, status: int = 200) -> Response:
        row = rows.filter(pk=number).first()
        if row is None:
            raise not_found(f"ticket {number}")
        return Response(self.get_serializer(row).data, status, headers={"ETag": etag_of(row)})


class Tickets(Shaped, TicketEndpoint, ListEndpoint):
    expandable = EXPANDABLE

    filterset_class = TicketFilter
    orderings = {
        "created": ("opened_at", "number"),
        "updated": ("updated_at", "number"),
        "priority": ("priority", "number"),
        "sla_due": ("sla_due_at", "number"),
    }
    default_ordering = "-created"
    queryset = Ticket.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        return TICKET_ROWS.filter(team_sight(self.request.user))

    @extend_schema(operation_id="tickets_list")
    def get(self, request: Request) -> Response:
        """Tickets that you see, the newest first."""
        return super().get(request)

    @extend_schema(operation_id="tickets_create", request=NewTicket, responses={201: TicketSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Open a ticket: write to somebody first, or note down what came by a way that we do not read."""
        new = self.body(NewTicket)
        begin = start.note_down if new["visibility"] == "internal" else start.write_first
        way = _way(request.user, new)
        made = begin(request.user, way, new.get("to", ""), new["subject"], new["text"])
        return self.shown(TICKET_ROWS, made.pk, 201)


def _way(by: User, new: dict[str, Any]) -> ComposeOption:
    """The one of the page's ways that the body means."""
    customer = visible_customers(by).filter(pk=new["customer"]).first() if "customer" in new else None
    if "customer" in new and customer is None:
        raise refused(f"There is no customer {new['customer']}, or you may not see them.", "/customer")
    ways = [way for way in ways_to_start(by, customer) if way.channel.pk == new["channel"]]
    meant = [way for way in ways if (way.recipient is None) == ("to" in new)]
    if not meant:
        raise refused("Nobody can be written to first on this channel in that way.", "/channel")
    spec = meant[0].channel.spec
    if "to" in new and not re.fullmatch(spec.address_pattern, new["to"]):
        raise refused(spec.address_help or "Write the whole address.", "/to")
    return max(meant, key=lambda way: way.allowed)


class OneTicket(Shaped, TicketEndpoint):
    expandable = EXPANDABLE

    @extend_schema(operation_id="tickets_retrieve")
    def get(self, request: Request, number: int) -> Response:
        """One ticket. Its `ETag` is the version that `If-Match` of a change refers to."""
        answer = self.shown(TICKET_ROWS.filter(team_sight(request.user)), number)
        answer.data = self.shaped([answer.data])[0]
        return answer

    @extend_schema(operation_id="tickets_change", request=TicketChange, parameters=[IF_MATCH])
    def patch(self, request: Request, number: int) -> Response:
        """Change what is named. All of it happens or nothing; with `If-Match` only to the version you know."""
        find_ticket(request.user, number)
        change = self.body(TicketChange)
        with properties.locked(number) as ticket:
            _check_version(ticket, request.headers)
            _apply(ticket, change, request.user)
        # Shown even where it went to a team that its changer does not see.
        return self.shown(TICKET_ROWS, number)


def etag_of(ticket: Any) -> str:
    return f'"{ticket.version}"'


def _check_version(ticket: Ticket, headers: HttpHeaders) -> None:
    wanted = headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    # The compressing middleware makes every tag weak on its way out; the version is exact all the same.
    known = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    if etag_of(ticket) not in known:
        detail = f"Ticket {ticket.pk} changed since you read it. Read it again and decide anew."
        raise Problem(412, "changed-meanwhile", "Precondition Failed", detail)


def _apply(ticket: Ticket, change: dict[str, Any], by: User) -> None:
    """The verbs in an order in which none undoes what another needs: who works it, then how it stands."""
    number = ticket.pk
    if "team" in change:
        properties.set_team(number, team_of(change["team"]), by)
    if "assignee" in change:
        properties.assign(number, _assignee(Ticket.objects.get(pk=number), change["assignee"]), by)
    if "priority" in change:
        properties.set_priority(number, change["priority"], by)
    if "tags" in change:
        present = set(ticket.tags.values_list("name", flat=True))
        properties.add_tags(number, change["tags"], by)
        properties.remove_tags(number, present - set(change["tags"]), by)
    if "status" in change:
        properties.set_status(number, change["status"], by)


def _assignee(ticket: Ticket, pk: int | None) -> User | None:
    person = people_who_see(ticket.team).filter(pk=pk).first() if pk else None
    if pk and person is None:
        raise refused(f"User {pk} does not work here, or does not see the ticket's team.", "/assignee")
    return person
