"""A connected account and the things polled on it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.channels.contract import ChannelKind
from tickets.channels.registry import kind_of
from tickets.models.fields import EncryptedDictField, Secrets


class Channel(models.Model):
    """One connected account: kind, address, credentials, health."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Working")
        PAUSED = "paused", _("Paused")

    kind = models.CharField(max_length=32)
    address = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    credentials = EncryptedDictField(default=Secrets)
    options = models.JSONField(default=dict)
    # What the adapter learned about the account itself (its own id on the network, …).
    account_state = models.JSONField(default=dict)
    # Protected: losing a closed team would show its tickets to everybody.
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    # Why it is paused and what to do about it, in words an admin understands.
    pause_code = models.CharField(max_length=64, blank=True)
    pause_text = models.TextField(blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    # Dollars per UTC day: above the soft limit polling slows, at the hard limit it stops until midnight.
    soft_limit = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    hard_limit = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "address"], name="channel_once")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def spec(self) -> ChannelKind:
        return kind_of(self.kind)

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class Feed(models.Model):
    """One thing polled on a channel. The lease keeps two pollers apart; it runs out by itself when a poller dies."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="feeds")
    name = models.CharField(max_length=64)
    cursor = models.JSONField(default=dict)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    ok_at = models.DateTimeField(null=True, blank=True)
    # The complete walk before `ok_at`: two of them tell that a post of unknown outcome is not there.
    previous_ok_at = models.DateTimeField(null=True, blank=True)
    newest_item_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    budget_limit = models.PositiveIntegerField(null=True, blank=True)
    budget_remaining = models.PositiveIntegerField(null=True, blank=True)
    budget_resets_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="feed_once")]
        indexes = [
            models.Index(fields=["next_poll_at"], condition=Q(next_poll_at__isnull=False), name="feed_due"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.name}"
