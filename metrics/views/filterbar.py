"""Links that change one thing in the address of a page of measures, and the filters made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.permissions import teams_for
from metrics.forms import DAYS, PERIODS, ScopeForm
from metrics.queries.scope import BUSINESS, CALENDAR

# Belong to one list; another address begins anew.
_POSITION = ("page",)


class Address:
    """The query of the page at hand. In templates: `{{ address.query }}`."""

    def __init__(self, params: QueryDict) -> None:
        self._params = params

    @property
    def query(self) -> str:
        return self.with_only({})

    def pairs(self, without: Iterable[str]) -> list[tuple[str, str]]:
        left_out = {*_POSITION, *without}
        return [(name, value) for name, values in self._params.lists() if name not in left_out for value in values]

    def with_only(self, values: Mapping[str, Any], drop: Iterable[str] = ()) -> str:
        """`?…` with these names set to these values (a list for several, an empty one to remove)."""
        changed = self._params.copy()
        for name in (*_POSITION, *drop):
            changed.pop(name, None)
        for name, value in values.items():
            several = value if isinstance(value, list) else [value]
            changed.setlist(name, [str(each) for each in several])
        return f"?{changed.urlencode()}"


@dataclass(frozen=True)
class Option:
    label: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class Chip:
    """One filter, as `tickets/partials/chip.html` draws it."""

    name: str
    label: str
    options: list[Option]
    value: str
    clear: str


def filter_context(form: ScopeForm, address: Address, channel_names: Mapping[int, str]) -> dict[str, Any]:
    """What `metrics/partials/filters.html` needs."""
    scope = form.scope()
    return {
        "form": form,
        "scope": scope,
        "last_day": scope.end - timedelta(seconds=1),
        "address": address,
        "chips": chips(form, address, channel_names),
        "chosen_days": form.value("days") or DAYS,
        "periods": [(days, address.with_only({"days": days}, drop=("from", "to"))) for days in PERIODS],
        "clocks": [(name, address.with_only({"clock": name})) for name in (CALENDAR, BUSINESS)],
        # A form that sets the dates keeps the rest of the address.
        "kept": address.pairs(without=("from", "to", "days")),
    }


def chips(form: ScopeForm, address: Address, channel_names: Mapping[int, str]) -> list[Chip]:
    teams = {team.pk: team.name for team in teams_for(form.user, "metrics.view")}
    sides = {"public": _("Public"), "private": _("Private")}
    chosen_channels = form.value("channel") or []
    made = [
        _chip(address, "channel", _("Channel"), channel_names, chosen_channels, several=True),
        _chip(address, "visibility", _("Visibility"), sides, [form.value("visibility")]),
    ]
    if teams:
        made.append(_chip(address, "team", _("Team"), teams, [form.value("team")]))
    return made


def _chip(
    address: Address, name: str, label: str, choices: Mapping[Any, str], chosen: list[Any], *, several: bool = False
) -> Chip:
    options = []
    for value, words in choices.items():
        others = [each for each in chosen if each not in (value, None)] if several else []
        wanted = others if value in chosen else [*others, value]
        options.append(Option(words, address.with_only({name: wanted}), value in chosen))
    picked = [str(choices.get(value, value)) for value in chosen if value is not None]
    return Chip(name, label, options, ", ".join(picked), address.with_only({name: []}))
