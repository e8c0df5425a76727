"""Answer the tickets that nobody has answered yet, the most urgent first.

pip install requests
PARLEY_URL=http://127.0.0.1:8000 PARLEY_TOKEN=parley_… python answer.py "We are looking into it."
"""

import os
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import requests


class Parley:
    def __init__(self, url: str, token: str) -> None:
        self.api = f"{url}/api/v1/"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **options: Any) -> Any:
        answer = self.session.request(method, requests.compat.urljoin(self.api, path), timeout=30, **options)
        if not answer.ok:
            # Every error says in words what is wrong and how to mend it.
            raise SystemExit(f"{answer.status_code}: {answer.json()['detail']}")
        return answer.json()

    def pages(self, path: str, **filters: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        page = self.call("GET", path, params=filters)
        while True:
            yield from page["results"]
            if page["next"] is None:
                return
            page = self.call("GET", page["next"])

    def post(self, path: str, body: dict[str, Any]) -> Any:
        # Under one key a request can be sent again after a lost connection, and is still done once.
        return self.call("POST", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})


def main(text: str) -> None:
    parley = Parley(os.environ["PARLEY_URL"], os.environ["PARLEY_TOKEN"])
    for ticket in parley.pages("tickets/", status="new", assignee="none", ordering="sla_due"):
        path = f"tickets/{ticket['number']}/messages/"
        question = list(parley.pages(path))[-1]
        reply = {"visibility": question["visibility"], "answers": question["id"], "text": text, "then_status": "open"}
        message = parley.post(path, reply)
        parley.post(path, {"visibility": "internal", "text": "Answered by a script; a person takes over."})
        print(f"#{ticket['number']} {ticket['customer']['name']}: {message['delivery']['state']}")


if __name__ == "__main__":
    main(sys.argv[1])
