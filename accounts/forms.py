"""Forms of the accounts pages. Drawn by templates/django/forms/."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm, SetPasswordMixin
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import people
from accounts.models import ApiToken, Membership, Role, Team, User

PASSWORD_HINT = gettext_lazy(
    "At least 10 characters, not only digits, not a common word, and unlike your name and address."
)


class SignInForm(AuthenticationForm):
    username = forms.EmailField(
        label=gettext_lazy("Work email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    remember = forms.BooleanField(label=gettext_lazy("Stay signed in on this computer"), required=False, initial=True)

    error_messages = {
        "invalid_login": gettext_lazy(
            "That email and password do not match. Check the address, or choose a new password by mail."
        ),
    }

    def clean_username(self) -> str:
        # Failed tries are counted per address: another spelling must not start at zero.
        return self.cleaned_data["username"].lower()


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Work email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class ChoosePasswordForm(SetPasswordForm):
    new_password1, new_password2 = SetPasswordMixin.create_password_fields(
        label1=gettext_lazy("New password"), label2=gettext_lazy("The same again")
    )
    new_password1.help_text, new_password2.help_text = PASSWORD_HINT, ""

    def save(self, commit: bool = True) -> User:
        self.set_password_and_save(self.user, "new_password1", commit=False)
        self.user.save(update_fields=["password"])
        return self.user


class ChangePasswordForm(ChoosePasswordForm, PasswordChangeForm):
    """Asks for the present password, too."""


class FirstAdminForm(SetPasswordMixin, forms.ModelForm):
    password1, password2 = SetPasswordMixin.create_password_fields(
        label1=gettext_lazy("Password"), label2=gettext_lazy("The same again")
    )
    password1.help_text, password2.help_text = PASSWORD_HINT, ""

    class Meta:
        model = User
        fields = ["name", "email"]

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.validate_password_for_user(self.instance)

    def make_admin(self) -> User | None:
        data = self.cleaned_data
        return people.make_first_admin(data["name"], data["email"], data["password1"])


class UserForm(forms.ModelForm):
    """Writes its own columns only: a form opened earlier must not bring back somebody deactivated meanwhile."""

    def save(self, commit: bool = True) -> User:
        person = super().save(commit=False)
        person.save(update_fields=self._meta.fields if person.pk else None)
        return person


class PersonForm(UserForm):
    """An invitation or a change; validate it inside a transaction, for the last admin's sake."""

    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), label=gettext_lazy("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = ["name", "email", "role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["teams"] = self.instance.teams.all()

    def clean_role(self) -> str:
        role = self.cleaned_data["role"]
        if self.instance.pk and role != Role.ADMIN:
            people.keep_an_admin(self.instance)
        return role

    def save(self, commit: bool = True) -> User:
        if not self.instance.pk:
            self.instance.is_active = False
            self.instance.set_unusable_password()
        person = super().save(commit)
        person.teams.set(self.cleaned_data["teams"])
        return person


class TeamForm(forms.ModelForm):
    members = forms.ModelMultipleChoiceField(
        User.objects.none(), label=gettext_lazy("Members"), required=False, widget=forms.CheckboxSelectMultiple
    )
    leads = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=gettext_lazy("Leads"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A lead is a member and sees the team’s measures."),
    )

    class Meta:
        model = Team
        fields = ["name", "is_closed", "assignment"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What does not send it leaves it as it is.
        self.fields["assignment"].required = False
        memberships = list(self.instance.memberships.all()) if self.instance.pk else []
        ours = [membership.user_id for membership in memberships]
        choices = User.objects.filter(is_active=True) | User.objects.filter(invited_at__isnull=False)
        choices |= User.objects.filter(pk__in=ours)
        for name in ("members", "leads"):
            cast(forms.ModelMultipleChoiceField, self.fields[name]).queryset = choices
        self.initial["members"] = ours
        self.initial["leads"] = [membership.user_id for membership in memberships if membership.is_lead]

    def clean_assignment(self) -> str:
        return self.cleaned_data["assignment"] or self.instance.assignment

    def save(self, commit: bool = True) -> Team:
        team = super().save(commit)
        leads = {user.pk for user in self.cleaned_data["leads"]}
        members = leads | {user.pk for user in self.cleaned_data["members"]}
        team.memberships.exclude(user__in=members).delete()
        Membership.objects.bulk_create(
            [Membership(team=team, user_id=pk, is_lead=pk in leads) for pk in members],
            update_conflicts=True,
            unique_fields=["team", "user"],
            update_fields=["is_lead"],
        )
        return team


class ProfileForm(UserForm):
    class Meta:
        model = User
        fields = ["name", "time_zone", "extension", "single_keys"]


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Used for"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        choices=ApiToken.Scope.choices,
        initial=[ApiToken.Scope.TICKETS_READ],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Good for"),
        choices=[
            (30, gettext_lazy("30 days")),
            (90, gettext_lazy("90 days")),
            (365, gettext_lazy("a year")),
            (0, gettext_lazy("until revoked")),
        ],
        coerce=int,
        initial=90,
    )

    def issue(self, user: User) -> tuple[ApiToken, str]:
        data = self.cleaned_data
        expires_at = timezone.now() + timedelta(days=data["days"]) if data["days"] else None
        return ApiToken.objects.issue(user, data["name"], data["scopes"], expires_at)
