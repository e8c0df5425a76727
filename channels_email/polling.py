"""A folder of a mailbox, read page by page. Nothing in the mailbox changes before its message is committed here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from imaplib import Internaldate2tuple
from time import mktime
from typing import Any

from imap_tools import AND, BaseMailBox, MailMessageFlags, U

from channels_email.items import item_of
from channels_email.mailbox import opened
from channels_email.parsing.limits import MAX_BYTES
from tickets.channels.contract import Account, FeedSpec, Page, RawItem
from tickets.channels.errors import Unavailable

SENT = "sent"
LEAVE, SEEN, MOVE = "leave", "seen", "move"
PAGE_MESSAGES = 50
PAGE_BYTES = 20 * 1024 * 1024
# After a folder was numbered anew, mail from this long before the newest known one is looked at again.
OVERLAP = timedelta(days=1)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"\bUID (\d+)")


def feeds(account: Account) -> tuple[FeedSpec, ...]:
    """A feed for each folder of incoming mail, and one for what colleagues answer in their own mail programs."""
    if not account.options.get("imap_host"):
        return ()
    names = [name.strip() for name in (account.options.get("imap_folder") or "INBOX").split(",")]
    found = [FeedSpec(name, name) for name in dict.fromkeys(names) if name]
    sent = account.options.get("imap_sent_folder", "").strip()
    return (*found, FeedSpec(f"{SENT}:{sent}", sent)) if sent else tuple(found)


@dataclass(frozen=True)
class _Walk:
    """Which messages are read: those after `start`. The first contact with a folder ends at `until` and takes only
    what nobody has read yet; a folder that was numbered anew is read since `since`."""

    start: int
    until: int | None = None
    since: str | None = None

    def rest(self) -> dict[str, Any]:
        return {key: value for key, value in (("until", self.until), ("since", self.since)) if value}


@dataclass(frozen=True)
class _Found:
    uid: int
    size: int
    received_at: datetime


def fetch(account: Account, feed: str, cursor: dict[str, Any]) -> Page:
    """The next page.

    The cursor is {"uidvalidity", "uid": the last one read, "newest": when the newest came}, with "until" and "since" of
    an unfinished walk, and "settle": what the page before held, which is stored by now, so the mailbox may be told.
    """
    if feed not in {spec.name for spec in feeds(account)}:
        # The options name it no longer.
        return Page([], cursor)
    is_sent = feed.startswith(f"{SENT}:")
    with opened(account) as box:
        box.folder.set(feed.removeprefix(f"{SENT}:"))
        validity, next_uid = _number(box, "UIDVALIDITY"), _number(box, "UIDNEXT")
        if cursor.get("uidvalidity") == validity:
            _settle(box, account, cursor.get("settle", []))
        walk = _walk(cursor, validity, next_uid, is_sent)
        uids = _search(box, walk)
        page = _fitting(list(_sizes(box, uids[:PAGE_MESSAGES])))
        items = list(_items(box, page, SENT if is_sent else ""))
    last = max([walk.start, *(found.uid for found in page)])
    newest = max([str(cursor.get("newest", "")), *(found.received_at.isoformat() for found in page)])
    following = {"uidvalidity": validity, "uid": last, "newest": newest}
    more = len(uids) > len(page)
    following |= walk.rest() if more else {"uid": max(last, walk.until or 0)}
    if page and not is_sent and _after(account) != LEAVE:
        # One more visit, to tell the mailbox.
        following["settle"], more = [found.uid for found in page], True
    return Page(items, following, more=more)


def _walk(cursor: dict[str, Any], validity: int, next_uid: int, is_sent: bool) -> _Walk:
    if cursor.get("uidvalidity") == validity:
        return _Walk(cursor["uid"], cursor.get("until"), cursor.get("since"))
    if cursor.get("newest"):
        return _Walk(0, since=(datetime.fromisoformat(cursor["newest"]) - OVERLAP).date().isoformat())
    # What was sent before the mailbox was connected belongs to no ticket.
    return _Walk(next_uid - 1 if is_sent else 0, until=next_uid - 1)


def _number(box: BaseMailBox, name: str) -> int:
    value = box.client.response(name)[1][0]
    if value is None:
        raise Unavailable(f"The mail server does not say {name}, without which no mail can be told from another.")
    return int(value)


def _search(box: BaseMailBox, walk: _Walk) -> list[int]:
    if walk.until is not None and walk.start >= walk.until:
        return []
    criteria: dict[str, Any] = {"uid": U(str(walk.start + 1), str(walk.until or "*"))}
    if walk.until is not None:
        criteria["seen"] = False
    if walk.since:
        criteria["date_gte"] = datetime.fromisoformat(walk.since).date()
    # "7:*" names the last message even where that is number 5.
    return sorted(uid for uid in map(int, box.uids(AND(**criteria))) if uid > walk.start)


def _sizes(box: BaseMailBox, uids: list[int]) -> Iterator[_Found]:
    for head, _ in _fetched(box, uids, "(UID RFC822.SIZE INTERNALDATE)"):
        uid, size, date = _UID.search(head), _SIZE.search(head), Internaldate2tuple(head)
        if uid and size:
            at = datetime.fromtimestamp(mktime(date), UTC) if date else datetime.now(UTC)
            yield _Found(int(uid[1]), int(size[1]), at)


def _fitting(found: list[_Found]) -> list[_Found]:
    """As many as fit into a page, in order; at least one."""
    total = 0
    page: list[_Found] = []
    for one in sorted(found, key=lambda one: one.uid):
        total += one.size
        if page and total > PAGE_BYTES:
            break
        page.append(one)
    return page


def _items(box: BaseMailBox, page: list[_Found], folder: str) -> Iterator[RawItem]:
    by_uid = {one.uid: one for one in page}
    small = [one.uid for one in page if one.size <= MAX_BYTES]
    large = [one.uid for one in page if one.size > MAX_BYTES]
    # What is too large to be read is parked by its beginning; the whole of it stays in the mailbox.
    parts = [*_fetched(box, small, "(UID BODY.PEEK[])"), *_fetched(box, large, f"(UID BODY.PEEK[]<0.{MAX_BYTES + 1}>)")]
    for head, raw in parts:
        uid = _UID.search(head)
        if uid and raw and int(uid[1]) in by_uid:
            yield item_of(raw, by_uid[int(uid[1])].received_at, folder)


def _fetched(box: BaseMailBox, uids: list[int], what: str) -> Iterator[tuple[bytes, bytes]]:
    """(what the server says about a message, the bytes it sends with it)"""
    if not uids:
        return
    _, answer = box.client.uid("FETCH", ",".join(map(str, uids)), what)
    for number, part in enumerate(answer or []):
        if isinstance(part, tuple):
            # Some servers say the UID after the bytes.
            after = answer[number + 1] if number + 1 < len(answer) else b""
            yield part[0] + (after if isinstance(after, bytes) else b""), part[1]
        elif part and "BODY" not in what:
            yield part, b""


def _after(account: Account) -> str:
    return account.options.get("imap_after") or SEEN


def _settle(box: BaseMailBox, account: Account, uids: list[int]) -> None:
    """Tell the mailbox what is stored here. Doing it twice does no harm."""
    if not uids:
        return
    named = [str(uid) for uid in uids]
    if _after(account) == SEEN:
        box.flag(named, MailMessageFlags.SEEN, True)
    elif _after(account) == MOVE:
        folder = account.options.get("imap_done_folder") or "Done"
        if not box.folder.exists(folder):
            box.folder.create(folder)
        box.move(named, folder)


def check(account: Account) -> None:
    """Sign in and look at every folder. Raises the errors of the channel contract."""
    folders = feeds(account)
    if not folders:
        return
    with opened(account) as box:
        for feed in folders:
            box.folder.set(feed.name.removeprefix(f"{SENT}:"), readonly=True)
