"""When messages share a ticket, when one reopens it and when it follows up.

A new thread opens a new ticket, except a private message within 72 hours after we invited that person to write
privately: it belongs to the ticket of the invitation, also where an earlier private ticket of theirs is over. (A reply
to a known message has found its thread before.) Context and automatic answers open and follow up nothing.
"""

import re
from datetime import timedelta

from tickets import states
from tickets.models import Event, IdentityChannel, Thread, Ticket
from tickets.models.ticket import LEADING_NAMES
from tickets.services import merging, standing
from tickets.services.events import event, from_to
from tickets.services.ingest.batch import Batch, Draft

INVITATION_HOLDS = timedelta(hours=72)
REOPEN_WINDOW = timedelta(days=14)


def resolve(batch: Batch, drafts: list[Draft]) -> list[Draft]:
    """Give every draft the ticket in which it is worked (None for context), with what it does to that ticket."""
    _lock(batch, [draft.thread for draft in drafts if draft.thread])
    invited = _invitations(batch, drafts)
    kept, moved = [], []
    for draft in drafts:
        thread = draft.thread
        assert thread is not None
        before = thread.ticket_id, thread.ticket
        if draft.inbound.automatic and not thread.ticket_id:
            batch.ignore(draft.item, "automatic")
            continue
        draft.ticket = _ticket_for(batch, draft, thread, invited)
        if draft.ticket:
            _apply(batch, draft, draft.ticket)
        if before != (thread.ticket_id, thread.ticket) and thread not in moved:
            moved.append(thread)
            batch.opened += [thread] if before == (None, None) else []
        kept.append(draft)
    _store(batch, moved)
    return kept


def _lock(batch: Batch, threads: list[Thread]) -> None:
    numbers = {thread.ticket_id for thread in threads if thread.ticket_id}
    locked = Ticket.objects.select_for_update().filter(number__in=numbers).order_by("number")
    batch.tickets |= {ticket.number: ticket for ticket in locked}
    for thread in threads:
        if thread.ticket_id:
            thread.ticket = batch.tickets[thread.ticket_id]


def _invitations(batch: Batch, drafts: list[Draft]) -> dict[int, Ticket]:
    """Identity -> the ticket in which we asked that person to write privately."""
    writers = [
        draft.party.pk
        for draft in drafts
        if draft.party and draft.inbound.visibility == "private" and not _is_worked(draft.thread)
    ]
    if not writers:
        return {}
    rows = IdentityChannel.objects.filter(
        channel=batch.channel, identity__in=writers, invited_at__gte=batch.now - INVITATION_HOLDS
    ).exclude(invited_ticket=None)
    found = dict(rows.values_list("identity_id", "invited_ticket_id"))
    now = merging.where_now(found.values())
    found = {identity: now[number] for identity, number in found.items()}
    tickets = Ticket.objects.select_for_update().exclude(status=states.CLOSED).in_bulk(set(found.values()))
    batch.tickets |= tickets
    return {identity: tickets[number] for identity, number in found.items() if number in tickets}


def _ticket_for(batch: Batch, draft: Draft, thread: Thread, invited: dict[int, Ticket]) -> Ticket | None:
    ticket = thread.ticket
    if draft.is_ours or draft.inbound.automatic or not draft.inbound.asks_for_answer:
        return ticket
    invitation = invited.get(draft.party.pk) if draft.party and draft.inbound.visibility == "private" else None
    if invitation and not _is_worked(thread):
        ticket = invitation
    elif ticket is None:
        ticket = _open(batch, draft, reason="message", team=batch.channel.team_id)
    elif _is_over(batch, ticket):
        follow_up = _open(batch, draft, reason="follow_up", team=ticket.team_id)
        batch.follow_ups.append((follow_up, ticket))
        ticket = follow_up
    thread.ticket = ticket
    return ticket


def _is_worked(thread: Thread | None) -> bool:
    return bool(thread and thread.ticket and thread.ticket.is_unsolved)


def _is_over(batch: Batch, ticket: Ticket) -> bool:
    if ticket.excluded == Ticket.Excluded.SPAM:
        # More of it stays where it is, however late.
        return False
    if ticket.status == states.CLOSED:
        return True
    return bool(ticket.status == states.SOLVED and ticket.solved_at and batch.now - ticket.solved_at > REOPEN_WINDOW)


