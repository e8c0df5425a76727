"""Messages as they came and their files, served from our own origin to those who see the message."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import FileResponse

from accounts.models import User
from accounts.permissions import team_sight
from tickets.models import Attachment, InboundItem, Message


def seen_messages(user: User) -> QuerySet[Message]:
    return Message.objects.filter(_sight(user))


def stored_attachments(user: User) -> QuerySet[Attachment]:
    """Files that are here and belong to messages that the user sees, or to the user's own drafts in such tickets."""
    own = Q(draft__user=user) & team_sight(user, "draft__ticket__team")
    of_messages = Q(message__isnull=False) & _sight(user, "message__")
    return Attachment.objects.filter(of_messages | own, state=Attachment.State.STORED)


def _sight(user: User, message: str = "") -> Q:
    """A filter of messages; `message` is the way to them."""
    worked = Q(**{f"{message}ticket__isnull": False}) & team_sight(user, f"{message}ticket__team")
    # Context is shown with the ticket of its thread; where there is none yet it is the channel's team's.
    context = Q(**{f"{message}ticket": None})
    threaded = Q(**{f"{message}thread__ticket__isnull": False})
    shown = context & threaded & team_sight(user, f"{message}thread__ticket__team")
    unshown = context & ~threaded & team_sight(user, f"{message}channel__team")
    return worked | shown | unshown


def has_raw() -> Exists:
    """For a queryset of messages: are there bytes to download?"""
    return Exists(InboundItem.objects.filter(message=OuterRef("pk"), raw__isnull=False))


def raw_message(message: Message) -> bytes | None:
    """The message as it came, where the network speaks bytes (email)."""
    kept = InboundItem.objects.filter(message=message, raw__isnull=False).order_by("id").first()
    return bytes(kept.raw) if kept and kept.raw is not None else None


def download(attachment: Attachment) -> FileResponse:
    """The file: shown or played where it is a picture or a sound, else only ever saved. Raises FileNotFoundError."""
    shown = attachment.is_picture or attachment.is_sound
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=not shown,
        filename=attachment.filename or f"{attachment.kind}-{attachment.pk}",
        content_type=attachment.content_type if shown else "application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Redaction must take a picture away from pages that are opened later.
    response["Cache-Control"] = "private, no-cache"
    return response
