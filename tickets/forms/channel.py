"""Connecting and changing an account: the fields come from the channel kind's own declaration."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team
from tickets.channels.contract import ChannelKind, Field
from tickets.models import Channel

LONGEST_SECRET = 4000
LONGEST_TEXT = 20_000


class ChannelForm(forms.Form):
    """Names, credentials and options of one channel.

    Credentials are written, never read back: an empty one keeps what is stored. `credentials` and `options` of a
    valid form are what `tickets.services.channels` takes.
    """

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=255,
        help_text=gettext_lazy("How your people call it, for example “Service on X”."),
        error_messages={"required": gettext_lazy("Give the channel a name your people know it by.")},
    )

    def __init__(self, data: Any = None, *, kind: ChannelKind, channel: Channel | None = None) -> None:
        super().__init__(data)
        self.kind, self.channel = kind, channel
        credentials: Any = channel.credentials if channel else {}
        self._stored = {name for name, value in credentials.items() if value}
        if channel is None:
            self._add_address()
        else:
            self.fields["name"].initial = channel.name
        self._add("credential", kind.credential_fields, self._credential_field)
        self._add("option", kind.option_fields, self._option_field)
        self.fields["team"] = forms.ModelChoiceField(
            Team.objects.all(),
            label=gettext_lazy("Team"),
            required=False,
            initial=channel.team_id if channel else None,
            empty_label=gettext_lazy("No team: everybody sees its tickets"),
            help_text=gettext_lazy("New tickets of this channel go to it."),
        )

    def _add_address(self) -> None:
        field = forms.CharField(
            label=self.kind.address_label,
            max_length=255,
            help_text=self.kind.address_help,
            error_messages={"required": _("Write the %(what)s.") % {"what": self.kind.address_label.lower()}},
        )
        self.fields = {"address": field, **self.fields}

    def _add(self, prefix: str, fields: Iterable[Field], make: Any) -> None:
        for field in fields:
            self.fields[f"{prefix}_{field.name}"] = make(field)

    def _credential_field(self, field: Field) -> forms.Field:
        stored = field.name in self._stored
        hint = _("Stored. Leave empty to keep it.") if stored else field.help
        widget = forms.PasswordInput if field.secret else forms.TextInput
        return forms.CharField(
            label=field.label,
            required=field.required and not stored,
            max_length=LONGEST_SECRET,
            help_text=hint,
            widget=widget(attrs={"autocomplete": "off", "spellcheck": "false"}),
            error_messages={"required": _("%(label)s is missing: copy it from the network’s settings.") % vars(field)},
        )

    def _option_field(self, field: Field) -> forms.Field:
        initial = self.channel.options.get(field.name, field.default) if self.channel else field.default
        words = {"required": _("%(label)s is missing.") % vars(field)}
        if field.choices:
            choices = [(choice, choice) for choice in field.choices]
            if not field.required:
                choices.insert(0, ("", "–"))
            return forms.ChoiceField(
                label=field.label, required=field.required, choices=choices, initial=initial, help_text=field.help
            )
        return forms.CharField(
            label=field.label,
            required=field.required and not field.default,
            max_length=LONGEST_TEXT if field.is_long else 1000,
            widget=forms.Textarea(attrs={"rows": 4}) if field.is_long else forms.TextInput(),
            initial=initial,
            help_text=field.help,
            error_messages=words,
            validators=[RegexValidator(rf"\A(?:{field.pattern})\Z", field.help)] if field.pattern else [],
        )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        pattern = self.kind.address_pattern
        if pattern and not re.fullmatch(pattern, address):
            example = self.kind.address_help or self.kind.address_label
            raise ValidationError(_("This is not an address of the kind that is needed. %(help)s") % {"help": example})
        return address

    @property
    def credentials(self) -> dict[str, str]:
        """Only what was written now."""
        return {name: value for name, value in self._values("credential") if value}

    @property
    def options(self) -> dict[str, str]:
        return {name: value for name, value in self._values("option") if value}

    def _values(self, prefix: str) -> list[tuple[str, str]]:
        fields = self.kind.credential_fields if prefix == "credential" else self.kind.option_fields
        return [(field.name, self.cleaned_data.get(f"{prefix}_{field.name}", "")) for field in fields]


class LimitsForm(forms.ModelForm):
    """Dollars per UTC day."""

    class Meta:
        model = Channel
        fields = ["soft_limit", "hard_limit"]
        labels = {
            "soft_limit": gettext_lazy("Slow down above (US dollars a day)"),
            "hard_limit": gettext_lazy("Stop reading at (US dollars a day)"),
        }
        help_texts = {
            "soft_limit": gettext_lazy("Empty: no limit. Above it the channel is read less often."),
            "hard_limit": gettext_lazy("Empty: no limit. Reading goes on at midnight UTC. Replies are still sent."),
        }

    def clean_soft_limit(self) -> Any:
        return self._not_negative("soft_limit")

    def clean_hard_limit(self) -> Any:
        return self._not_negative("hard_limit")

    def _not_negative(self, name: str) -> Any:
        value = self.cleaned_data[name]
        if value is not None and value < 0:
            raise ValidationError(_("Write an amount such as 2.50, or leave it empty."))
        return value


class PricesForm(forms.Form):
    """What each resource of a kind costs; one field per resource of the adapter's own list, in US dollars."""

    def __init__(self, data: Any = None, *, prices: dict[str, Any]) -> None:
        super().__init__(data)
        for resource, usd in prices.items():
            self.fields[resource] = forms.DecimalField(
                label=resource.replace("_", " ").capitalize(),
                initial=usd,
                min_value=0,
                max_digits=10,
                decimal_places=4,
                error_messages={
                    "required": _("Write the price, for example 0.005. Write 0 where it is free."),
                    "invalid": _("Write a number such as 0.005."),
                    "min_value": _("A price is not below 0."),
                },
            )
