"""The contact form of a web site."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class ContactForm(forms.Form):
    """`id` names what is written, so that the form sent twice is one mail.

    People do not see `website` and leave it empty.
    """

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    name = forms.CharField(label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your email address"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Our answer goes there."),
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Your question"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}))
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, data: Any = None, *, mailbox: str) -> None:
        super().__init__(data)
        self.mailbox = mailbox

    @property
    def is_robot(self) -> bool:
        return bool(self.data.get("website"))

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.lower() == self.mailbox.lower() or not email.isascii():
            raise ValidationError(_("Write your own address, in plain letters."))
        return email
