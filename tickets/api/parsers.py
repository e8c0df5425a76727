"""JSON bodies within limits."""

import json
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from tickets.api.errors import Problem

MOST_BYTES = 1_000_000
MOST_LEVELS = 32


class BoundedJSONParser(BaseParser):
    """UTF-8 JSON of at most `MOST_BYTES`, without the numbers that JSON does not have."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Problem(
                413, "", "Content Too Large", f"The body has more than {MOST_BYTES:,} bytes. Send less at once."
            )
        try:
            value = json.loads(content.decode(), parse_constant=_refuse)
        except RecursionError:
            raise _too_deep() from None
        except ValueError as error:
            raise ParseError(f"The body is not JSON in UTF-8: {error}.") from None
        if _is_deeper(value, MOST_LEVELS):
            raise _too_deep()
        return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")


def _too_deep() -> ParseError:
    return ParseError(f"The JSON is nested too deeply: at most {MOST_LEVELS} levels.")


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    children = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(child, levels - 1) for child in children)
