"""Measures a ticket again as soon as it changed, so that the queue shows its due time at once."""

import logging
from typing import Any

from django.dispatch import receiver

from metrics.services.folding import fold_tickets
from tickets.models import Ticket
from tickets.signals import tickets_changed

logger = logging.getLogger(__name__)


@receiver(tickets_changed, dispatch_uid="metrics.fold")
def measure(sender: Any, numbers: list[int], **kwargs: Any) -> None:
    """What fails here stays marked, and the sweep of `metrics.tasks` tries again."""
    try:
        # A verb that did several things tells of each: the first measure of its ticket saw them all.
        fold_tickets(Ticket.objects.filter(number__in=numbers, needs_fold=True).values_list("number", flat=True))
    except Exception:
        logger.exception("Measuring failed for tickets %s", numbers)
