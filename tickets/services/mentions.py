"""Colleagues named in a note: `@` and the whole name, in any case."""

import re

from django.db.models import Q

from accounts.models import User
from accounts.permissions import people_who_see
from tickets.models import Ticket

_SIGN = re.compile(r"(?<![\w@])@(\w+)")
MOST = 20


def people_in(text: str) -> list[User]:
    """Everybody who works here and is called in the text; of two names the longer one counts."""
    words = list(dict.fromkeys(_SIGN.findall(text)))[:MOST]
    if not words:
        return []
    begins = Q()
    for word in words:
        begins |= Q(name__istartswith=word)
    people = User.objects.filter(begins, is_active=True)
    by_name: dict[str, list[User]] = {}
    for person in people:
        by_name.setdefault(person.name.casefold(), []).append(person)
    names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    called = re.findall(rf"(?<![\w@])@({names})(?!\w)", text, re.IGNORECASE) if names else []
    return [person for name in dict.fromkeys(name.casefold() for name in called) for person in by_name.get(name, [])]


def who_cannot_see(people: list[User], ticket: Ticket) -> list[User]:
    seeing = set(
        people_who_see(ticket.team).filter(pk__in=[person.pk for person in people]).values_list("pk", flat=True)
    )
    return [person for person in people if person.pk not in seeing]
