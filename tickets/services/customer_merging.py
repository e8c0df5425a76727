"""Two customers who are one person become one; undone, each has their own again."""

from django.db import transaction

from accounts.models import User
from tickets.models import Customer, CustomerEvent, Identity, Ticket
from tickets.services.customers import MARKS
from tickets.services.errors import Refused
from tickets.services.events import changed


def merge(source_id: int, target_id: int, by: User) -> None:
    """Identities, tickets, note and marks of the source are the target's from now on. Raises Refused in words."""
    with transaction.atomic():
        source, target = _both(source_id, target_id)
        for customer in (source, target):
            if customer.merged_into_id:
                raise Refused(f"{customer} is merged already. Reload the page.")
        identities = list(source.identities.order_by("pk").values_list("pk", flat=True))
        marks = [mark for mark in MARKS if getattr(source, mark) and not getattr(target, mark)]
        _move(identities, source, target)
        for mark in marks:
            setattr(target, mark, True)
        target.note = "\n\n".join(note for note in (target.note, source.note) if note)
        target.save(update_fields=["note", *marks])
        source.merged_into = target
        source.save(update_fields=["merged_into"])
        _record(target, CustomerEvent.Kind.MERGED_IN, by, source=source.pk, identities=identities, marks=marks)


def unmerge(source_id: int, by: User) -> None:
    """Send back the identities and all of their tickets, later ones too; what was written into the note meanwhile
    stays. Raises Refused where there is nothing to undo."""
    with transaction.atomic():
        target_id = Customer.objects.values_list("merged_into", flat=True).get(pk=source_id)
        if target_id is None:
            raise Refused("That merge is undone already.")
        source, target = _both(source_id, target_id)
        if source.merged_into_id != target.pk:
            raise Refused("That merge is undone already.")
        if target.merged_into_id:
            raise Refused(f"{target} was merged further. Undo that first.")
        merged = target.events.filter(kind=CustomerEvent.Kind.MERGED_IN, data__source=source.pk).latest("id")
        _move(merged.data["identities"], target, source)
        for mark in merged.data["marks"]:
            setattr(target, mark, False)
        if source.note:
            target.note = target.note.removesuffix(source.note).rstrip("\n")
        target.save(update_fields=["note", *merged.data["marks"]])
        source.merged_into = None
        source.save(update_fields=["merged_into"])
        _record(target, CustomerEvent.Kind.UNMERGED, by, source=source.pk)


def _both(source_id: int, target_id: int) -> tuple[Customer, Customer]:
    if source_id == target_id:
        raise Refused("A customer cannot be merged with themselves.")
    # Identities before their customer, as everywhere: what they write at this moment waits, and finds whose it is then.
    list(Identity.objects.select_for_update(no_key=True).filter(customer__in=[source_id, target_id]).order_by("id"))
    locked = Customer.objects.select_for_update().filter(pk__in=[source_id, target_id]).order_by("pk")
    found = {customer.pk: customer for customer in locked}
    if len(found) < 2:
        raise Refused("There is no such customer.")
    return found[source_id], found[target_id]


def _move(identities: list[int], source: Customer, target: Customer) -> None:
    Identity.objects.filter(pk__in=identities, customer=source).update(customer=target)
    tickets = Ticket.objects.filter(customer=source, requester__in=identities)
    numbers = list(tickets.values_list("pk", flat=True))
    tickets.update(customer=target)
    changed(numbers)


def _record(customer: Customer, kind: str, by: User, **data: object) -> None:
    CustomerEvent.objects.create(customer=customer, kind=kind, actor=by, data=data)
