"""Whose connection it is: the browser's ordinary session, looked up again now and then."""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.permissions import can, visible_teams


@dataclass(frozen=True)
class Listening:
    """A signed-in person and the teams whose tickets they may know of."""

    user_id: int
    teams: frozenset[int]

    def sees(self, team: int | None) -> bool:
        return team is None or team in self.teams


def person_of(session_key: str) -> Listening | None:
    """None for a session that does not (or no longer) let somebody in. Queries the database: call it in a thread."""
    close_old_connections()
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = User.objects.filter(pk=store.get(SESSION_KEY), is_active=True).first() if store.get(SESSION_KEY) else None
    if user is None or store.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    if not constant_time_compare(store.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    if not can(user, "tickets.work"):
        return None
    return Listening(user.pk, frozenset(visible_teams(user).values_list("pk", flat=True)))
