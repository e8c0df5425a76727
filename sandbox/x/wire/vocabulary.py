"""v2.167 calls a tweet a post. Answers are made in the old words and translated at the end."""

from collections.abc import Mapping
from typing import Any

RENAMED = {
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
    "pinned_tweet_id": "pinned_post_id",
    "tweets": "posts",
}
OLD_TYPES, NEW_TYPES = "https://api.twitter.com/2/problems/", "https://api.x.com/2/problems/"


def in_use(setting: str, query: Mapping[str, str]) -> bool:
    """Whether an answer is made in the new words: by the network's setting, or because the request speaks them."""
    return setting == "post" or "post.fields" in query or "_posts" in query.get("expansions", "")


def in_new_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {RENAMED.get(name, name): in_new_words(part) for name, part in value.items()}
    if isinstance(value, list):
        return [in_new_words(part) for part in value]
    if isinstance(value, str) and value.startswith(OLD_TYPES):
        return NEW_TYPES + value.removeprefix(OLD_TYPES)
    return value
