"""Answers of the API that are given again when a client repeats a request."""

from django.db import models

from tickets.models.fields import EncryptedDictField, Secrets


class GivenAnswer(models.Model):
    """One answer under a client's own key, kept for a day. Encrypted: it may hold a message, or a new token."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    # A keyed digest of method, address and body.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = EncryptedDictField(default=Secrets)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="given_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="given_answer_age")]

    def __str__(self) -> str:
        return self.key
