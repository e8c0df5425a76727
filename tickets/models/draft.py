"""What somebody is writing in a ticket and has not sent yet."""

from django.db import models


class Draft(models.Model):
    """One for each person in a ticket, read by that person alone. `way` is the composer's key of a way to answer."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="drafts")
    way = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    subject = models.CharField(max_length=255, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.user_id} in {self.ticket_id}"
