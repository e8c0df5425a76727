"""A telephone call beside its message."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Call(models.Model):
    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("Answered")
        MISSED = "missed", _("Missed")
        VOICEMAIL = "voicemail", _("Voicemail")
        NO_ANSWER = "no_answer", _("No answer")

    message = models.OneToOneField("tickets.Message", on_delete=models.CASCADE, related_name="call")
    channel = models.ForeignKey("tickets.Channel", on_delete=models.PROTECT)
    external_id = models.CharField(max_length=255)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Of the telephone system: where it rings or is talked now.
    extensions = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    hold_s = models.PositiveIntegerField(default=0)
    wrap_s = models.PositiveIntegerField(default=0)
    callback_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="call_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=F("started_at")),
                name="call_answer_after_ring",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="call_end_after_ring"
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def talk_s(self) -> int:
        """Seconds from answer to end; 0 where nobody answered."""
        if not (self.answered_at and self.ended_at):
            return 0
        return int((self.ended_at - self.answered_at).total_seconds())
