"""What people do in public: post, reply, quote, repost, edit, delete."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sandbox.x import text as texts
from sandbox.x.accounts import Accounts
from sandbox.x.clock import to_ms
from sandbox.x.model import Account, Link, Media, NotPossible, Post
from sandbox.x.store import CAPACITY

BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
REPOST_LENGTH = 140


class Posting(Accounts):
    def __init__(self, state: Path | None = None, seed: int = 1) -> None:
        super().__init__(state, seed)
        self.likes_by_user: dict[int, set[int]] = {}

    def find_post(self, post: Post | int | str) -> Post:
        """A post that still exists, by itself or its id."""
        with self.lock:
            known = self.posts.get(post.id if isinstance(post, Post) else int(post))
            if known is None or known.deleted:
                raise NotPossible(f"There is no post {getattr(post, 'id', post)}.")
            return known

    def post(
        self,
        author: Account | str,
        text: str,
        *,
        reply_to: Post | int | None = None,
        quote: Post | int | None = None,
        media: Sequence[Media] = (),
        at: datetime | None = None,
        late_s: float | None = None,
        lang: str = "en",
        likes: int = 0,
        leave_out: Sequence[int] = (),
    ) -> Post:
        """Publish. `late_s`: timelines and search find it that much later than its id says (default: the setting).

        A reply gets the names of the people it answers at its front, except the ids in `leave_out`, as X does.
        """
        with self.lock:
            user = self._may_write(author)
            parent = self.find_post(reply_to) if reply_to is not None else None
            created = to_ms(at) if at else self.clock.now_ms()
            number = self.clock.snowflake(created)
            names = self._names_before(user, parent, text, leave_out) if parent else ""
            lag = self.settings.index_lag_s if late_s is None else late_s
            post = Post(number, user.id, "", created, created + int(lag * 1000), number, [number], lang=lang)
            post.likes, post.views, post.prefix = likes, likes * 40 + user.followers // 20, len(names)
            self._write(post, names + text)
            if parent:
                post.conversation_id, post.reply_to = parent.conversation_id, parent.history[-1]
                post.reply_to_user = parent.author_id
                self._count(parent, "reply_count")
            if quote is not None:
                self._quote(post, self.find_post(quote))
            self._attach(post, media)
            return self.keep("post", post)

    def edit(self, post: Post | int, text: str, *, at: datetime | None = None) -> Post:
        """A new version under a new id. Timelines show only the latest."""
        with self.lock:
            old = self.find_post(post)
            old = self.posts[old.history[-1]]
            created = to_ms(at) if at else self.clock.now_ms()
            if old.reposts:
                raise NotPossible("A repost cannot be edited.")
            if len(old.history) > self.settings.edits:
                raise NotPossible(f"A post can be edited {self.settings.edits} times.")
            if created - self.posts[old.history[0]].created_ms > self.settings.edit_window_s * 1000:
                raise NotPossible("A post can be edited for an hour.")
            number = self.clock.snowflake(created)
            visible = created + int(self.settings.index_lag_s * 1000)
            new = replace(old, id=number, created_ms=created, visible_ms=visible, history=[*old.history, number])
            new.mentions, new.media, new.suffix = [], [], 0
            self._write(new, old.text[: old.prefix] + text)
            if new.quotes and new.quotes in self.posts:
                new.links.append(self._quote_link(new, self.posts[new.quotes]))
            self._attach(new, [self.media[key] for key in old.media])
            for version in old.history:
                self.posts[version].history = new.history
                self.keep("post", self.posts[version])
            return self.keep("post", new)

    def delete(self, post: Post | int) -> None:
        """All versions go; what they said is forgotten."""
        with self.lock:
            last = self.find_post(post)
            for version in [self.posts[number] for number in last.history]:
                version.deleted, version.text, version.links, version.media = True, "", [], []
                self.keep("post", version)
            for number, counter in (
                (last.reply_to, "reply_count"),
                (last.quotes, "quote_count"),
                (last.reposts, "repost_count"),
            ):
                if number in self.posts:
                    self._count(self.posts[number], counter, -1)

    def repost(self, author: Account | str, post: Post | int, *, at: datetime | None = None) -> Post:
        with self.lock:
            user = self._may_write(author)
            original = self.posts[self.find_post(post).history[-1]]
            writer = self.accounts[original.author_id]
            created = to_ms(at) if at else self.clock.now_ms()
            number = self.clock.snowflake(created)
            visible = created + int(self.settings.index_lag_s * 1000)
            text = f"RT @{writer.username}: {original.text}"
            if len(text) > REPOST_LENGTH:
                text = text[: REPOST_LENGTH - 1] + "…"
            copy = Post(number, user.id, text, created, visible, number, [number], reposts=original.id)
            copy.lang, copy.mentions, copy.links = original.lang, self._ids(text), list(original.links)
            self._count(original, "repost_count")
            return self.keep("post", copy)

    def picture(self, owner: Account | str, scene: str = "", alt: str = "", *, private: bool = False) -> Media:
        """A picture to attach; `scene` names what is drawn (see `pictures.SCENES`)."""
        with self.lock:
            number = self.clock.snowflake()
            made = Media(f"3_{number}", number, self.find(owner).id, self.clock.now_ms(), alt=alt, private=private)
            made.scene = scene or "sky"
            return self.keep("media", made)

    def hide(self, post: Post, hidden: bool = True) -> None:
        with self.lock:
            post.hidden = hidden
            self.keep("post", post)

    def like(self, who: Account | str, post: Post, *, liked: bool = True) -> None:
        """Liking twice counts once."""
        with self.lock:
            fans, number = self.likes_by_user.setdefault(self.find(who).id, set()), post.history[0]
            if liked != (number in fans):
                (fans.add if liked else fans.discard)(number)
                self._count(post, "likes", 1 if liked else -1)

    def versions(self, post: Post) -> list[Post]:
        """All versions of a post, oldest first."""
        with self.lock:
            return [self.posts[number] for number in post.history]

    def _may_write(self, author: Account | str) -> Account:
        user = self.find(author)
        if user.gone:
            raise NotPossible(f"@{user.username} is suspended or closed.")
        if len(self.posts) + len(self.dms) >= CAPACITY:
            raise NotPossible("The sandbox is full. Start it with an empty --state directory.")
        return user

    def _write(self, post: Post, text: str) -> None:
        post.text, post.links = texts.shorten_links(text, self.short_link)
        post.mentions = self._ids(text)

    def _ids(self, text: str) -> list[int]:
        return [self.ids_by_name[name.lower()] for name in texts.mentioned(text) if name.lower() in self.ids_by_name]

    def _names_before(self, user: Account, parent: Post, text: str, leave_out: Sequence[int]) -> str:
        names = [self.accounts[parent.author_id].username, *texts.leading_mentions(parent.text)]
        typed = {name.lower() for name in texts.leading_mentions(text + " ")} | {user.username.lower()}
        kept = dict.fromkeys(
            name
            for name in names
            if name.lower() not in typed and self.ids_by_name.get(name.lower()) not in set(leave_out)
        )
        return "".join(f"@{name} " for name in kept)

    def short_link(self) -> str:
        number, letters = int(self.secret("t.co", self.clock.snowflake(), length=14), 16), ""
        while len(letters) < 10:
            number, digit = divmod(number, 36)
            letters += BASE36[digit]
        return f"https://t.co/{letters}"

    def _quote(self, post: Post, quoted: Post) -> None:
        post.quotes = quoted.id
        self._count(quoted, "quote_count")
        post.links.append(self._quote_link(post, quoted))

    def _quote_link(self, post: Post, quoted: Post) -> Link:
        path = f"{self.accounts[quoted.author_id].username}/status/{quoted.id}"
        link = Link(self.short_link(), f"https://twitter.com/{path}", f"twitter.com/{path}"[:27] + "…")
        self._append(post, link.url)
        return link

    def _attach(self, post: Post, media: Sequence[Media]) -> None:
        """All pictures of a post share one address at its end, as on X."""
        if not media:
            return
        path = f"{self.accounts[post.author_id].username}/status/{post.id}/photo/1"
        link = Link(self.short_link(), f"https://twitter.com/{path}", f"pic.x.com/{post.id % 10**8}")
        self._append(post, link.url)
        post.media = [one.key for one in media]
        post.links += [replace(link, media_key=key) for key in post.media]

    @staticmethod
    def _append(post: Post, url: str) -> None:
        end = f" {url}" if post.text else url
        post.text, post.suffix = post.text + end, post.suffix + len(end)

    def _count(self, post: Post, counter: str, by: int = 1) -> None:
        for version in self.versions(post):
            setattr(version, counter, max(getattr(version, counter) + by, 0))
            self.keep("post", version)
