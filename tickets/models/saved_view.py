"""A selection of the queue under a name of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import can


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def usable_by(self, user: User) -> SavedViewQuerySet:
        """In the order of the side bar: what is shared, then one's own."""
        shared = Q(owner=None, team=None) | Q(team__in=user.memberships.values("team"))
        return self.filter(shared | Q(owner=user)).order_by(F("owner").asc(nulls_first=True), "position", "name", "pk")

    def changeable_by(self, user: User) -> SavedViewQuerySet:
        return self.filter(Q(owner=user) | Q(owner=None) if can(user, "views.share") else Q(owner=user))


class SavedView(models.Model):
    """`owner`: only theirs. Without one it is shared with the members of `team`, or with everybody.

    `base` is the key of a fixed view; `filters` and `sort` narrow and order it as the queue's form reads them from an
    address, so "me" is whoever looks.
    """

    name = models.CharField(_("Name"), max_length=60)
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="saved_views")
    team = models.ForeignKey("accounts.Team", null=True, on_delete=models.CASCADE, related_name="saved_views")
    base = models.CharField(max_length=20)
    filters = models.JSONField(default=dict)
    sort = models.CharField(max_length=10, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "team", "name"], nulls_distinct=False, name="saved_view_name"),
            models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="saved_view_private_or_shared"),
        ]

    def __str__(self) -> str:
        return self.name

    # As the fixed views have them.
    icon = "hash"

    def get_absolute_url(self) -> str:
        """The queue with its filters in the address, where they can be changed."""
        parts = {"view": self.base, **self.filters, **({"sort": self.sort} if self.sort else {}), "saved": self.pk}
        return f"{reverse('queue')}?{urlencode(parts, doseq=True)}"

    @property
    def label(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Its name among the keys of the fixed views."""
        return f"saved_{self.pk}"
