"""The queue's address: view, filters, order and position, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tickets import states
from tickets.queries import ALL, GROUPS, OPENED, SORTS, VIEWS, WAITED
from tickets.search_terms import LONGEST, BadSearch, read

MOST_VALUES = 50
PAGE_SIZE = 50
MOST_ROWS = 250


class Several(forms.MultipleChoiceField):
    """Several of the choices; with `ids`, also of whatever has an id."""

    def __init__(self, choices: Any = (), *, ids: bool = False, required: bool = False, **options: Any) -> None:
        self.ids = ids
        super().__init__(choices=choices, required=required, **options)

    def valid_value(self, value: str) -> bool:
        is_id = self.ids and value.isascii() and value.isdigit() and len(value) < 19
        return is_id or super().valid_value(value)

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_VALUES:
            raise ValidationError(_("At most %(most)d values at once."), params={"most": MOST_VALUES})
        super().validate(value)


class Tags(Several):
    def valid_value(self, value: str) -> bool:
        return 0 < len(value) <= 50 and "\0" not in value


class QueueForm(forms.Form):
    """A value that cannot be read is left out and named; the rest of the address still counts."""

    view = forms.ChoiceField(choices=[(key, key) for key in VIEWS], required=False)
    status = Several([(status, status) for status in states.LABELS])
    channel = Several(ids=True)
    visibility = Several([("public", "public"), ("private", "private")])
    priority = Several([(name, name) for name in states.PRIORITIES])
    assignee = Several([("me", "me"), ("none", "none")], ids=True)
    team = Several([("none", "none")], ids=True)
    tag = Tags()
    customer = Several([("vip", "vip")])
    due = Several([(group.key, group.key) for group in GROUPS])
    waited = Several([(key, key) for key in WAITED])
    opened = Several([(key, key) for key in OPENED])
    q = forms.CharField(required=False, max_length=LONGEST)
    sort = forms.ChoiceField(choices=[(key, key) for key in SORTS], required=False)
    after = forms.CharField(required=False, max_length=300)
    rows = forms.IntegerField(required=False, min_value=1, max_value=MOST_ROWS)
    saved = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def clean_q(self) -> str:
        try:
            read(self.cleaned_data["q"])
        except BadSearch as problem:
            raise ValidationError(problem.args[0]) from None
        return self.cleaned_data["q"]

    @property
    def view_key(self) -> str:
        return self.value("view") or ALL.key

    @property
    def filters(self) -> dict[str, list[str]]:
        names = [name for name, field in self.fields.items() if isinstance(field, Several)]
        chosen = {name: values for name in names if (values := self.value(name))}
        return chosen | ({"q": [self.value("q")]} if self.value("q") else {})

    @property
    def page_size(self) -> int:
        return self.value("rows") or PAGE_SIZE

    def value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)

    def unreadable(self) -> list[str]:
        """What was left out: "status", "after", …; a search has an error of its own to say."""
        return [name for name in self.fields if name in self.errors and name != "q"]
