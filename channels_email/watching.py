"""Mailboxes that say when mail arrives (IDLE): the worker listens at each and rings for a poll at once.

A convenience only: every folder is polled in its interval, whether anybody listens or not.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from channels_email.adapter import EmailAdapter
from channels_email.mailbox import opened
from channels_email.polling import feeds
from tickets.channels.contract import Account
from tickets.channels.errors import ChannelError
from tickets.models import Channel, Feed
from tickets.services.channels import account_of
from tickets.tasks import poll_feed

logger = logging.getLogger(__name__)

# Servers and firewalls forget connections on which nothing is said.
RENEW_S = 9 * 60
LOOK_ROUND_S = 15
LEASE_S = 60


class Listener(threading.Thread):
    """Listens at the first folder of one mailbox and calls `ring` for each sign of new mail, until `stop` is set."""

    def __init__(self, account: Account, ring: Callable[[], None]) -> None:
        super().__init__(name=f"mailbox {account.channel_id}", daemon=True)
        self.account = account
        self.ring = ring
        self.stop = threading.Event()

    def run(self) -> None:
        try:
            with opened(self.account) as box:
                box.folder.set(feeds(self.account)[0].name, readonly=True)
                if "IDLE" not in box.client.capabilities:
                    # Polling is all there is.
                    self.stop.wait()
                while not self.stop.is_set():
                    self._listen(box)
        except ChannelError as error:
            # The next poll meets the same and tells the admin; somebody listens again at the next look round.
            logger.info("listening at mailbox %s ended: %s", self.account.channel_id, error.text)

    def _listen(self, box: Any) -> None:
        with box.idle as idle:
            # Whatever came before somebody listened.
            self.ring()
            until = time.monotonic() + RENEW_S
            while not self.stop.is_set() and time.monotonic() < until:
                if any(b"EXISTS" in line for line in idle.poll(timeout=1)):
                    self.ring()


class LookRound(threading.Thread):
    """Keeps one listener at each mailbox, whichever worker it runs in."""

    def __init__(self) -> None:
        super().__init__(name="mailboxes", daemon=True)
        self.me = uuid4().hex
        self.listeners: dict[int, Listener] = {}

    def run(self) -> None:
        while True:
            try:
                self.look()
            except Exception:
                logger.exception("mailboxes cannot be listened at now")
            finally:
                connections.close_all()
            time.sleep(LOOK_ROUND_S)

    def look(self) -> None:
        channels = Channel.objects.filter(kind=EmailAdapter.kind.kind, state=Channel.State.ACTIVE)
        wanted = {channel.pk: account for channel in channels if feeds(account := account_of(channel))}
        for channel_id, listener in list(self.listeners.items()):
            now = wanted.get(channel_id)
            if now is None or not listener.is_alive() or _changed(listener.account, now):
                listener.stop.set()
                del self.listeners[channel_id]
        for channel_id, account in wanted.items():
            if self._is_mine(channel_id) and channel_id not in self.listeners:
                self.listeners[channel_id] = Listener(account, partial(ring, channel_id))
                self.listeners[channel_id].start()

    def _is_mine(self, channel_id: int) -> bool:
        """Several workers share the mailboxes; who is not heard of for a minute loses its own."""
        key = f"mailbox-listener:{channel_id}"
        if cache.add(key, self.me, LEASE_S):
            return True
        return cache.get(key) == self.me and cache.touch(key, LEASE_S)


def _changed(before: Account, now: Account) -> bool:
    # An access token is renewed every hour: that is no reason to connect again.
    return before.options != now.options or before.credentials.get("password") != now.credentials.get("password")


def ring(channel_id: int) -> None:
    """Poll the mailbox now."""
    try:
        due = Feed.objects.filter(channel=channel_id).exclude(next_poll_at=None)
        due.update(next_poll_at=timezone.now())
        for feed_id in due.values_list("pk", flat=True):
            poll_feed.apply_async([feed_id], expires=30)
    finally:
        # A listener rings now and then and keeps no connection meanwhile.
        connections.close_all()


def start(**_: Any) -> None:
    LookRound().start()
