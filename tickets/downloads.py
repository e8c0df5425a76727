"""Files of messages, served from our own origin to those who see the message."""

from django.db.models import Q, QuerySet
from django.http import FileResponse

from accounts.models import User
from accounts.permissions import team_sight
from tickets.models import Attachment


def stored_attachments(user: User) -> QuerySet[Attachment]:
    """Files that are here and belong to messages that the user sees, or to the user's own drafts in such tickets."""
    worked = Q(message__ticket__isnull=False) & team_sight(user, "message__ticket__team")
    # Context is shown with the ticket of its thread; where there is none yet it is the channel's team's.
    context = Q(message__isnull=False, message__ticket=None)
    shown = context & Q(message__thread__ticket__isnull=False) & team_sight(user, "message__thread__ticket__team")
    unshown = context & Q(message__thread__ticket=None) & team_sight(user, "message__channel__team")
    own = Q(draft__user=user) & team_sight(user, "draft__ticket__team")
    return Attachment.objects.filter(worked | shown | unshown | own, state=Attachment.State.STORED)


def download(attachment: Attachment) -> FileResponse:
    """The file: shown where it is a picture, else only ever saved. Raises FileNotFoundError."""
    picture = attachment.is_picture
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=not picture,
        filename=attachment.filename or f"{attachment.kind}-{attachment.pk}",
        content_type=attachment.content_type if picture else "application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Redaction must take a picture away from pages that are opened later.
    response["Cache-Control"] = "private, no-cache"
    return response
