"""One small form for each property of a ticket that an agent changes."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from tickets import states
from tickets.models import Ticket

MOST_TAGS = 20
LONGEST_TAG = 50


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=Ticket.Status.choices)


class PriorityForm(forms.Form):
    priority = forms.ChoiceField(choices=[(name, name) for name in states.PRIORITIES])


class AssigneeForm(forms.Form):
    """Empty: nobody. `people` are those who may be given the ticket."""

    def __init__(self, data: Any = None, *, people: QuerySet[User]) -> None:
        super().__init__(data)
        self.fields["assignee"] = forms.ModelChoiceField(
            people,
            required=False,
            error_messages={"invalid_choice": _("This person does not work here any more, or does not see this team.")},
        )


class TeamForm(forms.Form):
    """Empty: no team."""

    team = forms.ModelChoiceField(
        Team.objects.all(),
        required=False,
        error_messages={"invalid_choice": _("This team was removed.")},
    )


class TagsForm(forms.Form):
    """`tags`: names between commas. `clean` gives a list without repeats."""

    tags = forms.CharField(max_length=500, error_messages={"required": _("Write the tag first.")})

    def clean_tags(self) -> list[str]:
        names = [" ".join(name.split()) for name in re.split(r"[,\n]", self.cleaned_data["tags"])]
        unique = list(dict.fromkeys(name for name in names if name))
        if not unique:
            raise forms.ValidationError(_("Write the tag first."))
        if len(unique) > MOST_TAGS:
            raise forms.ValidationError(_("Add at most %(most)s tags at once."), params={"most": MOST_TAGS})
        if any(len(name) > LONGEST_TAG for name in unique):
            raise forms.ValidationError(_("A tag has at most %(most)s characters."), params={"most": LONGEST_TAG})
        return unique


class WorkForm(forms.Form):
    """Minutes of handling that just ended."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=24 * 60,
        error_messages={
            "required": _("Write how many minutes it took."),
            "invalid": _("Write whole minutes, for example 15."),
            "max_value": _("At most a day (1440 minutes) at once."),
        },
    )


class MergeForm(forms.Form):
    """`target`: the number of the ticket that takes everything over, with or without #."""

    target = forms.RegexField(
        r"^#?\d{1,18}$",
        error_messages={
            "required": _("Write the number of the other ticket."),
            "invalid": _("Write the number of the other ticket, such as 1234."),
        },
    )

    def clean_target(self) -> int:
        return int(self.cleaned_data["target"].lstrip("#"))
