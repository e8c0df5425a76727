"""People who ask for help, and who they are on each network."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F


class Customer(models.Model):
    name = models.CharField(max_length=255, blank=True)
    note = models.TextField(blank=True)
    is_vip = models.BooleanField(default=False, db_default=False)
    # They asked to be left alone: nothing goes out to any of their identities.
    do_not_contact = models.BooleanField(default=False, db_default=False)
    # All they had is the other one's; undone, it comes back to this row.
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or f"Customer {self.pk}"


class CustomerEvent(models.Model):
    """Append-only, like the events of tickets: what colleagues did to a customer. Ids and values only."""

    class Kind(models.TextChoices):
        MARKED = "marked"  # mark, to
        MERGED_IN = "merged_in"  # source, identities (ids moved), marks (that came with it)
        UNMERGED = "unmerged"  # source

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind)
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    recorded_at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["customer", "id"], name="customer_event")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"


class Identity(models.Model):
    """A customer on one network. `scope` separates networks that give one person another id per account."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identities")
    kind = models.CharField(max_length=32)
    scope = models.CharField(max_length=64, blank=True)
    external_id = models.CharField(max_length=255)
    handle = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    followers = models.PositiveIntegerField(null=True, blank=True)
    verified = models.BooleanField(default=False)
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "scope", "external_id"], name="identity_once")]
        indexes = [
            GinIndex(OpClass(F("name"), "gin_trgm_ops"), name="identity_name_like"),
            GinIndex(OpClass(F("handle"), "gin_trgm_ops"), name="identity_handle_like"),
        ]
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The shortest text that names this person on their network."""
        return self.handle or self.name or self.external_id


class IdentityChannel(models.Model):
    """What may be sent to an identity from one of our accounts, as far as we were told."""

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="on_channels")
    channel = models.ForeignKey("tickets.Channel", on_delete=models.CASCADE)
    # None: unknown; False: the network refused.
    private_open = models.BooleanField(null=True, blank=True)
    # We asked this person to write privately; their next private message belongs to that ticket.
    invited_at = models.DateTimeField(null=True, blank=True)
    invited_ticket = models.ForeignKey("tickets.Ticket", null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "channel"], name="identity_channel_once")]

    def __str__(self) -> str:
        return f"{self.identity_id} on {self.channel_id}"
