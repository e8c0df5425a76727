"""The real process: a session opens the stream, a commit is heard on it, strangers hear nothing."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import requests
from django.conf import settings
from django.db import connection
from django.urls import reverse

from runtime.engines import free_port
from tests import factories as make
from tickets.services import properties

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 20


@pytest.fixture
def server() -> Iterator[str]:
    port = free_port(0)
    info = connection.settings_dict
    database = f"postgres://{info['USER']}:{info['PASSWORD']}@{info['HOST']}:{info['PORT']}/{info['NAME']}"
    environment = os.environ | {"DATABASE_URL": database, "REDIS_URL": settings.REDIS_URL}
    command = [sys.executable, "-m", "uvicorn", "live.server:app", f"--port={port}", "--log-level=warning"]
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    address = f"http://127.0.0.1:{port}/live/"
    try:
        _until(lambda: _answers(f"{address}health"))
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).ok
    except requests.ConnectionError:
        return False


def _until(true) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def listen(address, browser, **headers):
    cookies = {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}
    return requests.get(address, cookies=cookies, headers=headers, stream=True, timeout=PATIENCE_S)


def events(stream) -> Iterator[tuple[str, dict]]:
    name = ""
    for line in stream.iter_lines(decode_unicode=True):
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_a_commit_and_a_colleague_are_heard(server, agent, teammate, as_):
    ticket = make.ticket()
    stream = events(listen(server, as_(agent)))
    assert next(stream) == ("hello", {})
    # The bus may need a moment longer than the first connection: say it until it is heard.
    for priority in ["high", "urgent"] * 20:
        properties.set_priority(ticket.number, priority, teammate)
        time.sleep(0.05)
    assert next(stream) == ("tickets", {"numbers": [ticket.number]})
    answer = as_(teammate).post(reverse("presence", args=[ticket.number]), {"state": "replying"})
    assert answer.status_code == 204
    told = next(data for name, data in stream if name == "presence")
    assert (told["number"], [(one["name"], one["state"]) for one in told["people"]]) == (
        ticket.number,
        [(teammate.name, "replying")],
    )


def test_only_people_of_the_house_may_listen(server, agent, as_):
    assert requests.get(server, timeout=5).status_code == 204
    assert listen(server, as_(agent), Origin="https://elsewhere.example").status_code == 403
    here = listen(server, as_(agent), Origin="http://127.0.0.1:8000")
    assert here.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:8000"
    browser = as_(agent)
    agent.is_active = False
    agent.save()
    assert listen(server, browser).status_code == 204


def test_presence_needs_a_ticket_that_one_sees(agent, as_, closed_team):
    hidden = make.ticket(team=closed_team)
    browser = as_(agent)
    assert browser.post(reverse("presence", args=[hidden.number]), {"state": "viewing"}).status_code == 404
    shown = make.ticket()
    assert browser.post(reverse("presence", args=[shown.number]), {"state": "dancing"}).status_code == 400
    assert browser.get(reverse("presence", args=[shown.number])).status_code == 405
