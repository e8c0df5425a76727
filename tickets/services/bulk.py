"""One verb for many tickets: each succeeds or is refused on its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from accounts.models import User
from accounts.permissions import people_who_see
from tickets.models import Ticket
from tickets.services.errors import Refused
from tickets.services.properties import assign


@dataclass
class Outcome:
    """`refused`: the tickets that stay as they were, by the reason in words."""

    done: int = 0
    refused: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def each(numbers: Iterable[int], verb: Callable[[int], None]) -> Outcome:
    """Do it to every ticket; one that refuses stops none of the others."""
    outcome = Outcome()
    for number in numbers:
        try:
            verb(number)
        except Refused as refusal:
            outcome.refused[refusal.text].append(number)
        else:
            outcome.done += 1
    return outcome


def assign_if_seen(number: int, person: User | None, by: User) -> None:
    """Raises Refused where the person would not see what they are given."""
    team = Ticket.objects.select_related("team").get(pk=number).team
    if person and not people_who_see(team).filter(pk=person.pk).exists():
        raise Refused(f"{person.name} does not see the tickets of {team}. Choose a member of that team.")
    assign(number, person, by)
