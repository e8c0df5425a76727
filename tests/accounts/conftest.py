from collections.abc import Callable

import pytest
from django.core.cache import cache

from helpdesk.celery import app


@pytest.fixture
def reset_mails(monkeypatch, settings):
    """The worker's part of a forgotten password happens at once, and no earlier test has used up a mail."""
    monkeypatch.setitem(app.conf, "task_always_eager", True)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def link_of() -> Callable:
    """The path of the link in a mail."""

    def path(mail) -> str:
        line = next(line for line in mail.body.splitlines() if line.startswith("http"))
        return "/" + line.split("/", 3)[3]

    return path
