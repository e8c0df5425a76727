"""Naming and merging tags."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms.macro import tags_in
from tickets.models import Tag


class RenameTagForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=50)

    def clean_name(self) -> str:
        names = tags_in(self.cleaned_data["name"])
        if len(names) != 1:
            raise forms.ValidationError(_("A tag has no comma in its name."))
        return names[0]


class MergeTagForm(forms.Form):
    into = forms.ModelChoiceField(Tag.objects.none(), label=_("Merge into"))

    def __init__(self, data: Any = None, *, tag: Tag) -> None:
        super().__init__(data)
        self.fields["into"].queryset = Tag.objects.exclude(pk=tag.pk)  # type: ignore[attr-defined]
