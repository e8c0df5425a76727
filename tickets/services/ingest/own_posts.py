"""Our own posts seen by a poll: first the confirmation of a delivery, only then something written elsewhere."""

from datetime import timedelta

from tickets.models import Delivery
from tickets.services.ingest.batch import Batch, Draft
from tickets.services.outcome import accepted, text_key

# While a delivery with the same words is being sent, its outcome comes first.
WAIT = timedelta(seconds=20)


def lock(batch: Batch, drafts: list[Draft]) -> None:
    """Before known ids are looked up: an outcome that a worker is storing at this moment is waited for, then known."""
    ours = {_key(draft) for draft in drafts if draft.is_ours}
    if not ours:
        return
    open_ = Delivery.objects.select_for_update(of=["self"]).filter(
        channel=batch.channel,
        text_key__in=ours,
        state__in=[Delivery.State.SENDING, Delivery.State.UNKNOWN],
    )
    batch.awaited = {delivery.text_key: delivery for delivery in open_.select_related("message").order_by("-id")}


def confirm(batch: Batch, drafts: list[Draft]) -> list[Draft]:
    """Settle deliveries of unknown outcome; returns the drafts that are no confirmation."""
    return [draft for draft in drafts if not (draft.is_ours and _confirms(batch, draft))]


def _confirms(batch: Batch, draft: Draft) -> bool:
    delivery = batch.awaited.get(_key(draft))
    if delivery is None or draft.inbound.occurred_at < delivery.message.occurred_at - timedelta(minutes=1):
        return False
    if delivery.state == Delivery.State.SENDING:
        draft.item.not_before = batch.now + WAIT
        return True
    del batch.awaited[delivery.text_key]
    accepted(
        delivery,
        external_ids=draft.inbound.external_ids,
        at=draft.inbound.occurred_at,
        permalink=draft.inbound.permalink,
        thread_key=draft.inbound.thread_key,
    )
    batch.done(draft.item, delivery.message)
    return True


def _key(draft: Draft) -> str:
    inbound = draft.inbound
    if inbound.visibility == "public":
        parent = inbound.replies_to[0] if inbound.replies_to else ""
    else:
        parent = inbound.party.external_id if inbound.party else inbound.thread_key
    return text_key(inbound.visibility, parent, inbound.text)
