"""What a metered network is asked for, per UTC day, and what it costs."""

from django.db import models


class Price(models.Model):
    """Dollars per resource of a kind, editable by an admin; without a row the adapter's own list counts."""

    kind = models.CharField(max_length=32)
    resource = models.CharField(max_length=32)
    usd = models.DecimalField(max_digits=10, decimal_places=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "resource"], name="price_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.resource}"


class Spending(models.Model):
    """Resources and dollars of one channel on one UTC day."""

    channel = models.ForeignKey("tickets.Channel", on_delete=models.CASCADE, related_name="spending")
    day = models.DateField()
    resource = models.CharField(max_length=32)
    count = models.PositiveIntegerField(default=0)
    usd = models.DecimalField(max_digits=12, decimal_places=4, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "day", "resource"], name="spending_once")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.day} {self.resource}"


class SpentOn(models.Model):
    """A resource read again on the same UTC day is free: these are the ones already paid for."""

    channel = models.ForeignKey("tickets.Channel", on_delete=models.CASCADE)
    day = models.DateField()
    resource = models.CharField(max_length=32)
    external_id = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "channel", "resource", "external_id"], name="spent_on_once"),
        ]

    def __str__(self) -> str:
        return self.external_id
