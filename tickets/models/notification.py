"""What a person is told, and how they want to be told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    """Written in the transaction of what it tells. `key` makes what can be learned twice stand once per person.

    `mail_due_at` is set while a mail is wanted and not sent.
    """

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("A ticket is assigned to me")
        MENTIONED = "mentioned", _("A colleague mentions me in a note")
        AT_RISK = "at_risk", _("A promise on one of my tickets is at risk")
        REPLY_FAILED = "reply_failed", _("A reply of mine was not delivered")

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=16, choices=Kind)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE)
    message = models.ForeignKey("tickets.Message", null=True, on_delete=models.CASCADE)
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.CharField(max_length=100, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_newest"),
            models.Index(fields=["user", "ticket"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notification_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id} in {self.ticket_id}"


def _everything() -> list[str]:
    return list(Notification.Kind.values)


def _mentions() -> list[str]:
    return [Notification.Kind.MENTIONED]


class NotificationChoice(models.Model):
    """By which further ways a person is told which kinds; the app itself tells all. No row: the defaults."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="notification_choice")
    browser = ArrayField(models.CharField(max_length=16, choices=Notification.Kind), default=_everything, blank=True)
    mail = ArrayField(models.CharField(max_length=16, choices=Notification.Kind), default=_mentions, blank=True)

    def __str__(self) -> str:
        return f"choices of {self.user_id}"
