"""The people who work here: users, teams, memberships, API tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMIN = "admin", _("Admin")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Agent")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> User:
        """A user who may sign in at once; without a password only after choosing one by mail."""
        user = self.model(email=email, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str, password: str | None = None) -> User:
        return self.create_user(email, name, password, role=Role.ADMIN)


def check_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(gettext("Write a time zone such as Europe/Vienna."))


class User(AbstractBaseUser):
    """A person who works here; signs in by email.

    Inactive with `invited_at`: invited and not yet here. Inactive without: deactivated.
    """

    email = models.EmailField(
        _("work email"), unique=True, error_messages={"unique": _("This address has an account.")}
    )
    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.AGENT)
    is_active = models.BooleanField(default=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    date_joined = models.DateTimeField(default=timezone.now)
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        validators=[check_time_zone],
        help_text=_("Such as Europe/Vienna; empty for the zone of the installation."),
    )
    single_keys = models.BooleanField(
        _("shortcuts of one key"),
        default=True,
        help_text=_("J, K, N and the others act at once. Off: only those with Ctrl remain, as speech input needs it."),
    )
    extension = models.CharField(
        _("extension"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"\A[\w.+*#-]+\Z", _("Write it as the telephone system does, such as 201."))],
        help_text=_("Of your telephone: calls that ring there show here."),
    )
    # Given no work by itself.
    is_away = models.BooleanField(default=False)
    teams: models.ManyToManyField = models.ManyToManyField("Team", through="Membership", related_name="members")

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known"),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(invited_at__isnull=True), name="user_invited_is_not_active"
            ),
            models.UniqueConstraint(
                fields=["extension"],
                condition=~Q(extension=""),
                name="user_extension_once",
                violation_error_message=_("Somebody else has this extension."),
            ),
        ]

    @cached_property
    def leads_a_team(self) -> bool:
        return self.memberships.filter(is_lead=True).exists()

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    @property
    def state(self) -> str:
        """`active`, `invited` or `deactivated`."""
        if self.is_active:
            return "active"
        return "invited" if self.invited_at else "deactivated"


class Team(models.Model):
    """Open: everybody who works tickets sees its tickets. Closed: its members, managers and admins do."""

    class Assignment(models.TextChoices):
        """Who gets a ticket that nobody has."""

        BY_HAND = "by_hand", _("Whoever takes it")
        ROUND_ROBIN = "round_robin", _("Its members in turn")
        LOAD = "load", _("The member with the fewest open tickets")

    name = models.CharField(
        _("name"), max_length=60, unique=True, error_messages={"unique": _("There is a team of this name.")}
    )
    is_closed = models.BooleanField(
        _("closed: only its members, managers and admins see its tickets"),
        default=False,
    )
    assignment = models.CharField(
        _("who gets its tickets"),
        max_length=12,
        choices=Assignment,
        default=Assignment.BY_HAND,
        help_text=_("Members who are away get none."),
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(assignment__in=["by_hand", "round_robin", "load"]), name="team_assignment"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(default=False)
    # When the team's rule gave this member a ticket last.
    given_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="membership_is_unique")]
        ordering = ["-is_lead", "user__name", "user_id"]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class ApiTokenManager(models.Manager["ApiToken"]):
    def issue(
        self, user: User, name: str, scopes: list[str], expires_at: datetime | None = None
    ) -> tuple[ApiToken, str]:
        """A new token and its secret, which is known now and never again."""
        secret = f"parley_{secrets.token_urlsafe(32)}"
        token = self.create(
            user=user,
            name=name,
            scopes=scopes,
            expires_at=expires_at,
            prefix=secret[:12],
            digest=digest_of(secret),
        )
        return token, secret

    def usable(self) -> models.QuerySet[ApiToken]:
        now = timezone.now()
        return self.filter(revoked_at__isnull=True, user__is_active=True).exclude(expires_at__lte=now)

    def for_secret(self, secret: str) -> ApiToken | None:
        """The usable token with this secret, with its user; its use is noted at most once a minute."""
        token = self.usable().select_related("user").filter(digest=digest_of(secret)).first()
        if token:
            token.note_use()
        return token


def digest_of(secret: str) -> str:
    # The secret has 256 random bits: nothing to guess, so a slow hash would only slow every request.
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiToken(models.Model):
    """A person's key for the API; the database knows its digest only."""

    class Scope(models.TextChoices):
        """What a token may do of what its person may do (`accounts.permissions.ABILITIES` asks for them)."""

        TICKETS_READ = "tickets:read", _("Read tickets, messages and customers")
        TICKETS_WRITE = "tickets:write", _("Answer and change tickets")
        METRICS_READ = "metrics:read", _("Read the measures")
        CHANNELS_READ = "channels:read", _("Read the channels and their health")
        CHANNELS_ADMIN = "channels:admin", _("Connect, pause and remove channels")
        PEOPLE_ADMIN = "people:admin", _("Manage people and teams")
        WEBHOOKS_ADMIN = "webhooks:admin", _("Manage webhooks")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenManager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    def note_use(self) -> None:
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > timedelta(minutes=1):
            self.last_used_at = now
            self.save(update_fields=["last_used_at"])
