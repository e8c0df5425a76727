"""The chips above the queue: every choice is a link, so that the filters live in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team, User
from accounts.permissions import visible_teams
from tickets import states
from tickets.models import Channel, Tag, Ticket
from tickets.queries import GROUPS, SORTS, View

Label = str | Promise
Choice = tuple[str, Label]
MOST_OPTIONS = 100
EVERYDAY = ("status", "channel", "priority", "assignee")

SORT_LABELS: dict[str, Label] = {
    "due": gettext_lazy("SLA due"),
    "newest": gettext_lazy("Newest message"),
    "priority": gettext_lazy("Priority"),
    "waiting": gettext_lazy("Longest wait"),
}


@dataclass(frozen=True)
class Option:
    label: Label
    href: str
    chosen: bool


@dataclass(frozen=True)
class Chip:
    """One filter: `value` is what is chosen, in words; `clear` leads to the list without it."""

    name: str
    label: Label
    options: list[Option]
    value: str
    clear: str

    @property
    def at_hand(self) -> bool:
        """In the bar itself: what is asked for every day, and what is chosen; the others wait in a menu."""
        return self.name in EVERYDAY or bool(self.value)


@dataclass(frozen=True)
class Choices:
    """What may be chosen from the database, for filters and for bulk actions alike; `people` are the colleagues."""

    channels: list[Channel]
    people: list[User]
    teams: list[Team]
    tags: list[str]


def choices_for(user: User, channels: list[Channel]) -> Choices:
    people = User.objects.filter(is_active=True).exclude(pk=user.pk).only("name", "is_away")
    tags = Tag.objects.values_list("name", flat=True)
    return Choices(channels, list(people[:MOST_OPTIONS]), list(visible_teams(user)), list(tags[:MOST_OPTIONS]))


def chips(params: QueryDict, filters: dict[str, list[str]], view: View, offered: Choices) -> list[Chip]:
    """The filters of this view, with what is chosen in the address."""
    return [
        _chip(params, name, label, choices, filters.get(name, []))
        for name, label, choices in _filters(view, offered)
        if choices or name in filters
    ]


def priorities() -> list[Choice]:
    """The most urgent first, by name."""
    return [(states.PRIORITY_NAMES[value], label) for value, label in reversed(Ticket.Priority.choices)]


def _filters(view: View, offered: Choices) -> Iterable[tuple[str, Label, list[Choice]]]:
    if view.any_status:
        yield "status", _("Status"), [*Ticket.Status.choices]
    yield "channel", _("Channel"), [(str(channel.pk), channel.name) for channel in offered.channels]
    yield "visibility", _("Visibility"), [("public", _("Public")), ("private", _("Private"))]
    yield "priority", _("Priority"), priorities()
    people = [(str(person.pk), person.name) for person in offered.people]
    yield "assignee", _("Assignee"), [("me", _("Me")), ("none", _("Nobody")), *people]
    teams = [(str(team.pk), team.name) for team in offered.teams]
    yield "team", _("Team"), [("none", _("No team")), *teams] if teams else []
    yield "tag", _("Tag"), [(name, name) for name in offered.tags]
    yield "customer", _("Customer"), [("vip", _("VIP"))]
    yield "due", _("SLA"), [(group.key, group.title) for group in GROUPS]
    waited = {"1h": _("An hour or more"), "4h": _("4 hours or more"), "1d": _("A day or more"), "no": _("Not at all")}
    yield "waited", _("Waits for us"), [*waited.items()]
    opened = {"1d": _("Last 24 hours"), "7d": _("Last 7 days"), "30d": _("Last 30 days"), "older": _("Earlier")}
    yield "opened", _("Opened"), [*opened.items()]


def _chip(params: QueryDict, name: str, label: Label, choices: list[Choice], chosen: list[str]) -> Chip:
    names = dict(choices)
    options = [
        Option(
            text,
            address(params, name, [*(v for v in chosen if v != value), *([] if value in chosen else [value])]),
            value in chosen,
        )
        for value, text in choices
    ]
    return Chip(name, label, options, ", ".join(str(names.get(v, v)) for v in chosen), address(params, name, []))


def sort_options(params: QueryDict, current: str) -> list[Option]:
    return [Option(SORT_LABELS[key], address(params, "sort", [key]), key == current) for key in SORTS]


def address(params: QueryDict, name: str, values: list[str]) -> str:
    """The list with one part of its address replaced; a new list starts at its top."""
    changed = params.copy()
    changed.setlist(name, values)
    for position in ("rows", "after") if name != "after" else ("rows",):
        changed.pop(position, None)
    return f"?{changed.urlencode()}"


def kept(params: QueryDict, name: str) -> list[tuple[str, str]]:
    """What a form that sets this part of the address must send besides."""
    parts = [part for part in params if part not in (name, "rows", "after")]
    return [(part, value) for part in parts for value in params.getlist(part)]
