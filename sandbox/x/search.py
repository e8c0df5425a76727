"""Recent search's query language, as far as a helpdesk asks: terms, OR, -, brackets."""

import re
from collections.abc import Callable

from sandbox.x.model import Post
from sandbox.x.world import World

Match = Callable[[Post], bool]
TOKEN = re.compile(r'\s*(-?\(|\)|-?[a-z_]+:"[^"]*"|-?"[^"]*"|[^\s()]+)')


class QueryError(ValueError):
    pass


class Query:
    """AND binds closer than OR, as on X."""

    def __init__(self, world: World, text: str) -> None:
        self._world = world
        self._tokens = TOKEN.findall(text)
        self.matches = self._either()
        if self._tokens:
            raise QueryError(f"unexpected {self._tokens[0]!r}")

    def _either(self) -> Match:
        options = [self._all()]
        while self._tokens[:1] == ["OR"]:
            self._tokens.pop(0)
            options.append(self._all())
        return lambda post: any(option(post) for option in options)

    def _all(self) -> Match:
        terms: list[Match] = []
        while self._tokens and self._tokens[0] not in (")", "OR"):
            terms.append(self._term(self._tokens.pop(0)))
        if not terms:
            raise QueryError("an operator is missing")
        return lambda post: all(term(post) for term in terms)

    def _term(self, token: str) -> Match:
        if token.startswith("-"):
            inner = self._term(token[1:])
            return lambda post: not inner(post)
        if token == "(":  # noqa: S105 - a bracket, no secret
            inner = self._either()
            if not self._tokens or self._tokens.pop(0) != ")":
                raise QueryError("a bracket is not closed")
            return inner
        return self._operator(token)

    def _operator(self, token: str) -> Match:
        if token.startswith("@"):
            user_id = self._world.ids_by_name.get(token[1:].lower())
            return lambda post: user_id in post.mentions
        name, colon, value = token.partition(":")
        if not colon or token.startswith('"'):
            words = token.strip('"').lower()
            # Since 2026-05 reposts are no longer found by keywords.
            return lambda post: words in post.text.lower() and not post.reposts
        return self._named(name, value.strip('"'))

    def _named(self, name: str, value: str) -> Match:
        who = self._world.ids_by_name.get(value.lstrip("@").lower())
        tests: dict[str, Match] = {
            "from": lambda post: post.author_id == who,
            "to": lambda post: post.reply_to_user == who,
            "conversation_id": lambda post: str(post.conversation_id) == value,
            "in_reply_to_tweet_id": lambda post: str(post.reply_to) == value,
            "lang": lambda post: post.lang == value,
            "url": lambda post: any(value.lower() in link.expanded.lower() for link in post.links),
        }
        flags: dict[str, Match] = {
            "is:retweet": lambda post: bool(post.reposts),
            "is:reply": lambda post: bool(post.reply_to),
            "is:quote": lambda post: bool(post.quotes),
            "has:media": lambda post: bool(post.media),
            "has:links": lambda post: bool(post.links),
            "has:mentions": lambda post: bool(post.mentions),
        }
        test = tests.get(name) or flags.get(f"{name}:{value}")
        if test is None:
            raise QueryError(f"Reference to invalid operator '{name}'. Operator is not available in current product")
        return test
