"""What somebody did to several tickets at once, for as long as it can be undone."""

from django.db import models


class BulkChange(models.Model):
    """`before` and `after`: ticket number -> its properties then, as `services.undo.properties_of` writes them."""

    by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="bulk_changes")
    at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField()
    after = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.by_id} at {self.at}"
