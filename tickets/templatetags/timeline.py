"""How the timeline writes texts and times: `{% load timeline %}`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import Urlizer, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tickets.channels.contract import FileLimits
from tickets.event_words import news as news_of
from tickets.models import Event, Message, Ticket
from tickets.services.files import in_words

register = template.Library()


class _Links(Urlizer):
    """Django's own finder of links, which escapes; they open elsewhere and tell nothing about us."""

    url_template = '<a class="link" href="{href}" rel="noopener noreferrer nofollow ugc" target="_blank">{url}</a>'


_links = _Links()


@register.filter
def linked(text: str) -> SafeString:
    """A customer's plain text with its addresses as links."""
    return mark_safe(_links(text, autoescape=True))  # noqa: S308 escaped by the line itself


@register.filter
def called(note: Message) -> SafeString:
    """A note's text with its addresses as links, and the colleagues that it calls marked."""
    text = linked(note.text)
    for person in note.mentioned.all():
        name = re.escape(escape(f"@{person.name}"))
        text = mark_safe(re.sub(rf"{name}(?!\w)", r'<b class="mention">\g<0></b>', text, flags=re.IGNORECASE))  # noqa: S308
    return text


@register.filter
def web_address(link: str) -> str:
    """A link of the web, or nothing: what a network calls a permalink might be anything."""
    return link if link.startswith(("https://", "http://")) else ""


@register.filter
def day_name(day: date, now: datetime) -> str:
    """Today, Tuesday 24 November; the year only where it is another one."""
    today = timezone.localdate(now)
    name = format_date(day, "l j F" if day.year == today.year else "l j F Y")
    if day == today:
        return _("Today, %(day)s") % {"day": name}
    return _("Yesterday, %(day)s") % {"day": name} if day == today - timedelta(days=1) else name


@register.filter
def minutes(seconds: int) -> str:
    """6:42"""
    return f"{seconds // 60}:{seconds % 60:02}"


@register.filter
def news(event: Event, ticket: Ticket) -> str:
    return news_of(event, ticket)


@register.filter
def files_in_words(limits: FileLimits) -> str:
    return in_words(limits)
