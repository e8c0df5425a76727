"""Naming, sharing and changing a saved view."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team, User
from accounts.permissions import can, visible_teams
from tickets.forms.filters import QueueForm
from tickets.models import SavedView

MOST = 50
PRIVATE, EVERYBODY = "private", "everybody"


class SavedViewForm(forms.ModelForm):
    """`shared` is "private", "everybody" or the id of a team; `teams`: the person's, where they are at hand."""

    shared = forms.ChoiceField(label=gettext_lazy("Who sees it"), required=False)

    class Meta:
        model = SavedView
        fields = ["name"]

    def __init__(self, *args: Any, user: User, teams: Iterable[Team] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not can(user, "views.share"):
            del self.fields["shared"]
            return
        known = visible_teams(user) if teams is None else teams
        choices = [(str(team.pk), _("The team %(name)s") % {"name": team.name}) for team in known]
        self.fields["shared"] = forms.ChoiceField(
            label=gettext_lazy("Who sees it"),
            choices=[(PRIVATE, _("Only you")), (EVERYBODY, _("Everybody")), *choices],
            initial=self._sharing(),
        )

    def _sharing(self) -> str:
        view = self.instance
        if view.pk is None or view.owner_id:
            return PRIVATE
        return str(view.team_id) if view.team_id else EVERYBODY

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        shared = data.get("shared", PRIVATE)
        view = self.instance
        view.owner = self.user if shared == PRIVATE else None
        view.team_id = None if shared in (PRIVATE, EVERYBODY) else int(shared)
        beside = SavedView.objects.filter(owner=view.owner).exclude(pk=view.pk)
        if beside.filter(team=view.team_id, name=data.get("name", "")).exists():
            self.add_error("name", _("There is a view of this name. Choose another one."))
        if len(beside) >= MOST:
            raise forms.ValidationError(_("At most %(most)d views. Remove one first."), params={"most": MOST})
        return data


def select(view: SavedView, address: str) -> None:
    """Give a view what the query string of a queue asks for; what cannot be read is left out."""
    form = QueueForm(QueryDict(address))
    view.base, view.filters, view.sort = form.view_key, form.filters, form.value("sort") or ""
