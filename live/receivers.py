"""Tickets changed or people are notified, and it is committed: tell the bus."""

from typing import Any

from live import messages
from tickets.models import Ticket


def tell_browsers(sender: Any, numbers: list[int], **kwargs: Any) -> None:
    messages.tickets_changed(Ticket.objects.filter(pk__in=numbers).values_list("number", "team_id"))


def tell_called(sender: Any, users: list[int], **kwargs: Any) -> None:
    messages.called(users)


def tell_people(sender: Any, users: list[int], **kwargs: Any) -> None:
    messages.notified(users)
