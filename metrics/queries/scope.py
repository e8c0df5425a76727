"""Which cases a page is about: a time, some filters, and what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import Role, User
from accounts.permissions import MANAGERS, team_sight, teams_for

CALENDAR, BUSINESS = "calendar", "business"


@dataclass(frozen=True)
class Scope:
    """`start` to before `end`; `zone` cuts the days. An empty filter means all. `live`: only calls answered live, or
    only the rest."""

    user: User
    start: datetime
    end: datetime
    zone: ZoneInfo
    clock: str = CALENDAR
    channels: tuple[int, ...] = ()
    visibility: str = ""
    team: int | None = None
    live: bool | None = None
    # Further filters, by name; each measure knows which of them narrow it.
    narrowed: tuple[tuple[str, Any], ...] = ()
    # Monday is 1. Of the moment by which a case is dated.
    weekday: int | None = None
    hour: int | None = None

    def before(self) -> Scope:
        """The same number of days before, for a comparison."""
        return replace(self, start=self.start - (self.end - self.start), end=self.start)

    def q(self) -> Q:
        """The filters, for any table of measures: each has a ticket, most a channel and a visibility."""
        chosen = sight(self.user)
        if self.channels:
            chosen &= Q(channel__in=self.channels)
        if self.team is not None:
            chosen &= Q(ticket__team=self.team)
        return chosen


def sight(user: User) -> Q:
    """Managers measure everything; the lead of a team that team."""
    if Role(user.role) in MANAGERS:
        return team_sight(user, "ticket__team")
    return Q(ticket__team__in=teams_for(user, "metrics.view"))
