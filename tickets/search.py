"""Finding: tickets with the lines that match what was asked (`tickets.search_terms`), and customers."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchHeadline
from django.db.models import QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from tickets.models import Customer, Message, Ticket
from tickets.queries import as_rows, visible_tickets
from tickets.search_terms import CONFIG, fitting, people_called, query, read, vector

MOST_HITS = 50
# Characters that nobody types, to be turned into marks after everything else was escaped.
_START, _END = "\x02", "\x03"


@dataclass(frozen=True)
class Hit:
    """A ticket with the line that matched; the line is safe HTML with <mark>."""

    ticket: Ticket
    line: SafeString


def narrowed(tickets: QuerySet[Any, Any], text: str) -> QuerySet[Any, Any]:
    """Those of some tickets that match; none where nothing was asked. Raises BadSearch."""
    search = read(text)
    return tickets.filter(fitting(search)) if search.words or search.conditions else tickets.none()


def find(user: User, text: str, most: int = MOST_HITS) -> list[Hit]:
    """The newest matching tickets that the person sees. Raises BadSearch."""
    words = read(text).words
    tickets = narrowed(visible_tickets(user), text)
    found = list(as_rows(tickets).order_by("-last_message_at", "-number")[:most])
    lines = _lines(found, words)
    return [Hit(ticket, lines.get(ticket.pk) or SafeString(escape(ticket.preview))) for ticket in found]


def find_customers(user: User, text: str, most: int) -> QuerySet[Customer]:
    """Customers by a name or handle like this, with a ticket that the person sees."""
    words = " ".join(read(text).words)
    if not words:
        return Customer.objects.none()
    theirs = visible_tickets(user).values("customer")
    return Customer.objects.filter(pk__in=people_called(words)).filter(pk__in=theirs).order_by("name")[:most]


def _lines(tickets: list[Ticket], words: list[str]) -> dict[int, SafeString]:
    """Ticket -> the newest message that matches, shortened around its matches."""
    if not words or not tickets:
        return {}
    wanted = query(words)
    shown = SearchHeadline(
        "text", wanted, config=CONFIG, start_sel=_START, stop_sel=_END, max_words=24, min_words=8, max_fragments=1
    )
    matching = Message.objects.annotate(words=vector("text")).filter(words=wanted, ticket__in=tickets)
    newest = matching.order_by("ticket_id", "-occurred_at").distinct("ticket_id").annotate(line=shown)
    return {number: _marked(line) for number, line in newest.values_list("ticket_id", "line")}


def _marked(line: str) -> SafeString:
    html = escape(" ".join(line.split())).replace(_START, "<mark>").replace(_END, "</mark>")
    return mark_safe(html)  # noqa: S308 - escaped above; the two marks are ours
