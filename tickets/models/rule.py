"""Automations: what happens by itself to which tickets, and when."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tickets import states
from tickets.models.ticket import Ticket


class Rule(models.Model):
    """`conditions`: values of the queue's filters by name, with `status` and `text`; one value of each is enough.
    Empty actions change nothing. No rule sends anything to a customer."""

    class Trigger(models.TextChoices):
        OPENED = "opened", _("A ticket opens")
        WROTE = "wrote", _("A customer writes")
        WAITING = "waiting", _("A customer has waited for us for")
        QUIET = "quiet", _("Nothing was said for")
        AGE = "age", _("A ticket was opened before")

    class Match(models.TextChoices):
        ALL = "all", _("All of these hold")
        ANY = "any", _("One of these holds")

    name = models.CharField(_("Name"), max_length=80, unique=True)
    is_active = models.BooleanField(_("On"), default=True)
    position = models.PositiveSmallIntegerField(_("Place in the order"), default=0)
    trigger = models.CharField(_("When"), max_length=8, choices=Trigger)
    hours = models.PositiveSmallIntegerField(
        _("Hours"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(8760)]
    )
    match = models.CharField(_("If"), max_length=3, choices=Match, default=Match.ALL)
    conditions = models.JSONField(default=dict, blank=True)
    team = models.ForeignKey(
        "accounts.Team", verbose_name=_("Hand to the team"), null=True, blank=True, on_delete=models.SET_NULL
    )
    assignee = models.ForeignKey(
        "accounts.User", verbose_name=_("Assign to"), null=True, blank=True, on_delete=models.SET_NULL
    )
    priority = models.CharField(
        _("Set the priority"),
        max_length=8,
        blank=True,
        choices=[(name, Ticket.Priority(value).label) for name, value in states.PRIORITIES.items()],
    )
    status = models.CharField(_("Set the status"), max_length=8, blank=True, choices=Ticket.Status.choices)
    tags = models.ManyToManyField("tickets.Tag", blank=True)
    note = models.TextField(_("Add a note"), max_length=5000, blank=True)
    macro = models.ForeignKey(
        "tickets.Macro", verbose_name=_("Do what this macro sets"), null=True, blank=True, on_delete=models.SET_NULL
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(trigger__in=["opened", "wrote"]) | Q(hours__isnull=False), name="rule_by_time_has_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("rule", args=[self.pk])

    @property
    def is_timed(self) -> bool:
        return self.trigger not in (self.Trigger.OPENED, self.Trigger.WROTE)


class RuleCall(models.Model):
    """An event that rules have not seen yet; the database itself makes the row with the event."""

    event = models.OneToOneField("tickets.Event", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"event {self.event_id}"
