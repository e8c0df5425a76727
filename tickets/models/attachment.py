"""A file of a message, or of what somebody is still writing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.channels.outgoing import SOUNDS

# Shown inside a page. Everything else is only ever saved: HTML or SVG of a stranger must not run on our origin.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})


def _path(attachment: "Attachment", filename: str) -> str:
    # The sender's file name never reaches the disk.
    if attachment.message_id is None:
        return f"attachments/written/{attachment.pk // 1000}/{attachment.pk}"
    return f"attachments/{attachment.message_id // 1000}/{attachment.message_id}/{attachment.pk}"


class Attachment(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("Not fetched yet")
        STORED = "stored", _("Stored")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Could not be fetched")
        REDACTED = "redacted", _("Redacted")

    message = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    draft = models.ForeignKey(
        "tickets.Draft", null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    kind = models.CharField(max_length=16, default="file")
    filename = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=127, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.FileField(upload_to=_path, blank=True)
    source_url = models.URLField(max_length=1000, blank=True)
    alt_text = models.CharField(max_length=1000, blank=True)
    content_id = models.CharField(max_length=255, blank=True)
    inline = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=255, blank=True)
    # The network's own name for a file of ours that it took before the message, so that a retry need not send it again.
    upload_id = models.CharField(max_length=64, blank=True)
    upload_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(message=None, draft__isnull=False) | Q(message__isnull=False, draft=None),
                name="attachment_of_message_or_draft",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="attachment_to_fetch"),
        ]

    def __str__(self) -> str:
        return self.filename or self.kind

    @property
    def is_picture(self) -> bool:
        return self.state == self.State.STORED and self.content_type in PICTURES

    @property
    def is_sound(self) -> bool:
        return self.state == self.State.STORED and self.content_type in SOUNDS
