"""Measures per ticket: instants and durations, never text. All of it is a fold over events (`metrics.facts`)."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class TicketFact(models.Model):
    """One row per ticket; `metrics.facts.Facts` says what each column means. Seconds, null where nothing is measured.

    The status times count finished stretches; the present one runs since `status_since`.
    """

    ticket = models.OneToOneField("tickets.Ticket", primary_key=True, on_delete=models.CASCADE, related_name="fact")
    channel = models.ForeignKey("tickets.Channel", null=True, on_delete=models.PROTECT, db_index=False)
    visibility = models.CharField(max_length=7)
    live = models.BooleanField()
    excluded = models.CharField(max_length=16, blank=True)
    initiated_by = models.CharField(max_length=8)
    priority = models.CharField(max_length=6)
    status = models.CharField(max_length=8)
    status_since = models.DateTimeField()
    opened_at = models.DateTimeField()
    first_reply_at = models.DateTimeField(null=True)
    first_resolved_at = models.DateTimeField(null=True)
    last_resolved_at = models.DateTimeField(null=True)
    effective_resolved_at = models.DateTimeField(null=True)
    first_response_s = models.PositiveIntegerField(null=True)
    first_response_business_s = models.PositiveIntegerField(null=True)
    first_resolution_s = models.PositiveIntegerField(null=True)
    full_resolution_s = models.PositiveIntegerField(null=True)
    effective_resolution_s = models.PositiveIntegerField(null=True)
    effective_resolution_business_s = models.PositiveIntegerField(null=True)
    net_resolution_s = models.PositiveIntegerField(null=True)
    net_resolution_business_s = models.PositiveIntegerField(null=True)
    requester_wait_s = models.PositiveIntegerField()
    agent_wait_s = models.PositiveIntegerField()
    agent_work_s = models.PositiveIntegerField()
    on_hold_s = models.PositiveIntegerField()
    handle_s = models.PositiveIntegerField()
    replies = models.PositiveIntegerField()
    calls = models.PositiveIntegerField()
    reopens = models.PositiveIntegerField()
    substantive_reopens = models.PositiveIntegerField()
    one_touch = models.BooleanField()
    counts_for_mpr = models.BooleanField()
    # The rules that measured it, and when they did.
    calc_version = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["effective_resolved_at"],
                include=["channel", "visibility", "live", "effective_resolution_s", "effective_resolution_business_s"],
                condition=Q(counts_for_mpr=True),
                name="fact_resolved",
            ),
            models.Index(fields=["opened_at"], include=["channel", "visibility", "excluded"], name="fact_opened"),
        ]

    def __str__(self) -> str:
        return f"facts of {self.ticket_id}"


class WaitInterval(models.Model):
    """One stretch of waiting; `metrics.fold.waits.Wait` says what each column means.

    `counts`: a human reply ended it and the ticket is not excluded, so that it enters averages and percentiles.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="waits", db_index=False)
    n = models.PositiveSmallIntegerField()
    metric = models.CharField(max_length=16)
    channel = models.ForeignKey("tickets.Channel", null=True, on_delete=models.PROTECT, db_index=False)
    visibility = models.CharField(max_length=7)
    live = models.BooleanField()
    counts = models.BooleanField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=16)
    reason = models.CharField(max_length=8)
    question = models.ForeignKey(
        "tickets.Message", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    answer = models.ForeignKey(
        "tickets.Message", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    calendar_s = models.PositiveIntegerField(null=True)
    business_s = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "n"], name="wait_once")]
        indexes = [
            models.Index(
                fields=["metric", "ended_at"],
                include=["channel", "visibility", "live", "calendar_s", "business_s", "ticket"],
                condition=Q(counts=True),
                name="wait_answered",
            ),
            # The work list.
            models.Index(fields=["started_at"], condition=Q(ended_by="still_open"), name="wait_open"),
        ]

    def __str__(self) -> str:
        return f"wait {self.n} of {self.ticket_id}"


class HandleSession(models.Model):
    """Time that somebody spent on a ticket: a call, minutes by hand, or measured focus."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=8)
    channel = models.ForeignKey("tickets.Channel", null=True, on_delete=models.PROTECT, db_index=False)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["started_at"], include=["channel", "seconds", "ticket"], name="session_started"),
        ]

    def __str__(self) -> str:
        return f"{self.seconds} s on {self.ticket_id}"
