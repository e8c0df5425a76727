"""What is wrong and how to mend it. Exits with 1 when something needs you."""

from dataclasses import asdict
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from tickets.management.base import JsonCommand
from tickets.services.health import Finding, findings

MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


class Command(JsonCommand):
    help = __doc__

    def act(self, **options: Any) -> dict[str, Any]:
        found = [_broker(), *findings()]
        return {"ok": all(one.level != "error" for one in found), "findings": [asdict(one) for one in found]}

    def failed(self, answer: dict[str, Any]) -> bool:
        return not answer["ok"]

    def words(self, answer: dict[str, Any]) -> str:
        return "\n".join(
            f"{MARKS[one['level']]} {one['name']}: {one['text']} {one['mend']}".rstrip() for one in answer["findings"]
        )


def _broker() -> Finding:
    try:
        cache.get("doctor")
    except RedisError as error:
        text = f"The broker does not answer: {error}."
        return Finding(
            "broker", "error", text, "Start Redis or Valkey, or correct REDIS_URL. Nothing is lost meanwhile."
        )
    return Finding("broker", "ok", "The broker answers.")
