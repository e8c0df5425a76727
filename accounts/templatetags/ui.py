"""Small drawing tags for every template (a builtin library: no `{% load %}` needed)."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts import permissions

register = template.Library()

HUES = 8


@register.simple_tag
def i(name: str, label: str = "", cls: str = "") -> SafeString:
    """An icon of `static/icons.svg`. With a label it is announced, without one it is decoration."""
    return _icon(name, str(label), cls, static("icons.svg"))


# A list draws the same few icons and people hundreds of times.
@lru_cache(maxsize=2000)
def _icon(name: str, label: str, cls: str, sprite: str) -> SafeString:
    aria = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="i {}" {}><use href="{}#i-{}"/></svg>', cls, aria, sprite, name)


@register.simple_tag
def avatar(person: Any, size: str = "", cls: str = "") -> SafeString:
    """Initials in a circle for anything with a `name` (or for a name); nobody is a dashed circle."""
    if not person:
        nobody = _("Nobody")
        return format_html(
            '<span class="avatar is-none {} {}" role="img" aria-label="{}" title="{}">{}</span>',
            size,
            cls,
            nobody,
            nobody,
            i("user"),
        )
    return _initialled(str(getattr(person, "name", person)), size, cls)


@lru_cache(maxsize=2000)
def _initialled(name: str, size: str, cls: str) -> SafeString:
    return format_html(
        '<span class="avatar hue-{} {} {}" role="img" aria-label="{}" title="{}">{}</span>',
        hue(name),
        size,
        cls,
        name,
        name,
        initials(name),
    )


def hue(name: str) -> int:
    """1..8, the same for a name on every page and in every process (`hash()` is not)."""
    return zlib.crc32(name.encode()) % HUES + 1


def initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def can(user: Any, ability: str) -> bool:
    """`{% if user|can:"people.manage" %}`"""
    return permissions.can(user, ability)
