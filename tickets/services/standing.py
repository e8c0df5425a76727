"""Where a ticket stands, worked out anew from what was said in it: edits, deletions, merges and late answers."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Q, When
from django.db.models.functions import Left

from tickets.models import Delivery, Message, Ticket

PREVIEW = 200
_WAS_SAID = Q(delivery=None) | Q(delivery__state=Delivery.State.SENT)
_SETTLES = ("answered_outside", "no_reply_needed")


def refresh(ticket: Ticket) -> None:
    """What the queue shows of a locked ticket, and who waits since when. The caller tells `changed`."""
    said = _said(ticket)
    _show(ticket, said)
    ticket.waiting_since = _waiting_since(ticket, said) if ticket.is_unsolved else None
    ticket.save()


def show(ticket: Ticket) -> None:
    """What the queue shows of a locked ticket. The caller tells `changed`."""
    _show(ticket, _said(ticket))
    ticket.save()


def was_answered(ticket: Ticket) -> bool:
    """We have answered something in it, by whatever way."""
    return any(map(_is_ours, _said(ticket))) or ticket.events.filter(kind="answered_outside").exists()


def one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _said(ticket: Ticket) -> list[dict[str, Any]]:
    words = Left(Case(When(visible_text="", then="text"), default="visible_text"), 5 * PREVIEW)
    said = ticket.messages.exclude(direction=Message.Direction.NOTE).filter(_WAS_SAID).annotate(words=words)
    columns = ("pk", "direction", "author_kind", "visibility", "occurred_at", "words", "deleted_at")
    return list(said.order_by("occurred_at", "id").values(*columns, "call__answered_at"))


def _show(ticket: Ticket, said: list[dict[str, Any]]) -> None:
    if said:
        visibilities = {row["visibility"] for row in said}
        ticket.visibility = said[-1]["visibility"] if len(visibilities) == 1 else Ticket.Visibility.MIXED
        ticket.last_message_at = said[-1]["occurred_at"]
    shown = [row for row in said if not row["deleted_at"]]
    ticket.preview = one_line(shown[-1]["words"])[:PREVIEW] if shown else ""


def _waiting_since(ticket: Ticket, said: list[dict[str, Any]]) -> datetime | None:
    """When the customer wrote the oldest message that nobody has answered, by telephone or outside either."""
    told = ticket.events.filter(Q(kind__in=_SETTLES) | Q(kind="message_in", data__addressed=False))
    settled, context = [], set()
    for kind, at, message in told.values_list("kind", "occurred_at", "message"):
        if kind in _SETTLES:
            settled.append(at)
        else:
            context.add(message)
    settled += [row["occurred_at"] for row in said if _is_ours(row)]
    asked = [
        row["occurred_at"]
        for row in said
        if row["author_kind"] == Message.AuthorKind.CUSTOMER
        and not (_is_ours(row) or row["deleted_at"] or row["pk"] in context)
    ]
    return next((at for at in asked if not settled or at > max(settled)), None)


def _is_ours(row: dict[str, Any]) -> bool:
    answered = row["direction"] == Message.Direction.OUTBOUND and row["author_kind"] != Message.AuthorKind.AUTOMATION
    return answered or row["call__answered_at"] is not None
