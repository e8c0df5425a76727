"""The most urgent ticket that nobody has, for whoever asks next."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from tickets.models import Ticket
from tickets.queries import SORTS, UNASSIGNED, queue
from tickets.services.properties import assign


def hand_out(by: User) -> Ticket | None:
    """Assign it to this person; None when nothing is left. Two who ask at once never get the same one."""
    with transaction.atomic():
        free = queue(by, UNASSIGNED, {}).order_by(*SORTS[UNASSIGNED.sort])
        ticket = free.select_for_update(skip_locked=True, of=("self",)).first()
        if ticket:
            assign(ticket.pk, by, by, reason="next_ticket")
    return ticket
