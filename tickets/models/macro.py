"""Prepared answers: text with placeholders, and what happens to the ticket with them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import can
from tickets import states
from tickets.models.ticket import Ticket


class MacroQuerySet(models.QuerySet["Macro"]):
    def usable_by(self, user: User) -> MacroQuerySet:
        """Everybody's and the person's own."""
        return self.filter(Q(owner=None) | Q(owner=user))

    def changeable_by(self, user: User) -> MacroQuerySet:
        return self.usable_by(user) if can(user, "macros.share") else self.filter(owner=user)


class Macro(models.Model):
    """`owner` None: everybody's. Empty actions change nothing; placeholders are those of `services.macros`."""

    name = models.CharField(gettext_lazy("Name"), max_length=80)
    owner = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="macros")
    text = models.TextField(gettext_lazy("Text"), max_length=10_000, blank=True)
    status = models.CharField(
        gettext_lazy("Set the status"),
        max_length=8,
        blank=True,
        choices=[
            (status.value, status.label)
            for status in (Ticket.Status.OPEN, Ticket.Status.PENDING, Ticket.Status.ON_HOLD, Ticket.Status.SOLVED)
        ],
    )
    priority = models.CharField(
        gettext_lazy("Set the priority"),
        max_length=8,
        blank=True,
        choices=[(name, Ticket.Priority(value).label) for name, value in states.PRIORITIES.items()],
    )
    tags = models.ManyToManyField("tickets.Tag", blank=True)
    assign_to_me = models.BooleanField(gettext_lazy("Assign to whoever uses it"), default=False)
    team = models.ForeignKey(
        "accounts.Team",
        verbose_name=gettext_lazy("Hand to the team"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )
    position = models.PositiveSmallIntegerField(gettext_lazy("Place in the list"), default=0)

    objects = MacroQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], nulls_distinct=False, name="macro_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def tag_names(self) -> list[str]:
        return [tag.name for tag in self.tags.all()]

    def actions(self) -> list[str]:
        """What it does besides its text, in words."""
        words = []
        if self.status:
            words.append(_("status %(status)s") % {"status": self.get_status_display()})
        if self.priority:
            words.append(_("priority %(priority)s") % {"priority": self.get_priority_display()})
        words += [_("tag %(tag)s") % {"tag": name} for name in self.tag_names]
        if self.team:
            words.append(_("team %(team)s") % {"team": self.team.name})
        if self.assign_to_me:
            words.append(_("assigned to you"))
        return words
