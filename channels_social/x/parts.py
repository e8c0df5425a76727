"""What posts and direct messages have in common: ids, times, and the people and media that came with them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from channels_social.x.shapes import dict_of, dicts, number, strings, text_of
from channels_social.x.walk import time_of
from tickets.channels.contract import Media, Person
from tickets.channels.errors import BadPayload

ID = re.compile(r"[0-9]{1,19}")


def required_id(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, str) and ID.fullmatch(value):
        return value
    raise BadPayload(f"X sent an item whose {name} is missing or no number.")


def occurred_at(item: Mapping[str, Any], item_id: str) -> datetime:
    """When it was written; the id tells as well, to the millisecond."""
    try:
        at = datetime.fromisoformat(text_of(item, "created_at"))
    except ValueError:
        made = time_of(item_id)
        if made is None:
            raise BadPayload("X sent an item that does not say when it was written.") from None
        return made
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def at_name(username: str) -> str:
    """A user name as people write it; "" stays."""
    return f"@{username}" if username else ""


class Included:
    """The users and media beside an item. Any of them can be missing: protected, suspended, not expanded."""

    def __init__(self, includes: Mapping[str, Any]) -> None:
        self._users = {text_of(user, "id"): user for user in dicts(includes.get("users"))}
        self._media = {text_of(media, "media_key"): media for media in dicts(includes.get("media"))}

    def person(self, user_id: str) -> Person:
        """Somebody by id; a placeholder where X did not say who that is."""
        user = self._users.get(user_id, {})
        accepts = user.get("receives_your_dm")
        return Person(
            external_id=user_id,
            name=text_of(user, "name"),
            handle=at_name(text_of(user, "username")),
            followers=number(dict_of(user.get("public_metrics")).get("followers_count")),
            verified=user.get("verified") is True,
            accepts_private=accepts if isinstance(accepts, bool) else None,
        )

    def media_of(self, item: Mapping[str, Any]) -> dict[str, Media]:
        """The pictures of an item by media key; of a film its preview."""
        keys = strings(dict_of(item.get("attachments")).get("media_keys"))
        found = {key: _media(self._media[key]) for key in keys if key in self._media}
        return {key: media for key, media in found.items() if media.url}


def _media(media: Mapping[str, Any]) -> Media:
    film = text_of(media, "type") != "photo"
    url = text_of(media, "preview_image_url") if film else text_of(media, "url")
    return Media("video" if film else "photo", url=url, alt_text=text_of(media, "alt_text"))
