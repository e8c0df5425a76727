"""One whole Parley as a stranger gets it, a fresh clone and `bin/run`: what people do with it, and what befalls it."""

from __future__ import annotations

import json
import os
import re
import shutil
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
GIVEN = ("SECRET_KEY", "CREDENTIALS_KEYS", "DEMO", "PUBLIC_URL", "ALLOWED_HOSTS", "HOST", "VAR_DIR")


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
    product = Product(tmp_path_factory.mktemp("journeys") / "a fresh clone")
    try:
        product.start()
        product.change_channel()
        yield product
    finally:
        product.stop()


def _clone(target: Path) -> None:
    """What git would give a stranger, with what is not committed yet; the packages are those installed here."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0")[:-1]:
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(ROOT / ".venv")


class Product:
    """The demo in a clone of its own; answers leave at once."""

    def __init__(self, clone: Path) -> None:
        self.clone = clone
        self.home = clone / "var" / "demo"
        self.output = clone.parent / "output"
        surroundings = {name: value for name, value in os.environ.items() if name not in (*SERVER_NAMES, *GIVEN)}
        self.environment = surroundings | {"PORT": "0", "UNDO_SECONDS": "0"}
        _clone(clone)

    def command(self, name: str, *arguments: str) -> list[str]:
        return [str(self.clone / "bin" / name), *arguments]

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command("run"), env=self.environment, stdout=self.output.open("w"), stderr=subprocess.STDOUT
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
        (found,) = eventually(lambda: self.tickets(words), f"a ticket with “{words}”")
        return found

    def tickets(self, words: str) -> list[dict[str, Any]]:
        found = self._ask("tickets/", q=words)
        return found["results"] if found else []

    def _ask(self, path: str, **query: str) -> Any:
        """None while the web server or the database is away."""
        try:
            answer = self.session.get(f"{self.url}/api/v1/{path}", params=query)
        except requests.ConnectionError:
            return None
        assert answer.ok or answer.status_code == 503, answer.text
        return answer.json() if answer.ok else None

    def reply(self, ticket: dict[str, Any], text: str, visibility: str = "public") -> str:
        """Answer; returns the address of the answer for `delivered`."""
        path = f"tickets/{ticket['number']}/messages/"
        return f"{path}{self.api(path, {'visibility': visibility, 'text': text})['id']}/"

    def delivery(self, reply: str, *states: str) -> str:
        """The delivery's state, as soon as it is one of `states`."""

        def state() -> str | None:
            answer = self._ask(reply)
            now = answer["delivery"]["state"] if answer else None
            return now if now in states else None

        return eventually(state, f"{reply} is {' or '.join(states)}")

    def external_id(self, reply: str) -> str:
        """What the network calls it."""
        return self.sql("select external_id from tickets_message where id = %s", self.message_id(reply))[0][0]

    def message_id(self, reply: str) -> str:
        return reply.split("/")[-2]

    def said(self, ticket: dict[str, Any]) -> list[str]:
        return [message["text"] for message in self.api(f"tickets/{ticket['number']}/messages/")["results"]]

    def events(self, ticket: dict[str, Any]) -> list[str]:
        return [event["kind"] for event in self.api(f"tickets/{ticket['number']}/events/")["results"]]

    def manage(self, *arguments: str, **options: Any) -> Any:
        """What a management command prints as JSON."""
        command = self.command("manage", *arguments)
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

    def change_channel(self, **fields: str) -> None:
        """Five seconds between polls is what people bear, not tests."""
        same = {"name": "Northwind Air on X", "option_api_base_url": self.network.url, "option_poll_seconds": "1"}
        self.admin.send(f"/channels/{self.channel}/", **same, **fields)

    # What befalls it

    def kill(self, part: str) -> int:
        """kill -9 a process that `bin/run` watches: web, worker or beat. Returns its number."""
        return self._signal(self.process.pid, f" {part}", signal.SIGKILL)

    def kill_server(self, name: str, sign: signal.Signals) -> int:
        """postgres or valkey; its keeper starts it again."""
        return self._signal(json.loads(self._kept(name).address.read_text())["keeper"], name, sign)

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

    def read_now(self, *feeds: str) -> None:
        """As if the time until the next poll of these, else of public posts, were over."""
        names = list(feeds or ("mentions", "own_posts"))
        self.sql("update tickets_feed set next_poll_at = now() where name = any(%s)", names)

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
