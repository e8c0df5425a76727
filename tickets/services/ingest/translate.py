"""Translate second: claims stored items in batches and takes them through the steps.

A batch is one transaction: a process that dies in the middle leaves the items as received. A batch that fails is
halved until the one item that cannot be stored is parked with its error; the rest go on.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from accounts.models import User
from tickets.channels.contract import CallEvent, Ignored
from tickets.channels.errors import BadPayload
from tickets.models import Channel, InboundItem
from tickets.services.channels import adapter_for
from tickets.services.events import changed, record
from tickets.services.ingest import (
    calls,
    edits,
    late,
    limits,
    messages,
    own_posts,
    people,
    returned,
    threads,
    tickets,
)
from tickets.services.ingest.acknowledge import acknowledge
from tickets.services.ingest.batch import Batch, Draft
from tickets.services.ingest.store import redact_payloads

logger = logging.getLogger(__name__)

BATCH = 100
BATCH_BYTES = 50 * 1024 * 1024
# First key of the advisory locks that keep one channel's translation in one process.
LOCK_CLASS = 7001


@dataclass
class Translated:
    """What became of the items: done, ignored by reason, parked."""

    done: int = 0
    parked: int = 0
    ignored: Counter[str] = field(default_factory=Counter)

    def count(self, items: Iterable[InboundItem]) -> None:
        for item in items:
            if item.state == InboundItem.State.DONE:
                self.done += 1
            elif item.state == InboundItem.State.PARKED:
                self.parked += 1
            elif item.state == InboundItem.State.IGNORED:
                self.ignored[item.reason] += 1


def translate(channel_id: int) -> Translated:
    """Translate all that a channel has received so far."""
    total = Translated()
    while ids := _due(channel_id):
        if not _translate(channel_id, ids, total):
            break
    return total


def replay(item_ids: Iterable[int], by: User) -> int:
    """Put parked items back in line. Returns how many were parked."""
    logger.info("replay of parked items by user %s", by.pk)
    return InboundItem.objects.filter(pk__in=list(item_ids), state=InboundItem.State.PARKED).update(
        state=InboundItem.State.RECEIVED, reason="", settled_at=None
    )


def hold(channel_id: int) -> None:
    """Until the end of the transaction nothing of this channel is translated elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, channel_id])


def _due(channel_id: int) -> list[int]:
    """The next batch, limited in number and, where the network sends bytes, in size; at least one item."""
    ready = Q(not_before=None) | Q(not_before__lte=timezone.now())
    items = InboundItem.objects.filter(ready, channel=channel_id, state=InboundItem.State.RECEIVED)
    ids: list[int] = []
    total = 0
    for id_, size in items.order_by("id").annotate(size=Length("raw")).values_list("id", "size")[:BATCH]:
        total += size or 0
        if ids and total > BATCH_BYTES:
            break
        ids.append(id_)
    return ids


def _translate(channel_id: int, ids: list[int], total: Translated, *, once_more: bool = True) -> int:
    """Returns how many items left the line."""
    try:
        with transaction.atomic():
            items = _claim(channel_id, ids)
            _run(channel_id, items)
    except (OperationalError, InterfaceError):
        # The database itself is in trouble: nothing is wrong with the items, they wait.
        raise
    except Exception as error:
        if len(ids) > 1:
            middle = len(ids) // 2
            return _translate(channel_id, ids[:middle], total) + _translate(channel_id, ids[middle:], total)
        if once_more and isinstance(error, IntegrityError):
            # Somebody else stored the same thing at this moment; now it is found.
            return _translate(channel_id, ids, total, once_more=False)
        return _park(ids[0], error, total)
    total.count(items)
    return sum(item.state != InboundItem.State.RECEIVED for item in items)


def _claim(channel_id: int, ids: list[int]) -> list[InboundItem]:
    hold(channel_id)
    waiting = InboundItem.objects.select_for_update().filter(pk__in=ids, state=InboundItem.State.RECEIVED)
    return list(waiting.order_by("id"))


def _park(item_id: int, error: Exception, total: Translated) -> int:
    logger.exception("item %s cannot be stored", item_id)
    words = "The database refused it" if isinstance(error, DatabaseError) else "It could not be translated"
    parked = InboundItem.objects.filter(pk=item_id, state=InboundItem.State.RECEIVED).update(
        state=InboundItem.State.PARKED,
        reason=f"{words}: {type(error).__name__}: {error}"[:2000],
        settled_at=timezone.now(),
    )
    total.parked += parked
    return parked


def _run(channel_id: int, items: list[InboundItem]) -> None:
    channel = Channel.objects.select_related("team").get(pk=channel_id)
    batch = Batch(channel, adapter_for(channel), timezone.now(), items)
    drafts = _normalise(batch)
    # People are locked before deliveries, and these before tickets, as by everybody who needs several of them.
    drafts = people.resolve(batch, drafts)
    calls.apply(batch)
    own_posts.lock(batch, drafts)
    edits.find_known(batch, drafts)
    _settle_ignored(batch)
    drafts = edits.apply(batch, drafts)
    drafts = own_posts.confirm(batch, drafts)
    threads.resolve(batch, drafts)
    drafts = tickets.resolve(batch, drafts)
    messages.write(batch, drafts)
    acknowledge(batch, drafts)
    _raise_reach(batch)
    record(batch.events)
    record(late.settle(batch))
    InboundItem.objects.bulk_update(items, ["state", "reason", "message", "settled_at", "not_before"])
    gone = [item.pk for item in items if item.message and item.message.deleted_at]
    if gone:
        redact_payloads(InboundItem.objects.filter(pk__in=gone))
    changed(batch.changed)


def _normalise(batch: Batch) -> list[Draft]:
    """The pure step. Oldest first, one revision of each post at a time: later ones wait for the next batch."""
    drafts: dict[str, Draft] = {}
    for item in batch.items:
        payload = {**item.payload, "raw": bytes(item.raw)} if item.raw is not None else item.payload
        try:
            result = limits.within(batch.adapter.normalise(payload), batch.now)
        except BadPayload as error:
            batch.park(item, error.text)
            continue
        if isinstance(result, Ignored):
            batch.ignored.append((item, result))
        elif isinstance(result, CallEvent):
            batch.calls.append((item, result))
        else:
            drafts.setdefault(item.external_id, Draft(item, result))
    return sorted(drafts.values(), key=lambda draft: (draft.inbound.occurred_at, draft.item.pk))


def _settle_ignored(batch: Batch) -> None:
    """What makes no message may tell of one of ours that it did not arrive."""
    for item, told in batch.ignored:
        batch.settle(item, InboundItem.State.IGNORED, told.reason, returned.apply(batch, told.not_delivered))


def _raise_reach(batch: Batch) -> None:
    """Or how often a known one was repeated; it then belongs to that message, and goes when that is deleted."""
    repeats = [(item, told.reach) for item, told in batch.ignored if told.reach]
    reach: dict[str, Counter[str]] = defaultdict(Counter)
    for _item, told in repeats:
        # The newest of several stands first in a page or last: the numbers of reposts only grow.
        reach[told.external_id] |= Counter(told.reach)
    repeated = edits.raise_reach(batch, reach) if reach else {}
    for item, told in repeats:
        item.message = repeated.get(told.external_id)
