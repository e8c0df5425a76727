"""Choosing items to translate again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import InboundItem


class ReplayForm(forms.Form):
    items = forms.ModelMultipleChoiceField(
        InboundItem.objects.filter(state=InboundItem.State.PARKED).only("pk"),
        error_messages={
            "required": _("Choose the items first."),
            "invalid_choice": _("One of these items is no longer parked. Look at the list again."),
        },
    )
