"""Who is told of events, what they were told, and how they answered."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.models.fields import EncryptedDictField, Secrets


class Webhook(models.Model):
    """A subscription: events of these kinds (empty: all) in tickets that pass the filters go to the address.

    `filters` are values of the queue's filters; the ticket counts as it is when the event is about to be sent.
    `secrets` holds `current`, and after a change also `previous`, which signs too until `previous_until`.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Working")
        PAUSED = "paused", _("Paused")

    name = models.CharField(_("Name"), max_length=80)
    url = models.URLField(_("Address"), max_length=1000)
    kinds = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    filters = models.JSONField(default=dict, blank=True)
    secrets = EncryptedDictField(default=Secrets)
    previous_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    # Why it is paused and what to do about it; empty when somebody paused it by hand.
    pause_text = models.TextField(blank=True)
    # One sender at a time; runs out by itself when that one dies. Also how long an unreachable receiver is left alone.
    leased_until = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webhook", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    def signing_secrets(self, now: datetime) -> list[str]:
        overlaps = self.previous_until is not None and now < self.previous_until
        return [self.secrets["current"], *([self.secrets["previous"]] if overlaps else [])]


class WebhookDelivery(models.Model):
    """One event on its way to one webhook; the database itself makes the row with the event. No event: a ping."""

    class State(models.TextChoices):
        PENDING = "pending", _("On its way")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey("tickets.Event", null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    tries = models.PositiveIntegerField(default=0)
    # From when on it counts how long it could not be delivered: when it was made, or asked for again.
    since = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["webhook", "event"], name="webhook_delivery_once")]
        indexes = [
            models.Index(fields=["webhook", "next_try_at"], condition=Q(state="pending"), name="webhook_due"),
            models.Index(fields=["webhook", "ticket", "id"], condition=Q(state="pending"), name="webhook_order"),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="webhook_settled"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id or 'ping'} to {self.webhook_id}"

    @property
    def message_id(self) -> str:
        """The same in every try: by it a receiver knows what it has seen."""
        return f"msg_{self.pk}"


class WebhookAttempt(models.Model):
    """One request and its answer; without `status` and `error` it is under way, or its worker died."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField(default=timezone.now)
    took_ms = models.PositiveIntegerField(null=True)
    request_headers = models.JSONField(default=dict)
    request_body = models.TextField()
    status = models.PositiveSmallIntegerField(null=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.status or self.error or 'running'} for {self.delivery_id}"
