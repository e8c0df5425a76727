"""X is renaming tweet to post on the wire (OpenAPI 2.167). Payloads are stored as fetched and read in the old words."""

from typing import Any

OLD_WORDS = {
    "note_post": "note_tweet",
    "referenced_posts": "referenced_tweets",
    "edit_history_post_ids": "edit_history_tweet_ids",
    "repost_count": "retweet_count",
    "post_count": "tweet_count",
    "pinned_post_id": "pinned_tweet_id",
    "posts": "tweets",
}


def in_old_words(value: Any) -> Any:
    """The same payload with the names of OpenAPI 2.166."""
    if isinstance(value, dict):
        return {OLD_WORDS.get(name, name): in_old_words(part) for name, part in value.items()}
    if isinstance(value, list):
        return [in_old_words(part) for part in value]
    return value


def storable(value: Any) -> Any:
    """The same payload without what PostgreSQL cannot hold: NUL and halves of surrogate pairs."""
    if isinstance(value, dict):
        return {storable(name): storable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return value
