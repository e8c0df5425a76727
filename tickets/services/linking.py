"""Tickets that have to do with each other, as agents see it."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from tickets.models import Ticket, TicketLink
from tickets.services.errors import Refused
from tickets.services.events import changed, event, record

RELATED = TicketLink.Kind.RELATED


def link(number: int, other: int, by: User) -> None:
    """Does nothing where they are linked already. Raises Refused for a ticket with itself."""
    if number == other:
        raise Refused("A ticket cannot be linked with itself.")
    with transaction.atomic():
        first, second = _both(number, other)
        if _links(number, other).exists():
            return
        store(first, second, RELATED, by)
        changed([number, other])


def unlink(number: int, other: int, by: User) -> None:
    """Raises Refused for a link that is part of what happened: a follow-up, a split, the same post twice."""
    with transaction.atomic():
        first, second = _both(number, other)
        links = _links(number, other)
        gone, _rows = links.filter(kind=RELATED).delete()
        if not gone:
            if links.exists():
                raise Refused("This link says how the ticket came about. It stays.")
            return
        record(event(one, "unlinked", by=by, other=two.pk) for one, two in ((first, second), (second, first)))
        changed([number, other])


def store(ticket: Ticket, other: Ticket, kind: TicketLink.Kind, by: User | None) -> None:
    """The link, recorded in both. The caller tells `changed`."""
    TicketLink.objects.create(ticket=ticket, other=other, kind=kind)
    record(event(one, "linked", by=by, other=two.pk, link=kind) for one, two in ((ticket, other), (other, ticket)))


def _links(number: int, other: int) -> QuerySet[TicketLink]:
    return TicketLink.objects.filter(ticket__in=[number, other], other__in=[number, other])


def _both(number: int, other: int) -> tuple[Ticket, Ticket]:
    """Locked in one order, so that two agents who link the same tickets wait for each other."""
    locked = Ticket.objects.select_for_update().filter(pk__in=[number, other]).order_by("number").in_bulk()
    if number not in locked or other not in locked:
        raise Refused(f"There is no ticket #{other}.")
    return locked[number], locked[other]
