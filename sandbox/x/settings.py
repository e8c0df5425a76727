"""Switches of the simulated network. Defaults are what X documents; tests change what they need."""

from dataclasses import dataclass, field

# Thousandths of a dollar, as of 2026-08.
PRICES = {
    "post_read": 5,
    "owned_read": 1,
    "user_read": 10,
    "dm_event_read": 10,
    "post_create": 15,
    "post_create_with_link": 200,
    "reply_create": 10,
    "dm_create": 15,
    "content_manage": 5,
    "interaction": 15,
    "interaction_delete": 10,
}


@dataclass
class Settings:
    # "tweet" (v2.166) or "post" (v2.167). A request that asks for `post.fields` is answered in "post" in any case.
    vocabulary: str = "tweet"
    # Seconds until a new post is found in timelines and search; look-up by id sees it at once.
    index_lag_s: float = 0
    # Seconds until a DM event is listed.
    dm_lag_s: float = 0
    mentions_cap: int = 800
    own_posts_cap: int = 3200
    search_days: int = 7
    # Recent search ends this long before now unless `end_time` is given.
    search_delay_s: float = 30
    dm_days: int = 30
    max_weight: int = 280
    max_dm_length: int = 10_000
    # Replies are accepted only where the author mentioned or quoted the account.
    reply_gate: bool = True
    # A mention which the network put before a reply itself counts for the gate.
    automatic_mention_summons: bool = True
    duplicate_window_s: float = 24 * 3600
    # As recorded live: a page of DM events names a next page although none follows.
    dm_next_token_always: bool = True
    edits: int = 5
    edit_window_s: float = 3600
    access_token_s: int = 7200
    # Whether `includes.users` are billed as user reads.
    bill_included_users: bool = True
    # Prepaid credits in thousandths of a dollar; None: no end.
    credits: int | None = None
    prices: dict[str, int] = field(default_factory=lambda: dict(PRICES))
    # Other limits than X's: route -> {"user": n, "app": n, "user_day": n, "app_day": n}.
    limits: dict[str, dict[str, int]] = field(default_factory=dict)
