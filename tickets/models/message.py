"""One thing said, and every name that its network has for it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """Inbound, outbound or an internal note.

    `ticket` is where it is worked (empty for context), `thread` where it was said (empty for notes). `occurred_at` is
    the network's time; `received_at` ours. Parts of a numbered thread share `bundle`, in the order of `part`.
    """

    class Direction(models.TextChoices):
        INBOUND = "inbound", _("Inbound")
        OUTBOUND = "outbound", _("Outbound")
        NOTE = "note", _("Note")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public")
        PRIVATE = "private", _("Private")
        INTERNAL = "internal", _("Internal")

    class AuthorKind(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        THIRD_PARTY = "third_party", _("Somebody else")
        AGENT = "agent", _("Agent")
        NATIVE_APP = "native_app", _("Outside the helpdesk")
        BOT = "bot", _("Bot")
        AUTOMATION = "automation", _("Automation")
        SYSTEM = "system", _("System")

    ticket = models.ForeignKey(
        "tickets.Ticket", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    thread = models.ForeignKey(
        "tickets.Thread", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    channel = models.ForeignKey("tickets.Channel", null=True, blank=True, on_delete=models.PROTECT)
    direction = models.CharField(max_length=8, choices=Direction)
    visibility = models.CharField(max_length=8, choices=Visibility)
    author_kind = models.CharField(max_length=16, choices=AuthorKind)
    identity = models.ForeignKey("tickets.Identity", null=True, blank=True, on_delete=models.PROTECT)
    # Nobody proved that this person wrote it (a contact form).
    author_unproven = models.BooleanField(default=False, db_default=False)
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT)
    in_reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="answers")
    subject = models.CharField(max_length=998, blank=True)
    text = models.TextField(blank=True)
    # Sanitised HTML of an email; empty elsewhere.
    html = models.TextField(blank=True)
    # The newly written part of an email, without quotes and signature; empty where it is the whole text.
    visible_text = models.TextField(blank=True)
    # Colleagues whom a note calls by name, and who see it.
    mentioned = models.ManyToManyField("accounts.User", blank=True, related_name="mentions")
    to = models.JSONField(default=list, blank=True)
    cc = models.JSONField(default=list, blank=True)
    bundle = models.UUIDField(null=True, blank=True)
    part = models.PositiveSmallIntegerField(default=1)
    external_id = models.CharField(max_length=255, blank=True)
    permalink = models.URLField(max_length=500, blank=True)
    reach = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=16, blank=True)
    # The adapter's own data, needed to answer this message.
    reply_data = models.JSONField(default=dict, blank=True)
    # Texts before an edit, oldest first: [{"text": …, "until": ISO time}].
    earlier_texts = models.JSONField(default=list, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    # Redacted since it is gone from the network; why, in words.
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_reason = models.CharField(max_length=255, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["occurred_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "part"], name="message_part_once"),
            models.CheckConstraint(
                condition=Q(direction="note", visibility="internal", thread=None) | ~Q(direction="note"),
                name="note_is_internal",
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "occurred_at", "id"], name="message_timeline"),
            models.Index(fields=["thread", "occurred_at"], name="message_thread"),
            GinIndex(SearchVector("text", config="parley"), name="message_words"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk}"


class MessageRef(models.Model):
    """Every network id of a message, those of its edit revisions too."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="refs")
    channel = models.ForeignKey("tickets.Channel", on_delete=models.PROTECT)
    external_id = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="message_ref_once")]

    def __str__(self) -> str:
        return self.external_id
