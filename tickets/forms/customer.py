"""What an agent writes about a customer."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Colleagues see it on every ticket of this customer; the customer never does."),
    )


class MergeForm(forms.Form):
    """Whom to merge in: searched by `q`, or chosen."""

    q = forms.CharField(label=_("Name, handle, address or number"), max_length=200, required=False)
    source = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
