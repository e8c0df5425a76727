"""The small permanent cast of every test, and the surroundings that make tests quick."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase

from accounts.models import Membership, Role, Team, User

pytest_plugins = ["tests.x_sandbox", "tests.journeys.product"]
# Django makes these anew whenever it empties the tables.
MADE_BY_DJANGO = {"contenttypes.contenttype", "auth.permission"}
PASSWORD = "a long enough word 4711"  # of everybody in the cast


def pytest_configure(config):
    """Test processes side by side do not hear each other's doorbells: each has its own database of Valkey."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        url = urlsplit(configured.REDIS_URL)._replace(path=f"/{1 + int(worker.removeprefix('gw'))}").geturl()
        os.environ["REDIS_URL"] = configured.REDIS_URL = configured.CELERY_BROKER_URL = url
        configured.CACHES["default"]["LOCATION"] = url


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A test that empties all tables in the end puts back what migrations shipped in them: the promises."""
    with django_db_blocker.unblock():
        rows = json.loads(connection.creation.serialize_db_to_string())
    shipped = json.dumps([row for row in rows if row["model"] not in MADE_BY_DJANGO])
    empty = TransactionTestCase._fixture_teardown

    def empty_and_refill(case: TransactionTestCase) -> None:
        empty(case)
        connection.creation.deserialize_db_from_string(shipped)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_and_refill)
        yield


@pytest.fixture
def process_environment(transactional_db) -> dict[str, str]:
    """The environment of a process that a test starts: on the test's own database and broker."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return os.environ | {"DATABASE_URL": database.geturl()}


@pytest.fixture(autouse=True)
def forgotten_tries():
    """All tests sign in from one address: what one got wrong must not shut another out."""
    cache.delete("wrong-passwords:127.0.0.1")


@pytest.fixture(autouse=True)
def quick_surroundings(settings):
    """A cheap password hash, and static files as they lie there, without collecting them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = settings.BASE_DIR / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


# Without an admin every page is the first-run page: the others come with one.
@pytest.fixture
def admin(db) -> User:
    return User.objects.create_user("ada@northwind.example", "Ada Admin", PASSWORD, role=Role.ADMIN)


@pytest.fixture
def manager(admin) -> User:
    return User.objects.create_user("max@northwind.example", "Max Manager", PASSWORD, role=Role.MANAGER)


@pytest.fixture
def open_team(db) -> Team:
    return Team.objects.create(name="Support")


@pytest.fixture
def closed_team(db) -> Team:
    return Team.objects.create(name="Refunds", is_closed=True)


@pytest.fixture
def agent(admin, open_team) -> User:
    """Works in the open team."""
    person = User.objects.create_user("priya@northwind.example", "Priya Nair", PASSWORD)
    Membership.objects.create(team=open_team, user=person)
    return person


@pytest.fixture
def teammate(admin, open_team, closed_team) -> User:
    """Works beside the agent, leads the open team, and is in the closed one, too."""
    person = User.objects.create_user("mia@northwind.example", "Mia Team-Mate", PASSWORD)
    Membership.objects.create(team=open_team, user=person, is_lead=True)
    Membership.objects.create(team=closed_team, user=person)
    return person


@pytest.fixture
def stranger(db) -> User:
    """Worked here once, even as an admin; every door is shut."""
    return User.objects.create_user("sid@elsewhere.example", "Sid Stranger", PASSWORD, role=Role.ADMIN, is_active=False)


@pytest.fixture
def as_(db) -> Callable[[User | None], Client]:
    """`as_(agent)` is a browser in which that person is signed in; `as_(None)` one in which nobody is."""

    def browser(person: User | None) -> Client:
        client = Client()
        if person:
            client.force_login(person, "accounts.backends.SessionBackend")
        return client

    return browser
