"""Logging a call in seconds: number, times, outcome, notes."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_phone.numbers import NotANumber, e164
from tickets.channels.contract import Person
from tickets.models import Call, Channel, Ticket
from tickets.services.call_tickets import CallLog
from tickets.services.calls import ANSWERED


class TicketField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Ticket) -> str:
        return f"#{obj.number} {obj.subject}"


class LogCallForm(forms.Form):
    """`call` is a hidden name for the call, so that the form sent twice logs it once."""

    call = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Line"))
    number = forms.CharField(
        label=_("Caller’s number"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autofocus": True})
    )
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    direction = forms.ChoiceField(
        label=_("Direction"), choices=[("inbound", _("They called us")), ("outbound", _("We called them"))]
    )
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Call.Outcome.choices)
    started_at = forms.DateTimeField(
        label=_("Began"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.DecimalField(
        label=_("Minutes talked"), min_value=0, max_value=720, decimal_places=1, required=False, initial=0
    )
    hold_minutes = forms.DecimalField(
        label=_("Of these on hold"), min_value=0, max_value=720, decimal_places=1, required=False
    )
    notes = forms.CharField(label=_("Notes"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}))
    callback_due_at = forms.DateTimeField(
        label=_("Call back by"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ticket = TicketField(Ticket.objects.none(), label=_("Ticket"), required=False, empty_label=_("A new ticket"))
    then_status = forms.ChoiceField(
        label=_("Then"),
        required=False,
        choices=[
            ("", _("Leave it open")),
            (Ticket.Status.PENDING, _("Wait for the customer")),
            (Ticket.Status.SOLVED, _("Solved")),
        ],
    )

    def __init__(self, *args: Any, lines: Any, tickets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line, ticket = self.fields["channel"], self.fields["ticket"]
        assert isinstance(line, forms.ModelChoiceField)
        assert isinstance(ticket, TicketField)
        line.queryset, ticket.queryset = lines, tickets
        self.initial.setdefault("started_at", timezone.localtime() - timedelta(minutes=5))
        if len(lines) == 1:
            self.initial.setdefault("channel", lines[0])

    def clean_number(self) -> str:
        try:
            return e164(self.cleaned_data["number"])
        except NotANumber as error:
            raise forms.ValidationError(error.args[0]) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        hold, talked = data.get("hold_minutes") or 0, data.get("minutes") or 0
        if hold > talked:
            self.add_error("hold_minutes", _("The time on hold is part of the call and cannot be longer."))
        if data.get("outcome") != ANSWERED and talked:
            self.add_error("minutes", _("Nobody talked: a call that was not answered has no minutes."))
        return data

    def log(self) -> CallLog:
        """The call that the checked form describes."""
        data = self.cleaned_data
        started, answered = data["started_at"], data["outcome"] == ANSWERED
        talked = timedelta(minutes=float(data["minutes"] or 0))
        return CallLog(
            external_id=str(data["call"]),
            caller=Person(data["number"], name=data["name"], handle=data["number"]),
            direction=data["direction"],
            outcome=data["outcome"],
            started_at=started,
            answered_at=started if answered else None,
            ended_at=started + talked,
            notes=data["notes"],
            hold_s=int((data["hold_minutes"] or 0) * 60),
            callback_due_at=data["callback_due_at"],
            ticket=data["ticket"].number if data["ticket"] else None,
            then_status=data["then_status"],
        )
