"""Making and changing a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Team
from tickets import states
from tickets.event_words import KINDS
from tickets.forms.filters import Several, Tags
from tickets.models import Channel, Ticket, Webhook


class WebhookForm(forms.Form):
    """`cleaned_data["filters"]` holds those that narrow."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    url = forms.URLField(
        label=gettext_lazy("Address"),
        max_length=1000,
        assume_scheme="https",
        help_text=gettext_lazy("Events are sent there with POST, as JSON."),
    )
    channel = forms.MultipleChoiceField(
        label=gettext_lazy("Only of these channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    team = forms.MultipleChoiceField(
        label=gettext_lazy("Only of these teams"), required=False, widget=forms.CheckboxSelectMultiple
    )
    priority = forms.MultipleChoiceField(
        label=gettext_lazy("Only of these priorities"),
        required=False,
        choices=[(name, Ticket.Priority(value).label) for name, value in states.PRIORITIES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    tag = forms.CharField(
        label=gettext_lazy("Only with one of these tags"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Between commas."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Only these events"),
        required=False,
        choices=[(kind, kind) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: every event."),
    )

    def __init__(self, data: Any = None, *, webhook: Webhook | None = None) -> None:
        stored = webhook.filters if webhook else {}
        initial = {**vars(webhook), **stored, "tag": ", ".join(stored.get("tag", []))} if webhook else {}
        super().__init__(data, initial=initial)
        self._kept = {name: stored[name] for name in ("status", "visibility") if name in stored}
        self._choices("channel", Channel.objects.values_list("pk", "name"))
        self._choices("team", Team.objects.values_list("pk", "name"))

    def _choices(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(pk), label) for pk, label in rows]

    def clean_tag(self) -> list[str]:
        names = [" ".join(name.split()) for name in self.cleaned_data["tag"].split(",")]
        cleaned: list[str] = Tags().clean([name for name in dict.fromkeys(names) if name])
        return cleaned

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = {name: data.pop(name, []) for name in ("channel", "team", "priority", "tag")}
        # What only the API offers stays as it is.
        data["filters"] = self._kept | {name: values for name, values in chosen.items() if values}
        return data


class FiltersForm(forms.Form):
    """Filters as the API takes them; `filters` of a valid form is what narrows."""

    status = Several([(status, status) for status in states.LABELS])
    channel = Several(ids=True)
    visibility = Several([("public", "public"), ("private", "private")])
    priority = Several([(name, name) for name in states.PRIORITIES])
    team = Several([("none", "none")], ids=True)
    tag = Tags()

    @property
    def filters(self) -> dict[str, list[str]]:
        return {name: values for name, values in self.cleaned_data.items() if values}
