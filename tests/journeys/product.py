"""One whole Parley as `bin/run` starts it: what agents, programs and customers do with it, and what befalls it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
import pytest
import redis
import requests

from runtime.bootstrap import ROOT
from runtime.instance import SERVER_NAMES
from runtime.keeper import Kept

T = TypeVar("T")
# For a machine that is broken, not a measure: nothing here asserts how long something takes.
PATIENCE_S = 240
GIVEN = ("SECRET_KEY", "CREDENTIALS_KEYS", "DEMO", "PUBLIC_URL", "ALLOWED_HOSTS", "HOST")


def eventually(ask: Callable[[], T], what: str) -> T:
    """The first answer of `ask` that is not empty."""
    deadline = time.monotonic() + PATIENCE_S
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.2)
    return answer


@pytest.fixture(scope="session")
def product(tmp_path_factory) -> Iterator[Product]:
    """One for all journeys of a test process."""
    product = Product(tmp_path_factory.mktemp("journeys"))
    try:
        product.start()
        # Five seconds between polls is what people bear, not tests.
        options = {"option_api_base_url": product.network.url, "option_poll_seconds": "1", "name": "Northwind Air on X"}
        product.admin.send(f"/channels/{product.channel}/", **options)
        yield product
    finally:
        product.stop()


class Product:
    """The demo in a directory of its own; answers leave at once, and the network is read every second."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.output = home / "output"
        surroundings = {name: value for name, value in os.environ.items() if name not in (*SERVER_NAMES, *GIVEN)}
        self.environment = surroundings | {"VAR_DIR": str(home), "PORT": "0", "UNDO_SECONDS": "0"}

    def start(self) -> None:
        self.process = subprocess.Popen(
            [ROOT / "bin" / "run"], env=self.environment, stdout=self.output.open("w"), stderr=subprocess.STDOUT
        )
        self.ready = eventually(self._ready, "bin/run says ready")
        self.url = self.ready["url"].rstrip("/")
        self.network = Network(self.ready["sandbox"]["x"])
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.ready['api_token']}"

    def _ready(self) -> dict[str, Any] | None:
        said = self.output.read_text()
        assert self.process.poll() is None, said
        return json.loads(said.rpartition("\nready ")[2]) if said.endswith("}\n") else None

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    # What programs do

    def api(self, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
        """GET, or POST with a body; what the product answers."""
        answer = self.session.request("POST" if body else "GET", f"{self.url}/api/v1/{path}", json=body, params=query)
        assert answer.ok, answer.text
        return answer.json()

    def ticket(self, words: str) -> dict[str, Any]:
        """The one ticket in which somebody said this, as soon as it is there."""
        (found,) = eventually(lambda: self._tickets(words), f"a ticket with “{words}”")
        return found

    def _tickets(self, words: str) -> list[dict[str, Any]]:
        answer = self.session.get(f"{self.url}/api/v1/tickets/", params={"q": words})
        # While the database is away there is no answer yet.
        return answer.json()["results"] if answer.ok else []

    def reply(self, ticket: dict[str, Any], text: str, visibility: str = "public") -> str:
        """Answer; returns the address of the answer for `delivered`."""
        path = f"tickets/{ticket['number']}/messages/"
        return f"{path}{self.api(path, {'visibility': visibility, 'text': text})['id']}/"

    def delivery(self, reply: str, *states: str) -> str:
        """The delivery's state, as soon as it is one of `states`."""

        def state() -> str | None:
            answer = self.session.get(f"{self.url}/api/v1/{reply}")
            now = answer.json()["delivery"]["state"] if answer.ok else None
            return now if now in states else None

        return eventually(state, f"{reply} is {' or '.join(states)}")

    def external_id(self, reply: str) -> str:
        """What the network calls it."""
        return self.sql("select external_id from tickets_message where id = %s", reply.split("/")[-2])[0][0]

    def said(self, ticket: dict[str, Any]) -> list[str]:
        return [message["text"] for message in self.api(f"tickets/{ticket['number']}/messages/")["results"]]

    def events(self, ticket: dict[str, Any]) -> list[str]:
        return [event["kind"] for event in self.api(f"tickets/{ticket['number']}/events/")["results"]]

    def manage(self, *arguments: str, **options: Any) -> Any:
        """What a management command prints as JSON."""
        command = [ROOT / "bin" / "manage", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, **options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    # What people do in a browser

    def browser(self, role: str) -> Browser:
        login = next(login for login in self.ready["logins"] if login["role"] == role)
        return Browser(self.url, login["username"], login["password"])

    @cached_property
    def admin(self) -> Browser:
        return self.browser("admin")

    @cached_property
    def channels(self) -> dict[str, dict[str, Any]]:
        """The demo's accounts by kind."""
        return {one["kind"]: one for one in self.manage("channel", "list", "--json")["channels"]}

    @property
    def channel(self) -> int:
        """The account on X."""
        return self.channels["x"]["id"]

    # What befalls it

    def kill(self, part: str) -> int:
        """kill -9 a process that `bin/run` watches: web, worker or beat. Returns its number."""
        return self._signal(self.process.pid, f" {part}", signal.SIGKILL)

    def kill_server(self, name: str, sign: signal.Signals = signal.SIGKILL) -> int:
        """postgres or valkey; its keeper starts it again."""
        return self._signal(json.loads(self._kept(name).address.read_text())["keeper"], f"{name}", sign)

    def is_running(self, pid: int) -> bool:
        return Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() != b""

    def _signal(self, parent: int, words: str, sign: signal.Signals) -> int:
        def child() -> int | None:
            for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
                if words.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" "):
                    return int(pid)
            return None

        pid = eventually(child, f"{words} runs")
        os.kill(pid, sign)
        eventually(lambda: not self.is_running(pid), f"{words} is dead")
        return pid

    def forget_everything_in_valkey(self) -> None:
        redis.from_url(self._url("valkey")).flushall()

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Straight on the database: to let time pass, which no test waits for."""
        connection = psycopg2.connect(self._url("postgres"))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def read_now(self) -> None:
        """As if the time until the next polls were over."""
        self.sql("update tickets_feed set next_poll_at = now() where channel_id = %s", self.channel)

    def _kept(self, name: str) -> Kept:
        return Kept(name, self.home)

    def _url(self, name: str) -> str:
        kept = self._kept(name)
        port = eventually(lambda: kept.address.exists() and json.loads(kept.address.read_text()), f"{name} is up")
        return kept.engine.url(port["port"])


class Browser:
    """A person who signed in and sends forms as a browser without JavaScript does."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url
        self.session = requests.Session()
        page = self.send("/sign-in/", username=username, password=password)
        assert "sign-out" in page, page

    def get(self, path: str) -> str:
        answer = self.session.get(self.url + path)
        assert answer.ok, answer.text
        return answer.text

    def send(self, path: str, **fields: Any) -> str:
        """The page that follows."""
        if "csrftoken" not in self.session.cookies:
            self.get("/sign-in/")
        token = self.session.cookies["csrftoken"]
        answer = self.session.post(self.url + path, fields | {"csrfmiddlewaretoken": token})
        assert answer.ok, answer.text
        return answer.text


class Network:
    """The sandbox: what customers do there, and how it misbehaves."""

    def __init__(self, url: str) -> None:
        self.url = url

    def act(self, verb: str, **body: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/_sandbox/{verb}", json=body)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, author: str, text: str, **more: Any) -> str:
        """A mention of the brand; returns its id."""
        self.act("account", username=author, name=author.title(), open_dms=True)
        return self.act("post", author=author, text=f"@northwindair {text}", **more)["id"]

    def dm(self, author: str, text: str) -> str:
        self.act("account", username=author, name=author.title(), open_dms=True)
        return self.act("dm", sender=author, to="northwindair", text=text)["id"]

    def fault(self, name: str, route: str, times: int | None = 1, **options: Any) -> None:
        self.act("faults", name=name, route=route, times=times, options=options)

    def clear_faults(self) -> None:
        self.act("faults", clear=True)

    def waiting_faults(self) -> list[str]:
        return [fault["name"] for fault in requests.get(f"{self.url}/_sandbox/faults").json()["waiting"]]

    def shown(self, text: str, customer: str) -> int:
        """How often the network shows the brand saying this, to one customer."""
        page = requests.get(self.url, params={"as": customer}).text
        by_brand = re.findall(r'<article[^>]* class="(?:post|message) brand">(.*?)</article>', page, re.S)
        return sum(text in said for said in by_brand)

    def credentials(self) -> dict[str, str]:
        return requests.get(f"{self.url}/_sandbox/connection").json()["x"]["credentials"]
