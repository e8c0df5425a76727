"""Append-only facts about tickets: the source of every measure. The database refuses UPDATE and DELETE."""

from django.db import models


class Event(models.Model):
    """Ids and values only, never text, names or handles (docs/events.md lists kinds and data).

    `occurred_at` is the network's or the agent's time, `recorded_at` ours. `dedupe_key` makes a fact that can be
    learned twice (a confirmation, a late page) stand once.
    """

    class Actor(models.TextChoices):
        CUSTOMER = "customer"
        THIRD_PARTY = "third_party"
        AGENT = "agent"
        NATIVE_APP = "native_app"
        BOT = "bot"
        AUTOMATION = "automation"
        SYSTEM = "system"

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="events")
    message = models.ForeignKey("tickets.Message", null=True, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=32)
    actor_kind = models.CharField(max_length=16, choices=Actor)
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)
    channel = models.ForeignKey("tickets.Channel", null=True, on_delete=models.PROTECT)
    visibility = models.CharField(max_length=8, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=255, null=True, unique=True)

    class Meta:
        ordering = ["occurred_at", "id"]
        indexes = [
            models.Index(fields=["ticket", "id"], name="event_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ticket_id}"
