"""Using a macro: its text with the placeholders filled in, and its actions by the verbs that agents use."""

import re
from collections.abc import Callable

from django.conf import settings
from django.db import transaction

from accounts.models import User
from tickets.models import Macro, Ticket
from tickets.services import properties

_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")


def _first_name(name: str) -> str:
    return next(iter(name.split()), "")


PLACEHOLDERS: dict[str, Callable[[Ticket, User], str]] = {
    "customer.first_name": lambda ticket, by: _first_name(ticket.customer.name) or ticket.requester.label,
    "ticket.number": lambda ticket, by: str(ticket.number),
    "agent.first_name": lambda ticket, by: _first_name(by.name),
    "organisation": lambda ticket, by: settings.ORGANISATION,
}


def unknown_placeholders(text: str) -> list[str]:
    """What stands between braces and is none of `PLACEHOLDERS`, or braces that never meet."""
    names = [name.strip() for name in _PLACEHOLDER.findall(text)]
    stray = re.findall(r"\{\{|\}\}", _PLACEHOLDER.sub("", text))
    return [f"{{{{ {name} }}}}" for name in names if name not in PLACEHOLDERS] + stray


def text_for(macro: Macro, ticket: Ticket, by: User) -> str:
    """What a customer wrote (their name) is put in as it is: it is never read for placeholders itself."""

    def value(match: re.Match[str]) -> str:
        fill = PLACEHOLDERS.get(match[1].strip())
        return fill(ticket, by) if fill else match[0]

    return _PLACEHOLDER.sub(value, macro.text)


def apply(macro: Macro, number: int, by: User | None, *, with_status: bool = True) -> None:
    """All of its actions or none, `by` somebody or a rule. Raises Refused.

    Without `with_status` the send button has said the status.
    """
    with transaction.atomic():
        if names := [tag.name for tag in macro.tags.all()]:
            properties.add_tags(number, names, by)
        if macro.priority:
            properties.set_priority(number, macro.priority, by)
        if macro.team:
            properties.set_team(number, macro.team, by)
        if macro.assign_to_me and by:
            properties.assign(number, by, by, reason="macro")
        if macro.status and with_status:
            properties.set_status(number, macro.status, by)
