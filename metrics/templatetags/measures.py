"""How measures are written in templates: `{% load measures %}`."""

from typing import Any

from django import template

from accounts.models import User
from metrics import words
from metrics.pages.registry import PAGES
from metrics.queries.clocks import clocks_of
from metrics.queries.own_time import own_time
from metrics.views.filterbar import Address
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


@register.inclusion_tag("metrics/partials/tabs.html")
def metric_tabs(current: str, address: Address) -> dict[str, Any]:
    """The pages; what is filtered stays."""
    return {"pages": PAGES.values(), "current": current, "query": address.query}


@register.inclusion_tag("metrics/partials/own_time.html")
def own_handling_time(user: User) -> dict[str, Any]:
    return {"days": own_time(user)}
