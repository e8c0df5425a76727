"""Who works at the demo brand. Their passwords are no secret: the sign-in page shows them."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import ApiToken, Membership, Role, Team, User

PASSWORD = "northwind-demo"  # noqa: S105 - shown on the sign-in page
PEOPLE = [
    ("ada.lindgren@northwind.example", "Ada Lindgren", Role.ADMIN, []),
    ("leila.haddad@northwind.example", "Leila Haddad", Role.MANAGER, [("Support", True), ("Refunds", True)]),
    ("priya.nair@northwind.example", "Priya Nair", Role.AGENT, [("Support", False)]),
    ("mia.lindqvist@northwind.example", "Mia Lindqvist", Role.AGENT, [("Support", False)]),
    ("sam.okafor@northwind.example", "Sam Okafor", Role.AGENT, [("Support", False), ("Refunds", False)]),
    ("aiko.tanaka@northwind.example", "Aiko Tanaka", Role.AGENT, [("Support", False)]),
]
TEAMS = {"Support": False, "Refunds": True}
# The sign-in page reads the logins; the token stands apart, since it opens the API.
LOGINS, TOKEN = "demo_logins.json", "demo_token"


def hire() -> dict[str, Any]:
    """Make the people once; the answer names one login per role and the admin's API token."""
    with transaction.atomic():
        teams = {
            name: Team.objects.get_or_create(name=name, defaults={"is_closed": closed})[0]
            for name, closed in TEAMS.items()
        }
        for email, name, role, memberships in PEOPLE:
            if not User.objects.filter(email=email).exists():
                person = User.objects.create_user(email, name, PASSWORD, role=role)
                for team, lead in memberships:
                    Membership.objects.create(team=teams[team], user=person, is_lead=lead)
    first = {role: email for email, _name, role, _teams in reversed(PEOPLE)}
    logins = [{"role": str(role), "username": first[role], "password": PASSWORD} for role in Role]
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    (settings.VAR_DIR / LOGINS).write_text(json.dumps(logins))
    return {"logins": logins, "api_token": _token(settings.VAR_DIR / TOKEN)}


def _token(path: Path) -> str:
    """The token of an earlier start, while it still works."""
    known = path.read_text() if path.exists() else ""
    if known and ApiToken.objects.for_secret(known):
        return known
    admin = User.objects.get(email=PEOPLE[0][0])
    path.touch(mode=0o600)
    path.write_text(ApiToken.objects.issue(admin, "Demo", list(ApiToken.Scope.values))[1])
    return path.read_text()


def agents() -> list[User]:
    emails = [email for email, _name, role, _teams in PEOPLE if role == Role.AGENT]
    return list(User.objects.filter(email__in=emails).order_by("pk"))
