"""Making and choosing macros."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import can
from tickets.forms.properties import TagsForm
from tickets.models import Macro, Tag
from tickets.services.macros import PLACEHOLDERS, unknown_placeholders


def tags_in(text: str) -> list[str]:
    """The tags between commas. Raises ValidationError."""
    if not text.strip():
        return []
    tags = TagsForm({"tags": text})
    if not tags.is_valid():
        raise forms.ValidationError([str(error) for error in tags.errors["tags"]])
    return tags.cleaned_data["tags"]


class MacroForm(forms.ModelForm):
    tag_names = forms.CharField(label=gettext_lazy("Add tags, between commas"), max_length=500, required=False)
    is_shared = forms.BooleanField(label=gettext_lazy("For everybody"), required=False)

    class Meta:
        model = Macro
        fields = ["name", "text", "status", "priority", "team", "assign_to_me", "position"]

    field_order = [
        "name",
        "text",
        "status",
        "priority",
        "tag_names",
        "team",
        "assign_to_me",
        "position",
        "is_shared",
    ]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        known = " ".join(f"{{{{ {name} }}}}" for name in PLACEHOLDERS)
        self.fields["text"].help_text = _("Filled in when it is used: %(known)s") % {"known": known}
        self.fields["position"].help_text = _("Small numbers come first.")
        if self.instance.pk:
            self.initial["tag_names"] = ", ".join(tag.name for tag in self.instance.tags.all())
            self.initial["is_shared"] = self.instance.owner_id is None
        if not can(user, "macros.share"):
            del self.fields["is_shared"]

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].replace("\r\n", "\n").replace("\x00", "")
        if unknown := unknown_placeholders(text):
            raise forms.ValidationError(
                _("Nothing can be filled in for %(unknown)s. Possible: %(known)s."),
                params={"unknown": ", ".join(unknown), "known": ", ".join(PLACEHOLDERS)},
            )
        return text

    def clean_tag_names(self) -> list[str]:
        return tags_in(self.cleaned_data["tag_names"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.instance.owner = None if data.get("is_shared") else self.user
        does = ("text", "status", "priority", "team", "tag_names", "assign_to_me")
        if not self.errors and not any(data.get(name) for name in does):
            raise forms.ValidationError(_("This macro does nothing yet. Write a text or choose an action."))
        twins = Macro.objects.filter(owner=self.instance.owner, name=data.get("name", ""))
        if twins.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("There is a macro of this name. Choose another one."))
        return data

    def save(self, commit: bool = True) -> Macro:
        macro = super().save(commit)
        macro.tags.set([Tag.objects.get_or_create(name=name)[0] for name in self.cleaned_data["tag_names"]])
        return macro


class UseMacroForm(forms.Form):
    """The macro that an agent chose in the composer."""

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["macro"] = forms.ModelChoiceField(
            Macro.objects.usable_by(user),
            error_messages={
                "required": _("Choose a macro first."),
                "invalid_choice": _("This macro was removed. Choose another one."),
            },
        )
