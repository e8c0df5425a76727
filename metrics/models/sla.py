"""Promises: policies by version, and every single target of every ticket."""

from django.db import models
from django.db.models import Q


class SlaPolicy(models.Model):
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        verbose_name_plural = "SLA policies"

    def __str__(self) -> str:
        return self.name


class SlaPolicyVersion(models.Model):
    """Never changed. The first policy by `position` whose conditions hold is the ticket's (docs/metrics.md).

    `conditions`: {"capability": "has_subject", "visibility": "public", "tag": 7, "team": 1, "channel": 2}, each may
    be left out; `targets`: minutes per metric and priority. `valid_from` empty: since ever.
    """

    class Clock(models.TextChoices):
        CALENDAR = "calendar"
        BUSINESS = "business"

    policy = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, related_name="versions")
    valid_from = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()
    enabled = models.BooleanField(default=True)
    conditions = models.JSONField(default=dict, blank=True)
    calendar = models.ForeignKey("metrics.Calendar", on_delete=models.PROTECT)
    clock = models.CharField(max_length=8, choices=Clock)
    targets = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "valid_from"], nulls_distinct=False, name="policy_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} since {self.valid_from}"


class SlaInstance(models.Model):
    """One target of one ticket, as of its last fold; `metrics.fold.sla.Instance` says what each column means.

    `next_alarm_at`: when it becomes at risk or breached if nothing happens, so that the worker looks at it then.
    """

    class Outcome(models.TextChoices):
        RUNNING = "running"
        MET = "met"
        BREACHED = "breached"
        CANCELLED = "cancelled"
        NO_REPLY = "no_reply"

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="sla_instances", db_index=False)
    metric = models.CharField(max_length=16)
    n = models.PositiveSmallIntegerField()
    # None: an agent's own promise.
    policy = models.ForeignKey(SlaPolicyVersion, null=True, on_delete=models.PROTECT, db_index=False)
    channel = models.ForeignKey("tickets.Channel", null=True, on_delete=models.PROTECT, db_index=False)
    clock = models.CharField(max_length=8, choices=SlaPolicyVersion.Clock)
    target_s = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome)
    breached_at = models.DateTimeField(null=True)
    late_escalation = models.BooleanField(default=False)
    elapsed_s = models.PositiveIntegerField()
    next_alarm_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "metric", "n"], name="sla_instance_once")]
        indexes = [
            models.Index(fields=["next_alarm_at"], condition=Q(next_alarm_at__isnull=False), name="sla_next_alarm"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.n} of {self.ticket_id}"
