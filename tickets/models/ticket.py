"""One piece of work."""

import re

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tickets import states

# The accounts a post is addressed to, before its first own word.
LEADING_NAMES = re.compile(r"^(?:[.@]?@\w+\s+)+")

# Put off by somebody until a time that is still to come.
SNOOZED = Q(snoozed_until__gt=Now())
AWAKE = Q(snoozed_until=None) | Q(snoozed_until__lte=Now())


class Tag(models.Model):
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Ticket(models.Model):
    """Written only by `tickets.services`. `sla_*` and `promised_at` are handed in by `metrics` through a service.

    `version` grows with every change; `needs_fold` says that the measures have not seen the newest one yet.
    """

    class Status(models.TextChoices):
        NEW = states.NEW, _("New")
        OPEN = states.OPEN, _("Open")
        PENDING = states.PENDING, _("Pending")
        ON_HOLD = states.ON_HOLD, _("On hold")
        SOLVED = states.SOLVED, _("Solved")
        CLOSED = states.CLOSED, _("Closed")

    class Priority(models.IntegerChoices):
        LOW = states.PRIORITIES[states.LOW], _("Low")
        NORMAL = states.PRIORITIES[states.NORMAL], _("Normal")
        HIGH = states.PRIORITIES[states.HIGH], _("High")
        URGENT = states.PRIORITIES[states.URGENT], _("Urgent")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public")
        PRIVATE = "private", _("Private")
        MIXED = "mixed", _("Public and private")

    class Excluded(models.TextChoices):
        MERGED = "merged", _("Merged")
        SPAM = "spam", _("Spam")
        NO_REPLY_NEEDED = "no_reply_needed", _("No reply needed")

    class SlaState(models.TextChoices):
        OK = "ok", _("On track")
        AT_RISK = "at_risk", _("At risk")
        BREACHED = "breached", _("Breached")
        PAUSED = "paused", _("Paused")
        MET = "met", _("Met")
        NONE = "none", _("No target")

    number = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.NEW)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NORMAL)
    channel = models.ForeignKey("tickets.Channel", on_delete=models.PROTECT, related_name="tickets")
    visibility = models.CharField(max_length=8, choices=Visibility)
    customer = models.ForeignKey("tickets.Customer", on_delete=models.PROTECT, related_name="tickets")
    requester = models.ForeignKey("tickets.Identity", on_delete=models.PROTECT, related_name="tickets")
    # Protected: losing a closed team would show its tickets to everybody.
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.PROTECT)
    # Nobody was given it, or took it, since it came to its team: the team's rule may.
    awaits_assignee = models.BooleanField(default=True, db_default=True)
    assignee = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL)
    tags = models.ManyToManyField(Tag, blank=True)
    excluded = models.CharField(max_length=16, choices=Excluded, blank=True)
    # An import's own name for it (CONTRACT: import_history).
    external_id = models.CharField(max_length=255, null=True, blank=True, unique=True)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    # What the queue shows: the beginning of the newest message.
    preview = models.CharField(max_length=200, blank=True)
    # The oldest message of the customer that nobody has answered.
    waiting_since = models.DateTimeField(null=True, blank=True)
    # Out of the views of open work until then; reads compare it with now, so it ends by itself.
    snoozed_until = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    followers = models.PositiveIntegerField(null=True, blank=True)
    reposts = models.PositiveIntegerField(default=0)
    sla_metric = models.CharField(max_length=32, blank=True)
    sla_due_at = models.DateTimeField(null=True, blank=True)
    sla_at_risk_at = models.DateTimeField(null=True, blank=True)
    sla_state = models.CharField(max_length=8, choices=SlaState, default=SlaState.NONE)
    # By when an agent promised the next word, while that is open; measured from the events like the clocks.
    promised_at = models.DateTimeField(null=True, blank=True)
    version = models.BigIntegerField(default=0)
    needs_fold = models.BooleanField(default=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=states.TRANSITIONS), name="ticket_status_in_table"),
        ]
        indexes = [
            # The queue: unsolved tickets by due time, keyset on (sla_due_at, number).
            models.Index(
                fields=["sla_due_at", "number"], condition=Q(status__in=states.UNSOLVED), name="ticket_queue_due"
            ),
            models.Index(fields=["-last_message_at", "-number"], name="ticket_newest"),
            models.Index(
                fields=["assignee", "sla_due_at"], condition=Q(status__in=states.UNSOLVED), name="ticket_assignee"
            ),
            models.Index(fields=["customer", "-opened_at"], name="ticket_customer"),
            models.Index(fields=["solved_at"], condition=Q(status=states.SOLVED), name="ticket_to_close"),
            models.Index(
                fields=["team"],
                condition=Q(awaits_assignee=True, assignee=None, status__in=states.OUR_TURN),
                name="ticket_awaits_assignee",
            ),
            models.Index(fields=["snoozed_until"], condition=Q(snoozed_until__isnull=False), name="ticket_snoozed"),
            models.Index(fields=["number"], condition=Q(needs_fold=True), name="ticket_needs_fold"),
            GinIndex(SearchVector("subject", config="parley"), name="ticket_words"),
            # The orders of the API's list, over all tickets.
            models.Index(fields=["opened_at", "number"], name="ticket_by_created"),
            models.Index(fields=["updated_at", "number"], name="ticket_by_updated"),
            models.Index(fields=["priority", "number"], name="ticket_by_priority"),
            models.Index(fields=["sla_due_at", "number"], name="ticket_by_due"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("ticket", args=[self.number])

    @property
    def is_unsolved(self) -> bool:
        return self.status in states.UNSOLVED

    @property
    def is_snoozed(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > timezone.now()

    @cached_property
    def snippet(self) -> str:
        """The newest words, without what the subject beside them says already."""
        words = LEADING_NAMES.sub("", self.preview)
        return words.removeprefix(self.subject.removesuffix("…")).lstrip() if self.subject else words

    @property
    def priority_name(self) -> str:
        return states.PRIORITY_NAMES[self.priority]


class TicketLink(models.Model):
    """`ticket` continues, duplicates or stands beside `other`."""

    class Kind(models.TextChoices):
        FOLLOW_UP = "follow_up", _("Follow-up of")
        SIBLING = "sibling", _("Same post, other account")
        SPLIT = "split", _("Split off from")
        RELATED = "related", _("Related")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=16, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "other", "kind"], name="ticket_link_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.other_id}"


class Participant(models.Model):
    """An identity in a ticket."""

    class Role(models.TextChoices):
        REQUESTER = "requester", _("Requester")
        CC = "cc", _("CC")
        THIRD_PARTY = "third_party", _("Third party")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    identity = models.ForeignKey("tickets.Identity", on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=16, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "identity"], name="participant_once")]

    def __str__(self) -> str:
        return f"{self.identity_id} in {self.ticket_id}"
