"""What an agent changes about a ticket. Every verb does nothing when it is already true."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Team, User
from tickets import states
from tickets.models import Event, Identity, Message, Tag, Ticket
from tickets.services import standing
from tickets.services.errors import Refused
from tickets.services.events import changed, event, from_to, record
from tickets.services.notifications import Kind, notify

LONGEST_AHEAD = timedelta(days=366)


@contextmanager
def locked(number: int) -> Iterator[Ticket]:
    """One ticket, locked for the time of one transaction."""
    with transaction.atomic():
        yield Ticket.objects.select_for_update().get(pk=number)


def _store(ticket: Ticket, columns: Iterable[str], events: Iterable[Event]) -> None:
    ticket.save(update_fields=[*columns, "updated_at"])
    record(events)
    changed([ticket.pk])


def assign(number: int, user: User | None, by: User | None, at: datetime | None = None, reason: str = "agent") -> None:
    """Tells the person; nobody of what happened earlier, `at`. `reason` is on record (docs/events.md). Raises Refused
    for somebody who left."""
    with locked(number) as ticket:
        if ticket.assignee_id == (user.pk if user else None):
            return
        if user and not user.is_active:
            raise Refused(f"{user.name} no longer works here. Choose somebody else.")
        ticket.assignee, ticket.awaits_assignee = user, False
        given = event(ticket, "assigned", by=by, at=at, to=user.pk if user else None, reason=reason)
        _store(ticket, ["assignee", "awaits_assignee"], [given])
        if user and at is None:
            notify(Kind.ASSIGNED, ticket, [user.pk], by=by)


def set_team(number: int, team: Team | None, by: User | None) -> None:
    with locked(number) as ticket:
        if ticket.team_id == (team.pk if team else None):
            return
        ticket.team, ticket.awaits_assignee = team, True
        _store(
            ticket, ["team", "awaits_assignee"], [event(ticket, "team_changed", by=by, to=team.pk if team else None)]
        )


def set_status(number: int, status: str, by: User | None, reason: str = "agent", at: datetime | None = None) -> None:
    """Raises Refused when the table of states has no such transition. `at` is for what happened earlier."""
    with locked(number) as ticket:
        if change_status(ticket, status, by, reason, at):
            changed([ticket.pk])


def change_status(
    ticket: Ticket, status: str, by: User | None, reason: str, at: datetime | None = None, **data: Any
) -> bool:
    """Change the status of a locked ticket; False when it has that status already. The caller tells `changed`."""
    if ticket.status == status:
        return False
    if status not in states.LABELS or not states.may_change(ticket.status, status):
        now = states.LABELS[ticket.status]
        wanted = states.LABELS.get(status, status)
        possible = ", ".join(states.LABELS[to] for to in states.TRANSITIONS[ticket.status]) or "none"
        raise Refused(f"A ticket that is {now.lower()} cannot become {wanted.lower()}. Possible: {possible}.")
    change = from_to(ticket.status, status, reason=reason, **data)
    record([event(ticket, "status_changed", by=by, at=at, **change)])
    ticket.status = status
    ticket.solved_at = (at or timezone.now()) if status in (states.SOLVED, states.CLOSED) else None
    if ticket.solved_at and reason != "reply":
        # An answer ends the wait when it is sent: it may yet be taken back, or fail.
        ticket.waiting_since = None
    if status not in (states.PENDING, states.ON_HOLD):
        wake(ticket, "status", by, at)
    ticket.save(update_fields=["status", "solved_at", "waiting_since", "snoozed_until", "updated_at"])
    return True


def take_status_back(ticket: Ticket, reply: int, by: User) -> None:
    """Undo what sending the message `reply` did to the status of a locked ticket, unless somebody changed it since."""
    newest = ticket.events.filter(kind="status_changed").order_by("-id").first()
    if newest is None or newest.data.get("reply") != reply:
        return
    back = from_to(ticket.status, newest.data["from"], reason="reply_withdrawn")
    ticket.status = back["to"]
    ticket.solved_at = timezone.now() if ticket.status == states.SOLVED else None
    _store(ticket, ["status", "solved_at"], [event(ticket, "status_changed", by=by, **back)])


def snooze(number: int, until: datetime | None, by: User) -> None:
    """Out of the views of open work until then, or until the customer writes; None brings it back at once.

    No clock stops for it. Raises Refused for a time that makes no sense, and for a ticket that is over.
    """
    with locked(number) as ticket:
        if until is None:
            if wake(ticket, "agent", by):
                _store(ticket, ["snoozed_until"], [])
            return
        if not ticket.is_unsolved:
            raise Refused(f"A ticket that is {states.LABELS[ticket.status].lower()} needs no snooze.")
        if not timedelta(0) < until - timezone.now() < LONGEST_AHEAD:
            raise Refused("Choose a time to come, at most a year ahead.")
        if ticket.snoozed_until != until:
            ticket.snoozed_until = until
            _store(ticket, ["snoozed_until"], [event(ticket, "snoozed", by=by, until=until.isoformat())])


def wake(ticket: Ticket, reason: str, by: User | None = None, at: datetime | None = None) -> bool:
    """End the snooze of a locked ticket; False when it has none. The caller saves `snoozed_until`."""
    if ticket.snoozed_until is None:
        return False
    ticket.snoozed_until = None
    record([event(ticket, "woken", by=by, at=at, reason=reason)])
    return True


def wake_due() -> None:
    """The views show these tickets already; this puts it on record and tells the open pages."""
    due = Ticket.objects.filter(snoozed_until__lte=timezone.now()).order_by("snoozed_until")
    for number in list(due.values_list("pk", flat=True)[:200]):
        with locked(number) as ticket:
            until = ticket.snoozed_until
            if until and until <= timezone.now() and wake(ticket, "due", at=until):
                _store(ticket, ["snoozed_until"], [])


def set_priority(number: int, name: str, by: User | None) -> None:
    if name not in states.PRIORITIES:
        raise Refused(f"There is no priority “{name}”. Choose one of {', '.join(states.PRIORITIES)}.")
    with locked(number) as ticket:
        if ticket.priority_name == name:
            return
        change = event(ticket, "priority_changed", by=by, **from_to(ticket.priority_name, name))
        ticket.priority = states.PRIORITIES[name]
        _store(ticket, ["priority"], [change])


def promise_update(number: int, due: datetime | None, by: User) -> None:
    """The customer hears from us by then; None takes the promise back. The next answer keeps it (metrics)."""
    with locked(number) as ticket:
        if due is None:
            if ticket.promised_at:
                _store(ticket, [], [event(ticket, "update_promised", by=by, due=None)])
            return
        if not ticket.is_unsolved:
            raise Refused(f"A ticket that is {states.LABELS[ticket.status].lower()} needs no promise. Open it first.")
        if not timedelta(0) < due - timezone.now() < LONGEST_AHEAD:
            raise Refused("Choose a time to come, at most a year ahead.")
        if ticket.promised_at != due:
            _store(ticket, [], [event(ticket, "update_promised", by=by, due=due.isoformat())])


def add_tags(number: int, names: Iterable[str], by: User | None) -> None:
    with locked(number) as ticket:
        wanted = [_tag(name) for name in names]
        present = set(ticket.tags.values_list("pk", flat=True))
        new = [tag for tag in wanted if tag.pk not in present]
        if new:
            ticket.tags.add(*new)
            _store(ticket, [], [event(ticket, "tagged", by=by, tags=[tag.pk for tag in new])])


def remove_tags(number: int, names: Iterable[str], by: User | None) -> None:
    with locked(number) as ticket:
        gone = list(ticket.tags.filter(name__in=list(names)))
        if gone:
            ticket.tags.remove(*gone)
            _store(ticket, [], [event(ticket, "untagged", by=by, tags=[tag.pk for tag in gone])])


def _tag(name: str) -> Tag:
    clean = " ".join(name.split())
    if not clean or len(clean) > 50:
        raise Refused("A tag needs 1 to 50 characters.")
    return Tag.objects.get_or_create(name=clean)[0]


def no_reply_needed(number: int, by: User) -> None:
    """Leaves the queue as solved without an answer, and out of the response measures.

    Where we have answered before, only what waits now needs none: the ticket is measured like any other.
    """
    with locked(number) as ticket:
        if not standing.was_answered(ticket):
            _exclude(number, by, Ticket.Excluded.NO_REPLY_NEEDED, "no_reply_needed", scope="ticket")
        elif ticket.is_unsolved:
            change_status(ticket, states.SOLVED, by, reason="no_reply_needed")
            _store(ticket, [], [event(ticket, "no_reply_needed", by=by, scope="message")])


def mark_spam(number: int, by: User) -> None:
    _exclude(number, by, Ticket.Excluded.SPAM, "spam_marked")


def _exclude(number: int, by: User, why: str, kind: str, **data: Any) -> None:
    with locked(number) as ticket:
        if ticket.excluded == why:
            return
        ticket.excluded = why
        if ticket.is_unsolved:
            change_status(ticket, states.SOLVED, by, reason=why)
        _store(ticket, ["excluded"], [event(ticket, kind, by=by, **data)])


def block_author(number: int, by: User) -> None:
    """The requester's further messages are stored raw and ignored; this ticket counts as spam."""
    with transaction.atomic():
        # The person before the ticket, as everywhere.
        identity = Identity.objects.select_for_update(no_key=True).get(tickets=number)
        if identity.blocked_at is None:
            identity.blocked_at, identity.blocked_by = timezone.now(), by
            identity.save(update_fields=["blocked_at", "blocked_by"])
            with locked(number) as ticket:
                _store(ticket, [], [event(ticket, "author_blocked", by=by, identity=identity.pk)])
        mark_spam(number, by)


