"""What colleagues write down about a customer."""

from django.db import transaction

from accounts.models import User
from tickets.models import Customer, CustomerEvent, Ticket
from tickets.services.errors import Refused
from tickets.services.events import changed

# Marks that a customer has or has not.
VIP = "is_vip"
DO_NOT_CONTACT = "do_not_contact"
MARKS = (VIP, DO_NOT_CONTACT)


def set_note(customer: Customer, note: str) -> None:
    Customer.objects.filter(pk=customer.pk).update(note=note)


def set_mark(customer: Customer, mark: str, on: bool, by: User) -> None:
    """Set or take away one of `MARKS`; on record. Raises Refused for a mark that there is not."""
    if mark not in MARKS:
        raise Refused(f"There is no mark “{mark}”. Choose one of {', '.join(MARKS)}.")
    with transaction.atomic():
        if Customer.objects.filter(pk=customer.pk, **{mark: not on}).update(**{mark: on}):
            told = {"mark": mark, "to": on}
            CustomerEvent.objects.create(customer=customer, kind=CustomerEvent.Kind.MARKED, actor=by, data=told)
            changed(Ticket.objects.filter(customer=customer).values_list("pk", flat=True))


def refuse_unwanted(customer: Customer) -> None:
    """Raises Refused where the customer asked to be left alone."""
    if reason := unwanted(customer):
        raise Refused(reason)


def unwanted(customer: Customer) -> str:
    """Why nothing may go out to this customer; empty where it may."""
    if not customer.do_not_contact:
        return ""
    return f"{customer} does not want to be contacted. Only a note is possible; the customer’s page has the mark."
