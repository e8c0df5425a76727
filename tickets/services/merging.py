"""Two tickets about one thing become one; undone, each has its own story again."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_see_team
from tickets import states
from tickets.models import Event, Message, Participant, Thread, Ticket
from tickets.services import standing
from tickets.services.errors import Refused
from tickets.services.events import changed, event, record
from tickets.services.properties import wake

MERGED = Ticket.Excluded.MERGED


def merge(source_number: int, target_number: int, by: User) -> None:
    """The source's threads and messages move to the target, new ones too; the source closes as merged.

    Raises Refused when there is nothing sensible to merge.
    """
    with transaction.atomic():
        source, target = _both(source_number, target_number)
        if source.excluded == MERGED:
            raise Refused(f"#{source.number} is merged already.")
        if target.status == states.CLOSED:
            raise Refused(f"#{target.number} is closed. Merge the other way round, or into an open ticket.")
        move(source, target, by)


def move(source: Ticket, target: Ticket, by: User | None, at: datetime | None = None, actor_kind: str = "") -> None:
    """Everything of one locked ticket into another, recorded in both; `at`: when it happened, by default now."""
    threads = list(Thread.objects.filter(ticket=source).values_list("pk", flat=True))
    moved = list(Message.objects.filter(ticket=source).values_list("pk", flat=True))
    Thread.objects.filter(pk__in=threads).update(ticket=target)
    Message.objects.filter(pk__in=moved).update(ticket=target)
    _take_part(source, target)
    told = partial(event, by=by, at=at, actor_kind=actor_kind)
    record(
        [
            told(source, "merged_into", target=target.number, was=source.status),
            told(target, "merged_in", source=source.number, threads=threads, messages=moved),
        ]
    )
    wake(source, "status", by, at)
    source.status, source.excluded, source.solved_at = states.CLOSED, MERGED, at or timezone.now()
    source.waiting_since = None
    source.save()
    standing.refresh(target)
    changed([source.number, target.number])


def unmerge(source_number: int, by: User) -> None:
    """Send back the source's messages and whatever came later in its threads; notes written meanwhile stay.

    Raises Refused when it is not merged, or into a ticket that `by` does not see.
    """
    with transaction.atomic():
        merged = _newest_merge(source_number)
        source, target = _both(source_number, merged.ticket_id)
        if not may_see_team(by, target.team_id):
            raise Refused(
                f"#{source_number} is in a ticket of a closed team. Ask somebody of that team to take it back."
            )
        threads, messages = merged.data["threads"], merged.data["messages"]
        _keep_closed(
            source, target, by, Message.objects.filter(ticket=target, thread__in=threads).exclude(pk__in=messages)
        )
        Thread.objects.filter(pk__in=threads, ticket=target).update(ticket=source)
        Message.objects.filter(ticket=target, thread__in=threads).update(ticket=source)
        Message.objects.filter(ticket=target, pk__in=messages).update(ticket=source)
        was = source.events.filter(kind="merged_into").latest("id").data["was"]
        record(
            [
                event(source, "unmerged", by=by, target=target.number, to=was),
                event(target, "unmerged_from", by=by, source=source.number),
            ]
        )
        source.status, source.excluded = was, ""
        source.solved_at = timezone.now() if was == states.SOLVED else None
        source.save()
        standing.refresh(source)
        standing.refresh(target)
        changed([source.number, target.number])


def _keep_closed(source: Ticket, target: Ticket, by: User, later: QuerySet[Message]) -> None:
    """What was said to a closed team does not leave it with a merge that is taken back."""
    if target.team and target.team.is_closed and source.team_id != target.team_id and later.exists():
        source.team = target.team
        record([event(source, "team_changed", by=by, to=target.team_id)])


def where_now(numbers: Iterable[int]) -> dict[int, int]:
    """Number -> the ticket into which it was merged, however often; itself where it was not."""
    now = {number: number for number in numbers}
    while told := _targets(set(now.values())):
        now = {number: told.get(at, at) for number, at in now.items()}
    return now


def _targets(numbers: set[int]) -> dict[int, int]:
    merged = Event.objects.filter(kind="merged_into", ticket__in=numbers, ticket__excluded=MERGED).order_by("id")
    return dict(merged.values_list("ticket", "data__target"))


def _both(source_number: int, target_number: int) -> tuple[Ticket, Ticket]:
    if source_number == target_number:
        raise Refused("A ticket cannot be merged into itself.")
    locked = Ticket.objects.select_for_update().filter(pk__in=[source_number, target_number]).order_by("number")
    found = {ticket.number: ticket for ticket in locked}
    if len(found) < 2:
        raise Refused(f"There is no ticket #{target_number}.")
    return found[source_number], found[target_number]


def _newest_merge(source_number: int) -> Event:
    merges = Event.objects.filter(kind__in=["merged_in", "unmerged_from"], data__source=source_number)
    newest = merges.order_by("-id").first()
    if newest is None or newest.kind == "unmerged_from":
        raise Refused(f"#{source_number} is not merged.")
    return newest


def _take_part(source: Ticket, target: Ticket) -> None:
    """The source's people are people of the target; its requester is one more customer there."""
    people = source.participants.values_list("identity_id", "role")
    Participant.objects.bulk_create(
        [
            Participant(
                ticket=target,
                identity_id=identity,
                role=Participant.Role.THIRD_PARTY if role == Participant.Role.REQUESTER else role,
            )
            for identity, role in people
        ],
        ignore_conflicts=True,
    )
