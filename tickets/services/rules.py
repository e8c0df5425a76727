"""Rules at work: called by events that the database itself keeps for them, or by time.

What a rule changes calls no rule: only a ticket that opens and a customer who writes do. Each run is on record, in the
transaction of what it did, so that it happens once whatever dies.
"""

from datetime import timedelta
from functools import reduce
from operator import and_, or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import people_who_see
from tickets import states
from tickets.models import Event, Message, Rule, RuleCall, Ticket
from tickets.queries import FILTERS, GONE
from tickets.services import macros, properties
from tickets.services.errors import Refused
from tickets.services.events import changed, event, record

AT_ONCE = 100
_CALLED_BY = {"ticket_opened": Rule.Trigger.OPENED, "message_in": Rule.Trigger.WROTE}
# The instant from which a rule by time counts.
_SINCE = {Rule.Trigger.WAITING: "waiting_since", Rule.Trigger.QUIET: "last_message_at", Rule.Trigger.AGE: "opened_at"}


def matching(rule: Rule) -> QuerySet[Ticket]:
    """The tickets for which its conditions hold, and, for a rule by time, whose time has come."""
    tickets = Ticket.objects.exclude(excluded__in=GONE)
    if conditions := [_condition(name, values) for name, values in rule.conditions.items() if values]:
        tickets = tickets.filter(reduce(and_ if rule.match == Rule.Match.ALL else or_, conditions))
    if rule.is_timed:
        since = _SINCE[Rule.Trigger(rule.trigger)]
        before = timezone.now() - timedelta(hours=rule.hours or 0)
        tickets = tickets.filter(**{f"{since}__lte": before}, status__in=states.UNSOLVED)
    return tickets


def _condition(name: str, values: list[str]) -> Q:
    if name == "status":
        return Q(status__in=values)
    if name == "text":
        said = Message.objects.filter(ticket=OuterRef("pk"), direction=Message.Direction.INBOUND)
        texts = [Q(subject__icontains=text) | Q(Exists(said.filter(text__icontains=text))) for text in values]
        return reduce(or_, texts)
    # Of the values that rules may have none asks who looks.
    return FILTERS[name](values, User())


def run_called() -> None:
    """Every event that waits for rules, oldest first; two workers never take the same one."""
    for _ in range(AT_ONCE):
        with transaction.atomic():
            waiting = RuleCall.objects.select_for_update(skip_locked=True, of=["self"]).select_related("event")
            call = waiting.order_by("event").first()
            if call is None:
                return
            rules = Rule.objects.filter(is_active=True, trigger=_CALLED_BY[call.event.kind])
            for rule in rules:
                _run(rule, call.event.ticket_id, matching(rule))
            call.delete()


def run_timed() -> None:
    """Once for each ticket and instant: again only when somebody wrote again, waits again, …"""
    for rule in Rule.objects.filter(is_active=True).exclude(trigger__in=_CALLED_BY.values()):
        due = _not_yet(rule)
        for number in list(due.order_by("number").values_list("number", flat=True)[:AT_ONCE]):
            with transaction.atomic():
                _run(rule, number, due)


def _not_yet(rule: Rule) -> QuerySet[Ticket]:
    since = _SINCE[Rule.Trigger(rule.trigger)]
    ran = Event.objects.filter(ticket=OuterRef("pk"), kind="rule_ran", data__rule=rule.pk)
    return matching(rule).filter(~Exists(ran.filter(occurred_at__gte=OuterRef(since))))


def _run(rule: Rule, number: int, tickets: QuerySet[Ticket]) -> None:
    """Looked at under the ticket's lock: it may fit no longer."""
    Ticket.objects.select_for_update().get(pk=number)
    ticket = tickets.filter(pk=number).first()
    if ticket is None:
        return
    refused = False
    try:
        with transaction.atomic():
            _act(rule, ticket)
    except Refused:
        refused = True
    record([event(ticket, "rule_ran", actor_kind=Event.Actor.AUTOMATION, rule=rule.pk, refused=refused)])
    changed([number])


def _act(rule: Rule, ticket: Ticket) -> None:
    """All of its actions or none. Raises Refused."""
    number = ticket.pk
    if rule.macro:
        macros.apply(rule.macro, number, None)
    if rule.team:
        properties.set_team(number, rule.team, None)
    if rule.assignee:
        team = Ticket.objects.select_related("team").get(pk=number).team
        if not people_who_see(team).filter(pk=rule.assignee.pk).exists():
            raise Refused(f"{rule.assignee} does not see the tickets of {team}.")
        properties.assign(number, rule.assignee, None, reason="rule")
    if rule.priority:
        properties.set_priority(number, rule.priority, None)
    if names := [tag.name for tag in rule.tags.all()]:
        properties.add_tags(number, names, None)
    if rule.status:
        properties.set_status(number, rule.status, None, reason="rule")
    if rule.note:
        _note(ticket, rule.note)


def _note(ticket: Ticket, text: str) -> None:
    note = Message.objects.create(
        ticket=ticket,
        direction=Message.Direction.NOTE,
        visibility=Message.Visibility.INTERNAL,
        author_kind=Message.AuthorKind.AUTOMATION,
        text=text,
        occurred_at=timezone.now(),
    )
    record([event(ticket, "note_added", actor_kind=Event.Actor.AUTOMATION, message=note)])


def newest_matching(rule: Rule, newest: int) -> list[Ticket]:
    """Which of the newest tickets the rule would fit now; nothing is changed."""
    numbers = Ticket.objects.order_by("-opened_at", "-number").values_list("number", flat=True)[:newest]
    found = matching(rule).filter(number__in=list(numbers)).select_related("channel")
    return list(found.order_by("-opened_at", "-number"))
