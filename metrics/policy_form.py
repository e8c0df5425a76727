"""The form of a policy: for which tickets it holds, and what it promises."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from metrics.models import Calendar, SlaPolicy, SlaPolicyVersion
from metrics.opening_hours import parse
from metrics.policies import BUSINESS, METRICS
from metrics.policy_data import MOST_MINUTES, BadPolicy, check_targets, clocks_of
from metrics.queries.policy_words import CAPABILITY_WORDS
from metrics.words import metric
from tickets.models import Channel, Customer, Tag, Ticket
from tickets.states import PRIORITIES

CLOCK_NAMES = {"": _("Clock of the policy"), "calendar": _("Calendar hours"), "business": _("Business hours")}
CALLS = ("first_response", "next_response")
MOST_CUSTOMERS = 200


class PolicyForm(forms.Form):
    """`conditions` and `targets` are those of the new version once it is valid."""

    name = forms.CharField(label=_("Name"), max_length=100)
    enabled = forms.BooleanField(label=_("In use"), required=False, initial=True)
    capability = forms.ChoiceField(
        label=_("Kind of channel"), choices=[("", _("Any channel")), *CAPABILITY_WORDS.items()], required=False
    )
    channel = forms.ModelMultipleChoiceField(
        Channel.objects.all(), label=_("Only these channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    visibility = forms.ChoiceField(
        label=_("Visibility"),
        choices=[("", _("Public and private")), ("public", _("Public")), ("private", _("Private"))],
        required=False,
    )
    priority = forms.MultipleChoiceField(
        label=_("Only these priorities"),
        choices=[(name, Ticket.Priority(value).label) for name, value in PRIORITIES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    team = forms.ModelMultipleChoiceField(
        Team.objects.all(), label=_("Only these teams"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tag = forms.ModelMultipleChoiceField(
        Tag.objects.all(), label=_("With one of these tags"), required=False, widget=forms.SelectMultiple
    )
    customer = forms.CharField(
        label=_("Only these customers"),
        required=False,
        max_length=2000,
        help_text=_("Their numbers, as in the address of their pages, with commas between."),
    )
    calendar = forms.ModelChoiceField(Calendar.objects.all(), label=_("Calendar"), empty_label=None)
    clock = forms.ChoiceField(
        label=_("Clock"), choices=SlaPolicyVersion.Clock.choices, help_text=_("Of every target that names no other.")
    )

    def __init__(self, *args: Any, policy: SlaPolicy | None = None, **kwargs: Any) -> None:
        self.fields: Any
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.conditions: dict[str, Any] = {}
        self.targets: dict[str, dict[str, Any]] = {}
        for name in METRICS:
            for priority in PRIORITIES:
                self.fields[f"{name}.{priority}"] = _minutes(
                    f"{metric(name)}, {Ticket.Priority(PRIORITIES[priority]).label}"
                )
            self.fields[f"{name}.clock"] = _clock(f"{metric(name)}, {_('clock')}")
            if name in CALLS:
                self.fields[f"{name}.live_s"] = forms.IntegerField(
                    label=f"{metric(name)}, {_('calls answered, seconds')}", required=False, min_value=1, max_value=3600
                )
                self.fields[f"{name}.callback"] = _minutes(f"{metric(name)}, {_('missed calls')}")
                self.fields[f"{name}.callback_clock"] = _clock(f"{metric(name)}, {_('clock of missed calls')}")

    def rows(self) -> list[tuple[str, list[Any]]]:
        """The table of targets: a metric, its fields by priority, and its clock."""
        return [(metric(name), [self[f"{name}.{column}"] for column in (*PRIORITIES, "clock")]) for name in METRICS]

    def call_rows(self) -> list[tuple[str, list[Any]]]:
        return [
            (metric(name), [self[f"{name}.{column}"] for column in ("live_s", "callback", "callback_clock")])
            for name in CALLS
        ]

    def about(self) -> list[Any]:
        """Every other field."""
        return [field for field in self if "." not in field.name]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if SlaPolicy.objects.filter(name=name).exclude(pk=self.policy.pk if self.policy else 0).exists():
            raise ValidationError(_("There is another policy of this name."))
        return name

    def clean_customer(self) -> list[int]:
        parts = [part.strip().lstrip("#") for part in self.cleaned_data["customer"].split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
            raise ValidationError(_("Write numbers with commas between, for example 12, 40."))
        numbers = sorted({int(part) for part in parts})
        known = set(Customer.objects.filter(pk__in=numbers).values_list("pk", flat=True))
        if unknown := [number for number in numbers if number not in known]:
            raise ValidationError(_("There is no customer %(number)s."), params={"number": unknown[0]})
        if len(numbers) > MOST_CUSTOMERS:
            raise ValidationError(_("At most 200 customers. Give them a tag instead."))
        return numbers

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.conditions = _conditions(given)
        self.targets = _targets(given)
        try:
            check_targets(self.targets)
        except BadPolicy:
            # Each field was checked already: what is left is that there is none.
            if not self.errors:
                raise ValidationError(
                    _("Give at least one target: a policy without targets promises nothing.")
                ) from None
        calendar = given.get("calendar")
        on_business = BUSINESS in clocks_of(self.targets, given.get("clock", ""))
        if calendar and on_business and parse(calendar.versions.latest("pk").data).never_open:
            self.add_error("calendar", _("This calendar is never open, so nothing could be due on it."))
        return given


def _minutes(label: str) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, min_value=0.1, max_value=MOST_MINUTES)


def _clock(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(CLOCK_NAMES.items()), required=False)


def _conditions(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("capability", "visibility", "priority", "customer"):
        if given.get(name):
            found[name] = given[name]
    for name in ("channel", "team", "tag"):
        if given.get(name):
            found[name] = sorted(each.pk for each in given[name])
    return found


def _targets(given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in METRICS:
        target = {priority: given[f"{name}.{priority}"] for priority in PRIORITIES if given.get(f"{name}.{priority}")}
        if target and given.get(f"{name}.clock"):
            target["clock"] = given[f"{name}.clock"]
        if given.get(f"{name}.live_s"):
            target["live_minutes"] = given[f"{name}.live_s"] / 60
        if given.get(f"{name}.callback"):
            clock = given.get(f"{name}.callback_clock")
            target["callback"] = {"normal": given[f"{name}.callback"]} | ({"clock": clock} if clock else {})
        if target:
            found[name] = target
    return found


def as_initial(policy: SlaPolicy, version: SlaPolicyVersion) -> dict[str, Any]:
    """The form's values from a version."""
    conditions = version.conditions
    initial = {
        "name": policy.name,
        "enabled": version.enabled,
        "calendar": version.calendar_id,
        "clock": version.clock,
        "capability": conditions.get("capability", ""),
        "visibility": conditions.get("visibility", ""),
        "customer": ", ".join(str(number) for number in conditions.get("customer", [])),
    }
    for name in ("channel", "priority", "team", "tag"):
        value = conditions.get(name, [])
        initial[name] = value if isinstance(value, list) else [value]
    for name, target in version.targets.items():
        initial |= {f"{name}.{column}": value for column, value in target.items() if column in (*PRIORITIES, "clock")}
        if "live_minutes" in target:
            initial[f"{name}.live_s"] = round(target["live_minutes"] * 60)
        if "callback" in target:
            initial[f"{name}.callback"] = target["callback"].get("normal")
            initial[f"{name}.callback_clock"] = target["callback"].get("clock", "")
    return initial
