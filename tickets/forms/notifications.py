"""How a person wants to be told, and where a list of notifications goes on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import Notification

LARGEST = 2**63 - 1


class ChoicesForm(forms.Form):
    browser = forms.MultipleChoiceField(
        label=_("By the browser"),
        choices=Notification.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("While a page of Parley is open, and only where you have allowed it."),
    )
    mail = forms.MultipleChoiceField(
        label=_("By email"),
        choices=Notification.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A minute later, unless you have looked at the ticket by then."),
    )


class PositionForm(forms.Form):
    """Ids of notifications; nonsense counts as nothing."""

    before = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    after = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)

    def value(self, name: str) -> int | None:
        self.is_valid()
        found: int | None = self.cleaned_data.get(name)
        return found
