"""The raw payload as fetched, before anything is made of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class InboundItem(models.Model):
    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        DONE = "done", _("Done")
        IGNORED = "ignored", _("Ignored")
        PARKED = "parked", _("Parked")

    channel = models.ForeignKey("tickets.Channel", on_delete=models.PROTECT, related_name="items")
    feed = models.CharField(max_length=64, blank=True)
    external_id = models.CharField(max_length=255)
    revision = models.CharField(max_length=64, blank=True)
    payload = models.JSONField(default=dict)
    # The bytes themselves where the network speaks bytes (email).
    raw = models.BinaryField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    # A stable code for ignored items, a sentence for parked ones.
    reason = models.TextField(blank=True)
    message = models.ForeignKey("tickets.Message", null=True, blank=True, on_delete=models.SET_NULL)
    received_at = models.DateTimeField(auto_now_add=True)
    # An own post waits while a delivery that it may confirm is still being sent.
    not_before = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id", "revision"], name="inbound_item_once"),
        ]
        indexes = [
            models.Index(fields=["channel", "id"], condition=Q(state="received"), name="inbound_to_translate"),
            models.Index(fields=["channel", "-id"], condition=Q(state="parked"), name="inbound_parked"),
        ]

    def __str__(self) -> str:
        return self.external_id