def _open(batch: Batch, draft: Draft, reason: str, team: int | None) -> Ticket:
    assert draft.party is not None
    ticket = Ticket(
        subject=subject_of(draft.inbound.subject, draft.inbound.text),
        channel=batch.channel,
        visibility=draft.inbound.visibility,
        customer_id=draft.party.customer_id,
        requester=draft.party,
        team_id=team,
        opened_at=draft.inbound.occurred_at,
    )
    batch.new_tickets.append(ticket)
    batch.events.append(
        event(
            ticket,
            "ticket_opened",
            actor_kind=Event.Actor.CUSTOMER,
            at=draft.inbound.occurred_at,
            reason=reason,
            priority=ticket.priority_name,
            status=ticket.status,
            team=ticket.team_id,
            customer=ticket.customer_id,
        )
    )
    if draft.inbound.spam:
        _mark_spam(batch, ticket)
    return ticket


def _mark_spam(batch: Batch, ticket: Ticket) -> None:
    """Nobody need look at it; an agent who does can take it back like any other."""
    why = Ticket.Excluded.SPAM
    changes = from_to(ticket.status, states.SOLVED, reason=why)
    batch.events.append(event(ticket, "status_changed", at=ticket.opened_at, **changes))
    batch.events.append(event(ticket, "spam_marked", at=ticket.opened_at))
    ticket.excluded, ticket.status, ticket.solved_at = why, states.SOLVED, ticket.opened_at


def _apply(batch: Batch, draft: Draft, ticket: Ticket) -> None:
    """What the message does to its ticket's columns and status."""
    inbound = draft.inbound
    is_newest = ticket.last_message_at is None or inbound.occurred_at >= ticket.last_message_at
    if is_newest:
        ticket.last_message_at = inbound.occurred_at
        ticket.preview = standing.one_line(inbound.visible_text or inbound.text)[: standing.PREVIEW]
    ticket.reposts = max(ticket.reposts, inbound.reach.get("reposts", 0))
    if ticket.visibility != inbound.visibility:
        ticket.visibility = Ticket.Visibility.MIXED
    if draft.is_ours and not is_newest:
        batch.late.append(draft)
    elif draft.is_ours:
        ticket.waiting_since = None
        if ticket.status in states.OUR_TURN:
            _change_status(batch, draft, ticket, states.PENDING, "reply")
    elif not inbound.automatic:
        _customer_wrote(batch, draft, ticket)


def _customer_wrote(batch: Batch, draft: Draft, ticket: Ticket) -> None:
    if draft.author and draft.author.followers is not None:
        ticket.followers = max(ticket.followers or 0, draft.author.followers)
    if not draft.inbound.asks_for_answer or ticket.excluded == Ticket.Excluded.SPAM:
        return
    ticket.excluded = ""
    since = ticket.waiting_since
    ticket.waiting_since = min(since, draft.inbound.occurred_at) if since else draft.inbound.occurred_at
    if ticket.snoozed_until:
        ticket.snoozed_until = None
        at, customer = draft.inbound.occurred_at, Event.Actor.CUSTOMER
        batch.events.append(event(ticket, "woken", actor_kind=customer, at=at, reason="customer"))
    if ticket.status not in states.OUR_TURN:
        reason = "reopened" if ticket.status == states.SOLVED else "reply"
        _change_status(batch, draft, ticket, states.OPEN, reason)


def _change_status(batch: Batch, draft: Draft, ticket: Ticket, to: str, reason: str) -> None:
    actor = Event.Actor.NATIVE_APP if draft.is_ours else Event.Actor.CUSTOMER
    batch.events.append(
        event(
            ticket,
            "status_changed",
            actor_kind=actor,
            at=draft.inbound.occurred_at,
            **from_to(ticket.status, to, reason=reason),
        )
    )
    ticket.status = to
    ticket.solved_at = None


COLUMNS = [
    "last_message_at",
    "preview",
    "visibility",
    "waiting_since",
    "status",
    "solved_at",
    "snoozed_until",
    "followers",
    "reposts",
    "excluded",
]


def _store(batch: Batch, moved: list[Thread]) -> None:
    Ticket.objects.bulk_create(batch.new_tickets)
    Ticket.objects.bulk_update(batch.tickets.values(), COLUMNS)
    for thread in moved:
        thread.ticket = thread.ticket  # takes over the number that the new ticket has just got
    Thread.objects.bulk_update(moved, ["ticket"])
    batch.changed |= {ticket.number for ticket in batch.new_tickets} | set(batch.tickets)


def subject_of(subject: str, text: str) -> str:
    """What a ticket is called that begins with this."""
    return standing.one_line(subject)[:255] or headline(text)


def headline(text: str) -> str:
    """A subject for what has none: its first sentence, without the names at its beginning."""
    line = LEADING_NAMES.sub("", standing.one_line(text))
    sentence = re.split(r"(?<=[.!?…。！？])\s", line, maxsplit=1)[0]
    return sentence if len(sentence) <= 90 else sentence[:89].rstrip() + "…"
