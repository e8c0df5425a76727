"""The outbox: one row per outgoing message, one row per try."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    """pending -> sending -> sent | failed | unknown; `withdrawn` is the agent's undo.

    `unknown` means that the network may have it: on a network without idempotent sends nothing is resent alone.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        UNKNOWN = "unknown", _("May not have been delivered")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    message = models.OneToOneField("tickets.Message", on_delete=models.PROTECT, related_name="delivery")
    channel = models.ForeignKey("tickets.Channel", on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    # The id that we give it ourselves where the network lets us: a retry is then the same message.
    fixed_id = models.CharField(max_length=255, blank=True)
    # How an own post seen by a poll finds the delivery that it confirms.
    text_key = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=64, blank=True)
    error_text = models.TextField(blank=True)
    # Set while unknown: not found in two complete polls, so the agent is offered to send it again.
    offered_again_at = models.DateTimeField(null=True, blank=True)
    unknown_since = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="delivery_due"),
            models.Index(fields=["leased_until"], condition=Q(state="sending"), name="delivery_in_flight"),
            models.Index(fields=["channel", "text_key"], name="delivery_text"),
            models.Index(fields=["channel"], condition=Q(state__in=["failed", "unknown"]), name="delivery_troubled"),
        ]

    def __str__(self) -> str:
        return f"{self.state} delivery {self.pk}"


class DeliveryAttempt(models.Model):
    """Written before the network is called; an attempt without outcome is one that died on the way."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    code = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.outcome or 'running'} try of {self.delivery_id}"
