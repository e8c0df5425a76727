"""Which messages become a ticket of their own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import Message, Ticket

# Nobody chooses among more by hand.
MOST_SHOWN = 200


class MessageChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        who = obj.user or obj.identity or obj.get_author_kind_display()
        words = " ".join((obj.visible_text or obj.text).split())
        return f"{obj.occurred_at:%d.%m. %H:%M} {who}: {words[:140]}"


class SplitForm(forms.Form):
    messages = MessageChoice(
        Message.objects.none(),
        label=_("Messages that go to the new ticket"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one message.")},
    )
    subject = forms.CharField(
        label=_("Subject of the new ticket"),
        max_length=255,
        required=False,
        help_text=_("Empty: as the first of these messages says."),
    )

    def __init__(self, data: Any, *, ticket: Ticket) -> None:
        super().__init__(data)
        newest = ticket.messages.order_by("-occurred_at", "-id").values("pk")[:MOST_SHOWN]
        field = self.fields["messages"]
        assert isinstance(field, MessageChoice)
        field.queryset = ticket.messages.filter(pk__in=newest).select_related("user", "identity")
