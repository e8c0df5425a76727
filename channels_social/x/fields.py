"""What Parley asks X for. Every expansion can cost money: docs/decisions/0007-what-we-ask-x-for.md."""

from typing import Any

Asked = dict[str, Any]

USER = ["id", "name", "username", "public_metrics", "verified", "protected", "receives_your_dm"]
MEDIA = ["media_key", "type", "url", "preview_image_url", "alt_text"]
POST = [
    "id",
    "text",
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "edit_history_tweet_ids",
    "entities",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "public_metrics",
    "referenced_tweets",
]
DM_EVENT = [
    "id",
    "event_type",
    "text",
    "attachments",
    "created_at",
    "dm_conversation_id",
    "entities",
    "participant_ids",
    "sender_id",
]

POSTS: Asked = {
    "tweet_fields": POST,
    "expansions": ["author_id", "attachments.media_keys"],
    "user_fields": USER,
    "media_fields": MEDIA,
}
# Who wrote them is known.
OWN_POSTS: Asked = {"tweet_fields": POST, "expansions": ["attachments.media_keys"], "media_fields": MEDIA}
DIRECT_MESSAGES: Asked = {
    "dm_event_fields": DM_EVENT,
    "expansions": ["sender_id", "attachments.media_keys"],
    "user_fields": USER,
    "media_fields": MEDIA,
}
