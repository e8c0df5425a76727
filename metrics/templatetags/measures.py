"""How measures are written in templates: `{% load measures %}`."""

from typing import Any

from django import template

from metrics import words
from metrics.queries.clocks import clocks_of
from tickets.models import Ticket

register = template.Library()
register.filter("metric", words.metric)
register.filter("target", words.target)
register.filter("duration", words.duration)
register.filter("minutes", words.minutes)


@register.inclusion_tag("metrics/partials/clocks.html")
def clocks(ticket: Ticket) -> dict[str, Any]:
    """Every promise on the ticket: how it stands, and when its clock stood still."""
    return {"clocks": clocks_of(ticket.pk)}
