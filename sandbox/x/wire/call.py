"""One call as a route sees it: who, what was asked, and helpers to read it strictly, as X does."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.x.clock import to_ms
from sandbox.x.model import Account
from sandbox.x.wire.access import Caller
from sandbox.x.wire.operations import Operation
from sandbox.x.wire.problems import invalid, invalid_body
from sandbox.x.world import World

ID = re.compile(r"[0-9]{1,19}")
# v2.167 renames; requests in either vocabulary are understood.
NEW_NAMES = {
    "note_post": "note_tweet",
    "referenced_posts": "referenced_tweets",
    "edit_history_post_ids": "edit_history_tweet_ids",
    "pinned_post_id": "pinned_tweet_id",
}


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"


@dataclass
class Call:
    world: World
    operation: Operation
    caller: Caller
    query: dict[str, str]
    body: dict[str, Any]
    base_url: str
    # Position of the page in this answer: what `faults` needs to serve it again.
    page_start: int | None = None
    spent: int = 0

    @property
    def user(self) -> Account:
        """The account for which the app acts; only for routes that need one."""
        if self.caller.user is None:
            raise AssertionError(f"{self.operation.name} takes no app-only callers")
        return self.caller.user

    def fields(self, name: str) -> set[str]:
        """The values of a comma-separated parameter, in the old vocabulary."""
        value = self.query.get(name, "")
        if name == "tweet.fields":
            value = f"{value},{self.query.get('post.fields', '')}"
        return {_old_name(part, whole=name == "expansions") for part in value.split(",") if part}

    def ids(self, name: str, pattern: re.Pattern[str] = ID, most: int = 100) -> list[str]:
        """A required list of at most `most` values."""
        value = self.query.get(name, "")
        parts = value.split(",") if value else []
        if not parts:
            raise invalid(name, value, f"The `{name}` query parameter can not be empty")
        if len(parts) > most:
            raise invalid(name, value, f"size must be between 1 and {most}")
        for part in parts:
            if not pattern.fullmatch(part):
                raise invalid(
                    name, value, f"The `{name}` query parameter value [{part}] does not match {_form(pattern)}"
                )
        return parts

    def path_id(self, value: str, name: str = "id") -> int:
        if not ID.fullmatch(value):
            raise invalid(name, value, f"The `{name}` query parameter value [{value}] is not valid")
        return int(value)

    def number(self, name: str, low: int, high: int, default: int) -> int:
        value = self.query.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise invalid(name, value, f"The `{name}` query parameter value [{value}] is not between {low} and {high}")
        return int(value)

    def id_or_none(self, name: str) -> int | None:
        value = self.query.get(name)
        if value is None:
            return None
        if not ID.fullmatch(value):
            raise invalid(name, value, f"The `{name}` query parameter value [{value}] does not match {_form(ID)}")
        return int(value)

    def time_ms(self, name: str) -> int | None:
        value = self.query.get(name)
        if value is None:
            return None
        for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ"):
            try:
                return to_ms(datetime.strptime(value, form).replace(tzinfo=UTC))
            except ValueError:
                continue
        raise invalid(name, value, f"The `{name}` query parameter value [{value}] is not a valid RFC3339 date")

    def check_query(self) -> None:
        for name, value in self.query.items():
            if name not in self.operation.params:
                known = ",".join(sorted(self.operation.params))
                raise invalid(name, value, f"The query parameter [{name}] is not one of [{known}]")

    def check_body(self, *allowed: str) -> None:
        for name in self.body:
            if name not in allowed:
                raise invalid_body(
                    f"$.{name}: is not defined in the schema and the schema does not allow additional properties"
                )

    def charge(self, price_name: str) -> None:
        """A write."""
        settings = self.world.settings
        self.spent += self.world.ledger.write(self.world.clock.now_ms(), price_name, settings.prices[price_name])

    def charge_read(self, resource: str, key: object, price_name: str) -> None:
        price = self.world.settings.prices[price_name]
        now_ms = self.world.clock.now_ms()
        self.spent += self.world.ledger.read(now_ms, self.caller.app.id, resource, str(key), price_name, price)


def _old_name(name: str, *, whole: bool) -> str:
    """`whole`: the new vocabulary expands `referenced_posts`, the old one `referenced_tweets.id`."""
    head, dot, tail = name.partition(".")
    old = NEW_NAMES.get(head, head)
    return "referenced_tweets.id" if whole and old == "referenced_tweets" and not dot else old + dot + tail


def _form(pattern: re.Pattern[str]) -> str:
    return f"^{pattern.pattern}$"
