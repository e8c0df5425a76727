"""The demo brand Northwind Air: the week before now, from the files in `data/`."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sandbox.x.model import Post
from sandbox.x.world import World

USERNAME, NAME = "northwindair", "Northwind Air"
DATA = Path(__file__).parent / "data"


def read(name: str) -> Any:
    """One of the data files: customers, posts, messages, emails, calls, arrivals."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def seed(world: World) -> bool:
    """Fill an empty network; False when the brand is there already. Equal for equal seeds, relative to now."""
    with world.lock:
        if USERNAME in world.ids_by_name:
            return False
        Week(world).tell()
        return True


class Week:
    def __init__(self, world: World) -> None:
        self._world = world
        self._random = Random(world.seed)  # noqa: S311 - no secrets here
        self._now = world.clock.now()
        self._usernames = {"northwindair": USERNAME}
        self._posts: dict[str, Post] = {}

    def tell(self) -> None:
        description = "We fly from Vienna. Ask us anything, day and night."
        self._world.account(USERNAME, NAME, followers=48_200, verified=True, description=description)
        for person in read("customers"):
            self._person(person)
        posts = read("posts")
        for post in sorted(posts, key=lambda one: -one["minutes_ago"]):
            self._post(post)
        for conversation in read("messages"):
            self._conversation(conversation)
        for post in posts:
            if post.get("deleted"):
                self._world.delete(self._posts[post["key"]])

    def _person(self, person: dict[str, Any]) -> None:
        self._usernames[person["key"]] = person["username"]
        fields = {name: person[name] for name in ("followers", "verified", "location", "language") if name in person}
        self._world.account(person["username"], person["name"], description=person.get("bio", ""), **fields)

    def _post(self, post: dict[str, Any]) -> None:
        author, at = self._usernames[post["by"]], self._ago(post["minutes_ago"])
        if "repost" in post:
            self._posts[post["key"]] = self._world.repost(author, self._posts[post["repost"]], at=at)
            return
        scene = post.get("scene")
        made = self._world.post(
            author,
            post["text"],
            at=at,
            reply_to=self._known(post.get("reply_to")),
            quote=self._known(post.get("quote")),
            media=[self._world.picture(author, scene, post.get("alt", ""))] if scene else [],
            lang=post.get("lang", "en"),
            likes=post.get("likes", self._random.randrange(3)),
        )
        for edit in post.get("edits", []):
            made = self._world.edit(made, edit["text"], at=at + timedelta(minutes=edit["minutes_after"]))
        self._posts[post["key"]] = made

    def _conversation(self, conversation: dict[str, Any]) -> None:
        customer = self._usernames[conversation["with"]]
        for message in conversation["messages"]:
            sender, to = (customer, USERNAME) if message["from"] == "customer" else (USERNAME, customer)
            scene = message.get("scene")
            media = [self._world.picture(sender, scene, private=True)] if scene else []
            self._world.dm(sender, to, message["text"], at=self._ago(message["minutes_ago"]), media=media)

    def _known(self, key: str | None) -> Post | None:
        return self._posts[key] if key else None

    def _ago(self, minutes: float) -> datetime:
        return self._now - timedelta(minutes=minutes, seconds=-self._random.uniform(0, 20))
