"""Search: words with prefixes in subjects and messages, names that forgive a typo, numbers, and operators.

`refund from:@jo tag:baggage channel:x is:public before:2026-11-01` asks for all of it at once. It is all PostgreSQL:
full text without accents for what was written, trigrams for names.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import User
from tickets import states
from tickets.models import Customer, Identity, Message, Ticket
from tickets.queries import SNOOZED, UNSHOWN, visible_tickets

# Made by a migration: words as they are, without accents. Search has no one language to stem for.
CONFIG = "parley"
MOST_HITS = 50
LONGEST = 200
# Characters that nobody types, to be turned into marks after everything else was escaped.
_START, _END = "\x02", "\x03"
_OPERATOR = re.compile(r"(?<!\S)(\w+):(\"[^\"]*\"|\S+)")


class BadSearch(ValueError):
    """`args[0]` says what to write instead."""


@dataclass
class Search:
    """What was asked: plain words, and conditions on tickets."""

    words: list[str] = field(default_factory=list)
    conditions: list[Q] = field(default_factory=list)


@dataclass(frozen=True)
class Hit:
    """A ticket with the line that matched; the line is safe HTML with <mark>."""

    ticket: Ticket
    line: SafeString


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


# ---- finding ----


def narrowed(tickets: QuerySet[Any, Any], text: str) -> QuerySet[Any, Any]:
    """Those of some tickets that match; none where nothing was asked. Raises BadSearch."""
    search = read(text)
    if not search.words and not search.conditions:
        return tickets.none()
    found = tickets.filter(*search.conditions)
    return found.filter(pk__in=_numbers(search.words)) if search.words else found


def find(user: User, text: str, most: int = MOST_HITS) -> list[Hit]:
    """The newest matching tickets that the person sees. Raises BadSearch."""
    words = read(text).words
    tickets = narrowed(visible_tickets(user), text)
    rows = tickets.select_related("requester", "customer", "channel", "assignee").defer(*UNSHOWN)
    found = list(rows.prefetch_related("tags").order_by("-last_message_at", "-number")[:most])
    lines = _lines(found, words)
    return [Hit(ticket, lines.get(ticket.pk) or SafeString(escape(ticket.preview))) for ticket in found]


def find_customers(user: User, text: str, most: int) -> QuerySet[Customer]:
    """Customers by a name or handle like this, with a ticket that the person sees."""
    words = " ".join(read(text).words)
    if not words:
        return Customer.objects.none()
    theirs = visible_tickets(user).values("customer")
    return Customer.objects.filter(pk__in=_people(words)).filter(pk__in=theirs).order_by("name")[:most]


def _numbers(words: list[str]) -> QuerySet[Any, Any]:
    """Tickets in which every word occurs in one message or subject, or whose customer is called so."""
    wanted = _query(words)
    written = Message.objects.annotate(words=_vector("text")).filter(words=wanted, ticket__isnull=False)
    titled = Ticket.objects.annotate(words=_vector("subject")).filter(words=wanted)
    called = Ticket.objects.filter(customer__in=_people(" ".join(words)))
    found = [titled.values("pk"), called.values("pk")]
    if len(words) == 1 and words[0].isdigit() and len(words[0]) < 18:
        found.append(Ticket.objects.filter(pk=words[0]).values("pk"))
    return written.order_by().values("ticket").union(*found)


def _people(name: str) -> QuerySet[Any, Any]:
    similar = (
        Q(name__trigram_word_similar=name)
        | Q(handle__trigram_word_similar=name)
        | Q(external_id__iexact=name)
        | Q(handle__istartswith=f"@{name}")
    )
    return Identity.objects.filter(similar).order_by().values("customer")


def _vector(column: str) -> SearchVector:
    return SearchVector(column, config=CONFIG)


def _query(words: list[str]) -> SearchQuery:
    """Every word, as a beginning: `bag` finds bags."""
    return SearchQuery(" & ".join(f"{word}:*" for word in words), config=CONFIG, search_type="raw")


def _lines(tickets: list[Ticket], words: list[str]) -> dict[int, SafeString]:
    """Ticket -> the newest message that matches, shortened around its matches."""
    if not words or not tickets:
        return {}
    wanted = _query(words)
    shown = SearchHeadline(
        "text", wanted, config=CONFIG, start_sel=_START, stop_sel=_END, max_words=24, min_words=8, max_fragments=1
    )
    matching = Message.objects.annotate(words=_vector("text")).filter(words=wanted, ticket__in=tickets)
    newest = matching.order_by("ticket_id", "-occurred_at").distinct("ticket_id").annotate(line=shown)
    return {number: _marked(line) for number, line in newest.values_list("ticket_id", "line")}


def _marked(line: str) -> SafeString:
    html = escape(" ".join(line.split())).replace(_START, "<mark>").replace(_END, "</mark>")
    return mark_safe(html)  # noqa: S308 - escaped above; the two marks are ours
