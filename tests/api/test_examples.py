"""The programs of docs/examples run as they are written there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import ApiToken
from tests.api.conftest import said
from tests.conftest import PASSWORD
from tickets.models import Delivery, Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = Path(settings.BASE_DIR, "docs/examples")


@pytest.fixture
def run(live_server):
    def program(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={"PATH": os.environ["PATH"], "PARLEY_URL": live_server.url, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return program


def test_the_python_example_answers_what_nobody_answered(run, agent, ticket):
    private = said("Sent you my address", author="kim", private=True)
    taken = said("Mine?", author="lee")
    Ticket.objects.filter(pk=taken.pk).update(assignee=agent)
    _, secret = ApiToken.objects.issue(agent, "example", ["tickets:read", "tickets:write"])

    done = run(sys.executable, str(EXAMPLES / "answer.py"), "We are looking into it.", PARLEY_TOKEN=secret)

    assert done.stderr == ""
    assert sorted(done.stdout.split()) == sorted(f"#{ticket.pk} @jo: pending #{private.pk} @kim: pending".split())
    assert set(Delivery.objects.values_list("message__ticket", "message__visibility")) == {
        (ticket.pk, "public"),
        (private.pk, "private"),
    }
    assert Message.objects.filter(direction="note").count() == 2
    assert set(Ticket.objects.values_list("status", flat=True)) == {"open", "new"}


def test_the_python_example_says_what_is_wrong(run, admin):
    done = run(sys.executable, str(EXAMPLES / "answer.py"), "Hello", PARLEY_TOKEN="parley_wrong")
    assert (done.returncode, done.stderr) == (
        1,
        "401: This token is unknown, expired or revoked. Make a new one in your profile.\n",
    )


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")
def test_the_shell_example_makes_tickets_urgent(run, agent, ticket):
    urgent = said("No wheelchair at the gate", author="kim")
    login = {"PARLEY_EMAIL": agent.email, "PARLEY_PASSWORD": PASSWORD}

    done = run("sh", str(EXAMPLES / "triage.sh"), "wheelchair", **login)

    assert (done.stderr, done.stdout) == ("", f"#{urgent.pk} urgent\n")
    ticket.refresh_from_db()
    assert ticket.priority_name == "normal"
