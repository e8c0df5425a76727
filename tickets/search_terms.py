"""What a search asks for: words with prefixes in subjects and messages, names that forgive a typo, numbers, operators.

`refund from:@jo tag:baggage channel:x is:public before:2026-11-01` asks for all of it at once. It is all PostgreSQL:
full text without accents for what was written, trigrams for names.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets import states
from tickets.models import Identity, Message, Ticket
from tickets.models.ticket import SNOOZED

# Made by a migration: words as they are, without accents. Search has no one language to stem for.
CONFIG = "parley"
LONGEST = 200
_OPERATOR = re.compile(r"(?<!\S)(\w+):(\"[^\"]*\"|\S+)")


class BadSearch(ValueError):
    """`args[0]` says what to write instead."""


@dataclass
class Search:
    """What was asked: plain words, and conditions on tickets."""

    words: list[str] = field(default_factory=list)
    conditions: list[Q] = field(default_factory=list)


# ---- reading what was typed ----


def read(text: str) -> Search:
    """Raises BadSearch for an operator that does not exist or a value that it does not take."""
    search = Search()
    rest = _OPERATOR.sub(lambda found: _operator(search, found[1].lower(), found[2].strip('"')), text[:LONGEST])
    search.words = re.findall(r"\w+", rest.replace("@", " "))
    return search


def _operator(search: Search, name: str, value: str) -> str:
    if name in ("http", "https"):
        return f" {value} "
    if name not in OPERATORS:
        known = ", ".join(f"{name}:" for name in OPERATORS)
        raise BadSearch(_("There is no operator “%(name)s:”. Known: %(known)s") % {"name": name, "known": known})
    search.conditions.append(OPERATORS[name](value))
    return " "


def _from(value: str) -> Q:
    handle = value.lstrip("@")
    return (
        Q(requester__handle__iexact=f"@{handle}")
        | Q(requester__handle__iexact=handle)
        | Q(customer__name__icontains=value)
    )


_IS: dict[str, Q] = {
    "public": Q(visibility__in=["public", "mixed"]),
    "private": Q(visibility__in=["private", "mixed"]),
    "unassigned": Q(assignee=None),
    "snoozed": SNOOZED,
    "waiting": Q(waiting_since__isnull=False),
    **{status: Q(status=status) for status in states.LABELS},
    "any": Q(),
}


def _is(value: str) -> Q:
    if value not in _IS:
        raise BadSearch(_("“is:” takes one of %(known)s.") % {"known": ", ".join(_IS)})
    return _IS[value]


def _day(value: str) -> datetime:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadSearch(_("Write a date as 2026-11-22.")) from None
    return timezone.make_aware(datetime.combine(day, time.min))


OPERATORS: dict[str, Callable[[str], Q]] = {
    "from": _from,
    "tag": lambda value: Q(pk__in=Ticket.tags.through.objects.filter(tag__name__iexact=value).values("ticket")),
    "channel": lambda value: Q(channel__kind__iexact=value) | Q(channel__name__icontains=value),
    "assignee": lambda value: Q(assignee__name__icontains=value) | Q(assignee__email__iexact=value),
    "is": _is,
    "before": lambda value: Q(opened_at__lt=_day(value)),
    "after": lambda value: Q(opened_at__gte=_day(value) + timedelta(days=1)),
}


# ---- what fits ----


def fitting(search: Search) -> Q:
    """A condition for tickets; everything fits an empty search."""
    found = Q(pk__in=_written(search.words)) if search.words else Q()
    return reduce(and_, search.conditions, found)


def _written(words: list[str]) -> QuerySet[Any, Any]:
    """Tickets in which every word occurs in one message or subject, or whose customer is called so."""
    wanted = query(words)
    written = Message.objects.annotate(words=vector("text")).filter(words=wanted, ticket__isnull=False)
    titled = Ticket.objects.annotate(words=vector("subject")).filter(words=wanted)
    called = Ticket.objects.filter(customer__in=people_called(" ".join(words)))
    found = [titled.values("pk"), called.values("pk")]
    if len(words) == 1 and words[0].isdigit() and len(words[0]) < 18:
        found.append(Ticket.objects.filter(pk=words[0]).values("pk"))
    return written.order_by().values("ticket").union(*found)


def people_called(name: str) -> QuerySet[Any, Any]:
    similar = (
        Q(name__trigram_word_similar=name)
        | Q(handle__trigram_word_similar=name)
        | Q(external_id__iexact=name)
        | Q(handle__istartswith=f"@{name}")
    )
    return Identity.objects.filter(similar).order_by().values("customer")


def vector(column: str) -> SearchVector:
    return SearchVector(column, config=CONFIG)


def query(words: list[str]) -> SearchQuery:
    """Every word, as a beginning: `bag` finds bags."""
    return SearchQuery(" & ".join(f"{word}:*" for word in words), config=CONFIG, search_type="raw")
