"""Making a rule."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team, User
from tickets import states
from tickets.forms.macro import tags_in
from tickets.models import Channel, Macro, Rule, Tag, Ticket

LONGEST_TEXT = 200


class RuleForm(forms.ModelForm):
    channel = forms.MultipleChoiceField(label=gettext_lazy("Channel is"), required=False)
    visibility = forms.MultipleChoiceField(
        label=gettext_lazy("Said"), choices=Ticket.Visibility.choices[:2], required=False
    )
    priority_is = forms.MultipleChoiceField(
        label=gettext_lazy("Priority is"),
        choices=[(name, Ticket.Priority(value).label) for name, value in states.PRIORITIES.items()],
        required=False,
    )
    status_is = forms.MultipleChoiceField(
        label=gettext_lazy("Status is"), choices=Ticket.Status.choices, required=False
    )
    team_is = forms.MultipleChoiceField(label=gettext_lazy("Team is"), required=False)
    tag = forms.CharField(label=gettext_lazy("Has a tag, between commas"), max_length=500, required=False)
    customer = forms.MultipleChoiceField(
        label=gettext_lazy("Customer is"), choices=[("vip", gettext_lazy("VIP"))], required=False
    )
    text = forms.CharField(
        label=gettext_lazy("Subject or a message of the customer contains"),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=gettext_lazy("Several between commas: one is enough."),
    )
    tag_names = forms.CharField(label=gettext_lazy("Add tags, between commas"), max_length=500, required=False)

    # Form field -> the condition's name.
    CONDITIONS = {
        "channel": "channel",
        "visibility": "visibility",
        "priority_is": "priority",
        "status_is": "status",
        "team_is": "team",
        "tag": "tag",
        "customer": "customer",
        "text": "text",
    }
    ACTIONS = ("team", "assignee", "priority", "status", "tag_names", "note", "macro")

    class Meta:
        model = Rule
        fields = [
            "name",
            "is_active",
            "position",
            "trigger",
            "hours",
            "match",
            "team",
            "assignee",
            "priority",
            "status",
            "note",
            "macro",
        ]

    field_order = ["name", "is_active", "position", "trigger", "hours", "match", *CONDITIONS, *ACTIONS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].help_text = _("For what happens by time.")
        self.fields["position"].help_text = _("Small numbers come first.")
        self.fields["macro"].help_text = _("Its text is not sent.")
        self.fields["assignee"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["macro"].queryset = Macro.objects.filter(owner=None)  # type: ignore[attr-defined]
        channels = Channel.objects.values_list("pk", "name")
        self.fields["channel"].choices = [(str(pk), name) for pk, name in channels]  # type: ignore[attr-defined]
        teams = [(str(pk), name) for pk, name in Team.objects.values_list("pk", "name")]
        self.fields["team_is"].choices = [("none", _("No team")), *teams]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["tag_names"] = ", ".join(tag.name for tag in self.instance.tags.all())
        for name, condition in self.CONDITIONS.items():
            values = self.instance.conditions.get(condition, [])
            self.initial[name] = ", ".join(values) if name in ("tag", "text") else values

    def clean_tag(self) -> list[str]:
        return tags_in(self.cleaned_data["tag"])

    def clean_tag_names(self) -> list[str]:
        return tags_in(self.cleaned_data["tag_names"])

    def clean_text(self) -> list[str]:
        texts = self.cleaned_data["text"].replace("\x00", "").split(",")
        return [text.strip() for text in texts if text.strip()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.instance.conditions = {
            condition: data[name] for name, condition in self.CONDITIONS.items() if data.get(name)
        }
        timed = data.get("trigger") and data["trigger"] not in (Rule.Trigger.OPENED, Rule.Trigger.WROTE)
        if timed and data.get("hours") is None and "hours" not in self.errors:
            self.add_error("hours", _("Say after how many hours."))
        if not self.errors and not any(data.get(name) for name in self.ACTIONS):
            raise forms.ValidationError(_("This rule does nothing yet. Choose what it does."))
        return data

    def save(self, commit: bool = True) -> Rule:
        rule = super().save(commit)
        rule.tags.set([Tag.objects.get_or_create(name=name)[0] for name in self.cleaned_data["tag_names"]])
        return rule
