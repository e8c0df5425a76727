"""Drafts: kept while a person writes, gone when it was sent or emptied. They are no events and change no ticket."""

from accounts.models import User
from tickets.models import Draft


def keep(number: int, user: User, *, way: str, text: str, subject: str = "") -> None:
    """The newest text wins; an empty one means that nothing is being written."""
    if not text.strip():
        drop(number, user)
        return
    Draft.objects.update_or_create(ticket_id=number, user=user, defaults={"way": way, "text": text, "subject": subject})


def drop(number: int, user: User) -> None:
    Draft.objects.filter(ticket_id=number, user=user).delete()
