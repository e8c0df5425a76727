"""A post's text as people read it: real addresses for t.co ones, no link to its own pictures, no HTML escapes."""

from collections.abc import Collection, Mapping
from typing import Any

from channels_social.x.shapes import dicts, number, text_of


def readable(text: str, entities: Mapping[str, Any], shown: Collection[str] = ()) -> str:
    """`text` as X sent it (escaped; entity indices count code points of just this) -> plain text.

    `shown`: keys of the media that are shown beside the text, whose links would only repeat them.
    """
    pieces, position = [], 0
    for start, end, entity in _links(text, entities):
        if start < position:
            continue
        pieces.append(_unescape(text[position:start]))
        address = text_of(entity, "expanded_url") or text[start:end]
        pieces.append("" if text_of(entity, "media_key") in shown else address)
        position = end
    return ("".join(pieces) + _unescape(text[position:])).strip()


def _links(text: str, entities: Mapping[str, Any]) -> list[tuple[int, int, Mapping[str, Any]]]:
    """Where the short links stand. Indices that do not point at their link are looked up instead."""
    found = []
    for entity in dicts(entities.get("urls")):
        short, start, end = text_of(entity, "url"), number(entity.get("start")), number(entity.get("end"))
        if not short:
            continue
        if start is None or end is None or text[start:end] != short:
            start = text.find(short)
            end = start + len(short)
        if start >= 0:
            found.append((start, end, entity))
    return sorted(found, key=lambda link: link[:2])


def _unescape(text: str) -> str:
    # X escapes these three and nothing else; html.unescape would turn "&copy=1" into a sign.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
