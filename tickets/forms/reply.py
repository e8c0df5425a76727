"""What an agent writes in a ticket."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models import Macro, Ticket
from tickets.services.parts import MOST_PARTS

NOTE = "note"
# Far above what any network takes; the verb checks the network's own limit.
LONGEST_TEXT = 100_000


class ReplyForm(forms.Form):
    """`way` is the key of one of the ticket's ways to answer, or `note`; `seen` the newest event on the agent's page.

    `then_status` is what the ticket becomes with the reply; empty leaves it to the reply itself. `macros` are those
    whose text was put in: their other actions come with the reply. `parts`: how many numbered posts the agent agreed
    to. `anyway`: the agent saw what the guard found.
    """

    way = forms.CharField(max_length=64, error_messages={"required": _("Choose where to answer.")})
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        error_messages={
            "required": _("There is nothing to send yet. Write the text first."),
            "max_length": _("This text is too long to send: %(show_value)d characters."),
        },
    )
    subject = forms.CharField(max_length=255, required=False)
    seen = forms.IntegerField(min_value=0)
    parts = forms.IntegerField(min_value=1, max_value=MOST_PARTS, required=False)
    anyway = forms.BooleanField(required=False)
    then_status = forms.ChoiceField(
        required=False,
        choices=[
            (status.value, status.label)
            for status in (Ticket.Status.PENDING, Ticket.Status.OPEN, Ticket.Status.ON_HOLD, Ticket.Status.SOLVED)
        ],
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["macros"] = forms.ModelMultipleChoiceField(
            Macro.objects.usable_by(user),
            required=False,
            error_messages={"invalid_choice": _("A macro used here was removed. Take it out or choose another one.")},
        )

    @property
    def is_note(self) -> bool:
        return bool(self.cleaned_data["way"] == NOTE)

    def clean_text(self) -> Any:
        # PostgreSQL cannot store it, and no keyboard types it.
        return self.cleaned_data["text"].replace("\x00", "")


class DraftForm(forms.Form):
    """What is in the composer, as it is: spaces and all."""

    way = forms.CharField(max_length=64)
    text = forms.CharField(max_length=LONGEST_TEXT, required=False, strip=False)
    subject = forms.CharField(max_length=255, required=False)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\x00", "")


class CountForm(forms.Form):
    """The text whose length an agent watches while typing."""

    text = forms.CharField(max_length=LONGEST_TEXT, required=False, strip=False)
    visibility = forms.ChoiceField(choices=[("public", "public"), ("private", "private")])
