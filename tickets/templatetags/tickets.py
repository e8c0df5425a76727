"""How a ticket's channel, clock and priority are drawn (a builtin library: no `{% load %}` needed)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.templatetags.ui import i
from tickets.channels.registry import kind_of
from tickets.event_words import CLOCKS
from tickets.models import Channel, Ticket
from tickets.queries import group_key
from tickets.states import PRIORITY_NAMES

register = template.Library()

VISIBILITIES = {
    "public": gettext_lazy("public"),
    "private": gettext_lazy("private"),
    "mixed": gettext_lazy("public and private"),
}
STATES = {"breached": "breach", "soon": "due", "later": "ok"}
RING = (
    '<svg class="ring" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/>'
    '<circle cx="8" cy="8" r="6" pathLength="100" stroke-dasharray="{} 100"/></svg>'
)
PRIORITY_MARKS = {
    True: '<rect x="1" y="1" width="14" height="14" rx="3.5"/><path d="M8 4.2v4.6M8 11.3v.4"/>',
    False: '<rect x="2" y="9" width="3" height="5" rx="1"/><rect x="6.5" y="6" width="3" height="8" rx="1"/>'
    '<rect x="11" y="2" width="3" height="12" rx="1"/>',
}


@register.simple_tag
def chan(channel: Channel | str, visibility: str = "", size: str = "") -> SafeString:
    """The tile of a channel (or of a kind), with a globe or a lock where `visibility` is known."""
    return _tile(getattr(channel, "kind", channel), visibility, size, get_language())


@lru_cache(maxsize=500)
def _tile(name: str, visibility: str, size: str, language: str) -> SafeString:
    # A channel may outlive its adapter.
    kind = kind_of(name)
    words = " ".join(filter(None, [kind.label, kind.message_names.get(visibility, "")]))
    mark: SafeString | str = ""
    if visibility:
        words = f"{words}, {VISIBILITIES.get(visibility, visibility)}"
        public = visibility != Ticket.Visibility.PRIVATE
        mark = format_html(
            '<span class="chan-mark is-{}">{}</span>',
            "public" if public else "private",
            i("world" if public else "f-lock"),
        )
    return format_html(
        '<span class="chan chan-{} {}" role="img" aria-label="{}" title="{}">{}{}</span>',
        kind.kind,
        size,
        words,
        words,
        i(kind.icon),
        mark,
    )


@register.simple_tag
def sla(ticket: Ticket) -> SafeString:
    """The clock that runs: a ring with the share of the time used, and what is left or over."""
    if ticket.sla_due_at is None:
        return _stopped(ticket.sla_state)
    now = timezone.now()
    state = STATES[group_key(ticket.sla_due_at, now)]
    left = int((ticket.sla_due_at - now).total_seconds())
    caption = CLOCKS.get(ticket.sla_metric, "")
    return format_html(
        '<span class="sla is-{}" data-left="{}">{}<span class="sr">{} {} </span><time>{}</time></span>',
        state,
        left,
        i("f-alert-circle") if state == "breach" else format_html(RING, used(ticket, ticket.sla_due_at, now)),
        caption,
        _("breached,") if state == "breach" else _("due in"),
        over(-left) if state == "breach" else countdown(left),
    )


def _stopped(state: str) -> SafeString:
    if state == Ticket.SlaState.PAUSED:
        return format_html('<span class="sla is-paused">{}{}</span>', i("f-player-pause"), _("Paused"))
    if state == Ticket.SlaState.MET:
        return format_html('<span class="sla is-met">{}{}</span>', i("check"), _("Met"))
    if state == Ticket.SlaState.BREACHED:
        return format_html('<span class="sla is-missed">{}{}</span>', i("f-alert-circle"), _("Missed"))
    return format_html(
        '<span class="sla faint"><span aria-hidden="true">–</span><span class="sr">{}</span></span>', _("No target")
    )


def used(ticket: Ticket, due_at: datetime, now: datetime) -> int:
    """Percent of the time that is used: reply clocks start where the wait began, the others with the ticket."""
    start = ticket.opened_at if ticket.sla_metric == "resolution" else ticket.waiting_since or ticket.opened_at
    whole = (due_at - start) / timedelta(seconds=1)
    return 100 if whole <= 0 else max(0, min(100, round(100 * (now - start).total_seconds() / whole)))


@register.filter
def sla_caption(ticket: Ticket) -> str:
    """Which promise the clock is about; nothing where none runs."""
    return str(CLOCKS.get(ticket.sla_metric, "")) if ticket.sla_due_at else ""


@register.simple_tag
def waiting(since: datetime | None) -> SafeString:
    """How long the customer waits for us, ticking; a dash where nobody does."""
    if since is None:
        return format_html(
            '<span class="faint" aria-hidden="true">–</span><span class="sr">{}</span>', _("Nobody waits")
        )
    seconds = int((timezone.now() - since).total_seconds())
    return format_html(
        '<span class="sr">{} </span><time datetime="{}" data-ago="{}">{}</time>',
        _("Waiting"),
        since.isoformat(),
        seconds,
        span(seconds),
    )


@register.simple_tag
def prio(ticket: Ticket) -> SafeString:
    return _bars(Ticket.Priority(ticket.priority), get_language())


@lru_cache(maxsize=100)
def _bars(priority: Ticket.Priority, language: str) -> SafeString:
    return format_html(
        '<svg class="prio is-{}" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>',
        PRIORITY_NAMES[priority],
        _("Priority %(name)s") % {"name": priority.label.lower()},
        mark_safe(PRIORITY_MARKS[priority == Ticket.Priority.URGENT]),  # noqa: S308 constants above
    )


@register.filter
def compact(number: int | None) -> str:
    """841, 3.2K, 126K, 1.4M."""
    if number is None:
        return ""
    for size, letter in ((1_000_000, "M"), (1_000, "K")):
        if number >= size:
            return f"{number / size:.{0 if number >= 100 * size else 1}f}{letter}"
    return str(number)


# The same three words for times are spoken by static/js/clocks.js.


@register.filter
def span(seconds: int) -> str:
    """25m, 1h 07m, 3d 4h."""
    minutes = max(0, seconds) // 60
    if minutes < 60:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02}m" if hours < 24 else f"{hours // 24}d {hours % 24}h"


def countdown(seconds: int) -> str:
    """11:48 in the last hour, else like `span`."""
    return f"{seconds // 60}:{seconds % 60:02}" if seconds < 3600 else span(seconds)


def over(seconds: int) -> str:
    return _("%(span)s over") % {"span": span(seconds)}
