"""Opening a ticket by hand."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.services.compose import ComposeOption
from tickets.services.start import LONGEST_SUBJECT


class StartForm(forms.Form):
    """`cleaned_data["way"]` is the chosen ComposeOption; the address is checked where the way needs one."""

    way = forms.ChoiceField(label=gettext_lazy("By"))
    address = forms.CharField(label=gettext_lazy("To"), max_length=255, required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT, required=False)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )

    def __init__(self, *args: Any, ways: list[ComposeOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = {way.key: way for way in ways}
        field = self.fields["way"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(way.key, _name(way)) for way in ways]
        known = [way for way in ways if way.recipient]
        self.fields["address"].help_text = _("Only where nobody is named above.") if known else ""

    def clean_way(self) -> ComposeOption:
        return self.ways[self.cleaned_data["way"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        way = data.get("way")
        if way and way.recipient is None:
            spec = way.channel.spec
            if not re.fullmatch(spec.address_pattern, data.get("address", "")):
                self.add_error("address", spec.address_help or _("Write the whole address."))
        return data


def _name(way: ComposeOption) -> str:
    if way.recipient is None:
        return _("%(label)s from %(address)s") % {"label": way.label, "address": way.channel.address}
    words = {"label": way.label, "address": way.channel.address, "whom": way.recipient.label}
    name = _("%(label)s to %(whom)s from %(address)s") % words
    return name if way.allowed else f"{name} ({way.reason})"
