"""What happens to people: the first admin, invitations, deactivation. The only writer of these states."""

from __future__ import annotations

import logging

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails
from accounts.models import Role, User

log = logging.getLogger(__name__)

FIRST_ADMIN_LOCK = 0x7061726C  # "parl": any number that nothing else locks


def has_admin() -> bool:
    """Has this installation ever had an admin? Until then it shows its first-run page."""
    return User.objects.filter(role=Role.ADMIN).exists()


@transaction.atomic
def make_first_admin(name: str, email: str, password: str) -> User | None:
    """The first admin, or None when there is one already: of two visitors at once one wins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_ADMIN_LOCK])
    if has_admin():
        return None
    return User.objects.create_superuser(email, name, password)


def invite(person: User) -> None:
    """Sends a one-time link to choose a password; any earlier link of this person dies.

    Raises ValidationError for somebody who can sign in already, OSError when the mail does not leave.
    """
    if person.is_active:
        raise ValidationError(_("%(name)s can sign in already.") % {"name": person.name})
    person.invited_at = timezone.now()
    person.save(update_fields=["invited_at"])
    log.info("user %s invited", person.pk)
    mails.send_invitation(person)


def accept(person: User) -> None:
    """The invited person has chosen a password."""
    person.is_active, person.invited_at = True, None
    person.save(update_fields=["is_active", "invited_at"])
    log.info("user %s accepted the invitation", person.pk)


def set_away(person: User, away: bool) -> None:
    """Whoever is away is given no work by a team's rule."""
    User.objects.filter(pk=person.pk).update(is_away=away)


@transaction.atomic
def deactivate(person: User) -> None:
    """Ends sessions, tokens and open links at once and for good: coming back takes a new invitation."""
    keep_an_admin(person)
    person.is_active, person.invited_at = False, None
    # Sessions and reset links are bound to the password: none of them comes back with the person.
    person.set_unusable_password()
    person.save(update_fields=["is_active", "invited_at", "password"])
    person.api_tokens.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
    log.info("user %s deactivated", person.pk)


def keep_an_admin(person: User) -> None:
    """Refuses to take the last admin away. Holds the admins' rows until the transaction ends."""
    admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).order_by("pk")
    if [admin.pk for admin in admins] == [person.pk]:
        raise ValidationError(
            _("%(name)s is the last active admin. Make somebody else an admin first.") % {"name": person.name}
        )
