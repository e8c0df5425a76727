"""Drafts: kept while a person writes, gone when it was sent or emptied. They are no events and change no ticket."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from tickets.models import Draft, Message
from tickets.services import files, parts


def keep(number: int, user: User, *, way: str, text: str, subject: str = "") -> None:
    """The newest text wins; an empty one without files means that nothing is being written."""
    if not text.strip() and not Draft.objects.filter(ticket=number, user=user, attachments__isnull=False).exists():
        drop(number, user)
        return
    _store(number, user, way=way, text=text, subject=subject)


def _store(number: int, user: User, **fields: str) -> Draft:
    return Draft.objects.update_or_create(ticket_id=number, user=user, defaults=fields)[0]


def take_back(said: Sequence[Message], user: User, *, way: str) -> None:
    """A withdrawn answer, whole or in parts, is a draft again, with its files."""
    first = said[0]
    assert first.ticket_id is not None
    text = parts.join(message.text for message in said) if first.bundle else first.text
    with transaction.atomic():
        draft = _store(first.ticket_id, user, way=way, text=text, subject=first.subject)
        for message in said:
            files.take_back(message, draft)


def copy(message: Message, user: User, *, way: str) -> None:
    """An answer that was not delivered, below what this person is writing already, with copies of its files."""
    number = message.ticket_id
    assert number is not None
    with transaction.atomic():
        present = Draft.objects.filter(ticket=number, user=user).values_list("text", flat=True).first()
        text = "\n\n".join(part for part in (present, message.text) if part)
        draft = _store(number, user, way=way, text=text, subject=message.subject)
        files.copy(message, draft)


def drop(number: int, user: User) -> None:
    with transaction.atomic():
        for attachment in files.written(number, user):
            files.remove(attachment)
        Draft.objects.filter(ticket_id=number, user=user).delete()
