"""The tables of the network with their indexes. What is kept here survives a restart."""

import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

from sandbox.x.clock import Clock
from sandbox.x.model import Account, App, Conversation, DmEvent, Media, Post, Token
from sandbox.x.settings import Settings
from sandbox.x.store import Store


class Tables:
    """Hold `lock` to read several things that belong together; each verb takes it itself."""

    def __init__(self, state: Path | None = None, seed: int = 1) -> None:
        self.lock = threading.RLock()
        self.seed = seed
        self.clock = Clock()
        self.settings = Settings()
        self.accounts: dict[int, Account] = {}
        self.posts: dict[int, Post] = {}
        self.dms: dict[int, DmEvent] = {}
        self.conversations: dict[str, Conversation] = {}
        self.media: dict[str, Media] = {}
        self.apps: dict[int, App] = {}
        self.tokens: dict[str, Token] = {}
        self.ids_by_name: dict[str, int] = {}
        self.posts_by_author: dict[int, list[int]] = defaultdict(list)
        self.posts_by_mention: dict[int, list[int]] = defaultdict(list)
        self.dms_by_conversation: dict[str, list[int]] = defaultdict(list)
        self._keyed: dict[str, tuple[str, dict[Any, Any]]] = {
            "account": ("id", self.accounts),
            "post": ("id", self.posts),
            "dm": ("id", self.dms),
            "conversation": ("id", self.conversations),
            "media": ("key", self.media),
            "app": ("id", self.apps),
            "token": ("access_token", self.tokens),
        }
        self.store = Store(state)
        for kind, item in self.store.rows():
            self._place(kind, item)

    def keep(self, kind: str, item: Any) -> Any:
        """Store a new or changed object."""
        with self.lock:
            self.store.put(kind, self._place(kind, item), item)
            return item

    def _place(self, kind: str, item: Any) -> object:
        field, table = self._keyed[kind]
        key = getattr(item, field)
        new = key not in table
        table[key] = item
        if isinstance(item, Account):
            self.ids_by_name[item.username.lower()] = item.id
        elif isinstance(item, Post) and new:
            self.posts_by_author[item.author_id].append(item.id)
            for user_id in item.mentions:
                self.posts_by_mention[user_id].append(item.id)
        elif isinstance(item, DmEvent) and new:
            self.dms_by_conversation[item.conversation_id].append(item.id)
        return key

    def close(self) -> None:
        with self.lock:
            self.store.close()
