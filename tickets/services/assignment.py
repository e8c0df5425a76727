"""Giving a team's tickets to its members: in turn, or to whoever has the fewest. Never to somebody away."""

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import Membership, Team
from tickets import states
from tickets.models import Ticket
from tickets.models.ticket import AWAKE
from tickets.queries import GONE, SORTS
from tickets.services.properties import assign

AT_ONCE = 50


def distribute() -> None:
    """What waits in teams that have a rule. What somebody gave back by hand waits for a hand."""
    rules = [Team.Assignment.ROUND_ROBIN, Team.Assignment.LOAD]
    # A worker that finds a team being served leaves it to the other.
    for team_id in set(_waiting().filter(team__assignment__in=rules).values_list("team", flat=True)):
        with transaction.atomic():
            team = Team.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=team_id).first()
            if team:
                _give_out(team)


def _waiting() -> QuerySet[Ticket]:
    untouched = Ticket.objects.filter(awaits_assignee=True, assignee=None, status__in=states.OUR_TURN)
    return untouched.filter(AWAKE).exclude(excluded__in=GONE)


def _give_out(team: Team) -> None:
    # Their rows are held: who goes away now does so after this.
    members = Membership.objects.select_related("user").select_for_update(of=["self", "user"], no_key=True)
    here = list(members.filter(team=team, user__is_active=True, user__is_away=False).order_by("user_id"))
    if not here:
        return
    tickets = _waiting().filter(team=team).select_for_update(skip_locked=True, of=["self"])
    load = _open_tickets(here)
    for ticket in tickets.order_by(*SORTS["due"])[:AT_ONCE]:
        chosen = min(here, key=lambda member: _rank(team, member, load))
        assign(ticket.pk, chosen.user, None, reason=team.assignment)
        load[chosen.user_id] += 1
        chosen.given_at = timezone.now()
    Membership.objects.bulk_update(here, ["given_at"])


def _rank(team: Team, member: Membership, load: dict[int, int]) -> tuple[int, float, int]:
    """The smallest is next: the fewest tickets where the load counts, then who got one longest ago."""
    given_at = member.given_at.timestamp() if member.given_at else 0.0
    return (load[member.user_id] if team.assignment == Team.Assignment.LOAD else 0), given_at, member.pk


def _open_tickets(members: list[Membership]) -> dict[int, int]:
    people = [member.user_id for member in members]
    mine = Ticket.objects.filter(AWAKE, assignee__in=people, status__in=states.OUR_TURN).exclude(excluded__in=GONE)
    counted = dict(mine.order_by().values_list("assignee").annotate(Count("pk")))
    return {person: counted.get(person, 0) for person in people}
