"""What an agent writes about a customer."""

from tickets.models import Customer


def set_note(customer: Customer, note: str) -> None:
    Customer.objects.filter(pk=customer.pk).update(note=note)
