"""What a person reads about a customer: who they are on each network, and which tickets they have."""

from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from accounts.models import User
from accounts.permissions import can, team_sight
from tickets.channels.contract import ChannelKind
from tickets.channels.registry import adapters
from tickets.models import Customer, Identity, Ticket
from tickets.states import UNSOLVED

# The page of a customer who wrote thousands of times shows the newest so many.
MOST_TICKETS = 100


@dataclass(frozen=True)
class Known:
    """An identity beside what its network is like; `network` is None for a kind that is no longer installed."""

    identity: Identity
    network: ChannelKind | None


def visible_customers(user: User) -> QuerySet[Customer]:
    """Customers with a ticket that the user sees, and those without any ticket."""
    if not can(user, "tickets.work"):
        return Customer.objects.none()
    theirs = Ticket.objects.filter(customer=OuterRef("pk"))
    return Customer.objects.filter(Exists(theirs.filter(team_sight(user))) | ~Exists(theirs))


def identities_of(customer: Customer) -> list[Known]:
    installed = adapters()
    identities = customer.identities.order_by(F("followers").desc(nulls_last=True), "pk")
    return [Known(one, installed[one.kind].kind if one.kind in installed else None) for one in identities]


def tickets_of(customer: Customer, user: User) -> QuerySet[Ticket]:
    """The tickets of a customer that the user sees, unsolved ones first, then the newest."""
    first = Case(When(status__in=UNSOLVED, then=Value(0)), default=Value(1))
    return (
        Ticket.objects.filter(team_sight(user), customer=customer)
        .select_related("channel", "assignee")
        .order_by(first, "-opened_at", "-number")
    )


def related_tickets(ticket: Ticket, user: User) -> QuerySet[Ticket]:
    """Tickets linked with this one in either direction, as far as the user sees them."""
    linked = Q(linked_from__ticket=ticket) | Q(links__other=ticket)
    return (
        Ticket.objects.filter(team_sight(user)).filter(linked).select_related("channel").distinct().order_by("number")
    )
