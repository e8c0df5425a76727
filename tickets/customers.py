"""What a person reads about a customer: who they are on each network, and which tickets they have."""

import re
from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from accounts.models import User
from accounts.permissions import can, team_sight
from tickets.channels.contract import ChannelKind
from tickets.channels.registry import adapters
from tickets.models import Customer, Identity, Message, Ticket
from tickets.states import UNSOLVED

# The page of a customer who wrote thousands of times shows the newest so many.
MOST_TICKETS = 100
# How far back suggestions read.
MOST_MESSAGES = 200
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_NUMBER = re.compile(r"\+\d(?:[ ().-]{0,2}\d){7,14}")


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
    seen = Exists(theirs.filter(team_sight(user))) | ~Exists(theirs)
    return Customer.objects.filter(seen, merged_into=None)


def current(pk: int) -> int:
    """The customer into whom this one was merged, however often; the same one where they were not."""
    while target := Customer.objects.filter(pk=pk).values_list("merged_into", flat=True).first():
        pk = target
    return pk


def named(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Those of them with this in a name or handle, or with exactly this address."""
    theirs = Identity.objects.filter(customer=OuterRef("pk"))
    known = theirs.filter(Q(handle__icontains=text) | Q(name__icontains=text) | Q(external_id=text))
    return customers.filter(Q(name__icontains=text) | Q(Exists(known)))


@dataclass(frozen=True)
class Suggestion:
    """Another customer who is probably the same person: `address` is theirs, and is named in the ticket `number` by
    this one, or is this one's, too (no number)."""

    customer: Customer
    address: str
    number: int | None


def suggestions(customer: Customer, user: User) -> list[Suggestion]:
    """Only what an address or a number says, never a name; only from what the user sees."""
    own = set(customer.identities.values_list("external_id", flat=True))
    told: dict[str, int | None] = dict.fromkeys(own)
    said = Message.objects.filter(team_sight(user, "ticket__team"), identity__customer=customer, direction="inbound")
    said = said.exclude(ticket=None).order_by("-occurred_at")[:MOST_MESSAGES]
    for number, text in said.values_list("ticket", "text"):
        for address in _addresses(text):
            told.setdefault(address, number)
    same = Identity.objects.filter(Q(external_id__contains="@") | Q(external_id__startswith="+"), external_id__in=told)
    same = same.filter(customer__in=visible_customers(user)).exclude(customer=customer).select_related("customer")
    return [Suggestion(one.customer, one.external_id, told[one.external_id]) for one in same.order_by("pk")[:10]]


def _addresses(text: str) -> set[str]:
    numbers = {"+" + re.sub(r"\D", "", number) for number in _NUMBER.findall(text)}
    return {address.lower() for address in _ADDRESS.findall(text)} | numbers


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
