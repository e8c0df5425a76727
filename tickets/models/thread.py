"""One conversation on one channel, as the network sees it."""

from django.db import models

VISIBILITIES = [("public", "Public"), ("private", "Private")]


class Thread(models.Model):
    """`ticket` is where *new* messages go: empty while the thread holds only context."""

    channel = models.ForeignKey("tickets.Channel", on_delete=models.PROTECT, related_name="threads")
    key = models.CharField(max_length=255)
    visibility = models.CharField(max_length=8, choices=VISIBILITIES)
    # The person at the other end; who started it where several share the thread.
    identity = models.ForeignKey("tickets.Identity", null=True, blank=True, on_delete=models.PROTECT)
    ticket = models.ForeignKey(
        "tickets.Ticket", null=True, blank=True, on_delete=models.PROTECT, related_name="threads"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="thread_once")]

    def __str__(self) -> str:
        return self.key