def unblock(identity: Identity) -> None:
    Identity.objects.filter(pk=identity.pk).update(blocked_at=None, blocked_by=None)


def answered_outside(number: int, by: User, at: datetime | None = None) -> None:
    """The agent answered in the network itself: the clock stops, the ticket waits for the customer."""
    with locked(number) as ticket:
        when = at or timezone.now()
        if when > timezone.now() or when < ticket.opened_at:
            raise Refused("The time of the answer must lie between the ticket's first message and now.")
        key = f"answered_outside:{ticket.pk}:{ticket.waiting_since.isoformat() if ticket.waiting_since else when}"
        ticket.waiting_since = None
        if ticket.status in states.OUR_TURN:
            change_status(ticket, states.PENDING, by, reason="reply", at=when)
        _store(ticket, ["waiting_since"], [event(ticket, "answered_outside", by=by, at=when, dedupe_key=key)])


def log_work(number: int, by: User, start: datetime, until: datetime) -> None:
    """Minutes of handling, by hand. Raises Refused for an impossible stretch."""
    if not start < until <= timezone.now() or (until - start).total_seconds() > 24 * 3600:
        raise Refused("Working time must end after it began, not in the future, and last at most a day.")
    with locked(number) as ticket:
        _store(ticket, [], [event(ticket, "work_logged", by=by, at=start, until=until.isoformat())])


def close_solved(before: datetime) -> int:
    """Close what was solved long enough ago; a later message then opens a follow-up. Returns how many."""
    old = Ticket.objects.filter(status=states.SOLVED, solved_at__lt=before)
    closed = 0
    for number in list(old.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            # Looked at again under the lock: it may have been reopened a moment ago.
            ticket = old.select_for_update().filter(pk=number).first()
            if ticket and change_status(ticket, states.CLOSED, None, reason="auto_close"):
                changed([number])
                closed += 1
    return closed


def newest_event_id(ticket: Ticket) -> int:
    """What a page that shows the ticket now has seen: the reply form carries it for the send guard."""
    newest = Event.objects.filter(ticket=ticket).order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def message_of(number: int, message_id: int) -> Message:
    """A message of this ticket. Raises Refused when it is another ticket's."""
    message = Message.objects.select_related("channel", "thread", "identity__customer").filter(
        pk=message_id, ticket=number
    )
    found = message.first()
    if found is None:
        raise Refused("That message is no longer in this ticket. Reload the page.")
    return found
