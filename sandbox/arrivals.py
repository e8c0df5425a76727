"""Customers who keep arriving, and who answer back when the brand has answered them."""

import unicodedata
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from sandbox.brand import read
from sandbox.x.model import MESSAGE, Account, NotPossible, Post
from sandbox.x.world import World

HOUR_MS = 3_600_000
# How often each kind of act is chosen.
ACTS = {"post": 60, "message": 18, "comment": 12, "repost": 4, "edit": 3, "delete": 3}
# From here on nobody new comes; those who were here come again.
CROWD = 400
KNOWN_SHARE, ANSWER_SHARE, THANKS_SHARE = 0.25, 0.75, 0.6
TURNS = 2


@dataclass
class Pace:
    """Seconds between arrivals and before an answer; acts of all kinds per hour at most."""

    every_s: tuple[float, float] = (20, 60)
    answer_s: tuple[float, float] = (15, 60)
    per_hour: int = 90


@dataclass(order=True)
class Answer:
    """What a customer is going to write back: under `post`, or privately when there is none."""

    due_ms: int
    who: str = field(compare=False)
    text: str = field(compare=False)
    post: Post | None = field(compare=False, default=None)


class Arrivals:
    """Call `step` every second or so; it does what is due by the network's clock."""

    def __init__(self, world: World, brand: str, pace: Pace | None = None) -> None:
        self._world = world
        self._brand = world.find(brand)
        self._pace = pace or Pace()
        # Another start of the same demo tells other stories.
        self._random = Random(f"{world.seed} {len(world.posts)}")  # noqa: S311 - no secrets here
        self._data: dict[str, Any] = read("arrivals")
        self._known = [person["username"] for person in read("customers")]
        self._mine: deque[Post] = deque(maxlen=50)
        self._acted: deque[int] = deque()
        self._answers: list[Answer] = []
        self._turns: dict[tuple[str, object], int] = {}
        self._last_post = max(world.posts, default=0)
        self._last_dm = max(world.dms, default=0)
        self._next_ms = world.clock.now_ms() + self._wait(self._pace.every_s)

    def step(self) -> None:
        with self._world.lock:
            now_ms = self._world.clock.now_ms()
            self._notice(now_ms)
            while self._acted and self._acted[0] <= now_ms - HOUR_MS:
                self._acted.popleft()
            for answer in [one for one in self._answers if one.due_ms <= now_ms]:
                self._answers.remove(answer)
                self._do(now_ms, partial(self._answer, answer))
            if now_ms >= self._next_ms:
                self._next_ms = now_ms + self._wait(self._pace.every_s)
                self._do(now_ms, self._arrive)

    def _do(self, now_ms: int, act: Callable[[], None]) -> None:
        if len(self._acted) >= self._pace.per_hour:
            return
        try:
            act()
        except NotPossible:
            # The network is full, or somebody is gone meanwhile: nobody arrives, nothing breaks.
            return
        self._acted.append(now_ms)

    def _notice(self, now_ms: int) -> None:
        """What has the brand said since the last step?"""
        for number in [one for one in self._world.posts_by_author[self._brand.id] if one > self._last_post]:
            self._last_post = number
            post = self._world.posts[number]
            if post.reply_to and post.reply_to_user not in (None, self._brand.id):
                self._plan(now_ms, self._world.accounts[post.reply_to_user or 0], post.conversation_id, post)
        for event in self._world.dms_of(self._brand):
            if event.id > self._last_dm:
                self._last_dm = event.id
                room = self._world.conversations[event.conversation_id]
                if event.kind == MESSAGE and event.sender_id == self._brand.id and not room.group:
                    other = next(one for one in room.participants if one != self._brand.id)
                    self._plan(now_ms, self._world.accounts[other], event.conversation_id, None)

    def _plan(self, now_ms: int, customer: Account, place: object, post: Post | None) -> None:
        key = (customer.username, place)
        if self._turns.get(key, 0) >= TURNS or self._random.random() > ANSWER_SHARE:
            return
        self._turns[key] = self._turns.get(key, 0) + 1
        kind = "thanks" if self._random.random() < THANKS_SHARE else "questions"
        texts = self._data[kind].get(customer.language) or self._data[kind]["en"]
        due_ms = now_ms + self._wait(self._pace.answer_s)
        self._answers.append(Answer(due_ms, customer.username, self._random.choice(texts), post))

    def _answer(self, answer: Answer) -> None:
        if answer.post is None:
            self._world.dm(answer.who, self._brand, answer.text)
        else:
            language = self._world.find(answer.who).language
            self._world.post(answer.who, answer.text, reply_to=answer.post, lang=language)

    def _arrive(self) -> None:
        (kind,) = self._random.choices(list(ACTS), list(ACTS.values()))
        getattr(self, f"_{kind}")()

    def _post(self) -> None:
        story = self._random.choice(self._data["posts"])
        who = self._person(story["lang"])
        media = [self._world.picture(who, story["scene"])] if "scene" in story else []
        self._mine.append(self._world.post(who, self._fill(story["text"]), media=media, lang=story["lang"]))

    def _message(self) -> None:
        story = self._random.choice(self._data["messages"])
        self._world.dm(self._person(story["lang"]), self._brand, self._fill(story["text"]))

    def _comment(self) -> None:
        """Under one of the brand's own newest posts."""
        own = [self._world.posts[number] for number in self._world.posts_by_author[self._brand.id]]
        roots = [post for post in own if not post.reply_to and not post.reposts and not post.deleted]
        if not roots:
            raise NotPossible("The brand has said nothing yet.")
        story = self._random.choice(self._data["comments"])
        root = self._random.choice(sorted(roots, key=lambda post: post.id)[-3:])
        self._world.post(self._person(story["lang"]), self._fill(story["text"]), reply_to=root, lang=story["lang"])

    def _repost(self) -> None:
        self._world.repost(self._person("en"), self._recent())

    def _edit(self) -> None:
        post = self._recent()
        self._world.edit(post, f"{post.own_words} (solved? not yet)")

    def _delete(self) -> None:
        post = self._recent()
        self._mine.remove(post)
        self._world.delete(post)

    def _recent(self) -> Post:
        if not self._mine:
            raise NotPossible("Nobody has arrived yet.")
        return self._world.find_post(self._random.choice(self._mine))

    def _person(self, language: str) -> Account:
        """Somebody who was here before, or somebody new."""
        crowded = len(self._world.accounts) >= CROWD
        names = [one.username for one in self._world.accounts.values()] if crowded else self._known
        before = [name for name in names if self._speaks(name, language)]
        if before and (crowded or self._random.random() < KNOWN_SHARE):
            return self._world.find(self._random.choice(before))
        people = self._data["people"][language]
        first, last = self._random.choice(people["first"]), self._random.choice(people["last"])
        username = f"{_ascii(first)[:8]}{_ascii(last)[:4]}{self._random.randrange(100)}"
        name = f"{last} {first}" if language == "ja" else f"{first} {last}"
        if not username[0].isalpha():
            username = f"{language}_traveller{username}"[:15]
        followers = int(self._random.paretovariate(0.8) * 40) % 60_000
        return self._world.account(username, name, language=language, followers=followers)

    def _speaks(self, username: str, language: str) -> bool:
        account = self._world.accounts.get(self._world.ids_by_name.get(username.lower(), 0))
        if account is None or account.gone or account is self._brand:
            return False
        return account.language == language

    def _fill(self, text: str) -> str:
        pick, number = self._random.choice, self._random.randrange
        return text.format(
            flight=f"NW {number(110, 799)}",
            city=pick(self._data["cities"]),
            seat=f"{number(1, 34)}{pick('ABCDEF')}",
            row=number(1, 34),
            amount=number(18, 260),
            days=number(8, 30),
            minutes=number(20, 150),
        )

    def _wait(self, between_s: tuple[float, float]) -> int:
        return int(self._random.uniform(*between_s) * 1000)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(char for char in plain if char.isalnum()).lower()
