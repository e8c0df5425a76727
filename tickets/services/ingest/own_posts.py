"""Our own posts seen by a poll: first the confirmation of a delivery, only then something written elsewhere."""

from datetime import timedelta

from django.db.models import Q

from tickets.models import Delivery
from tickets.services.ingest.batch import Batch, Draft
from tickets.services.outcome import accepted, text_key

# While a delivery with the same words is being sent, its outcome comes first.
WAIT = timedelta(seconds=20)
# Answers that the network has no id for yet, as far as we know: an agent may have sent one of unknown outcome again,
# or have told us that it is there.
_MAY_BE_SEEN = Q(state__in=[Delivery.State.PENDING, Delivery.State.SENDING, Delivery.State.UNKNOWN]) | Q(
    state=Delivery.State.SENT, message__external_id=""
)


def lock(batch: Batch, drafts: list[Draft]) -> None:
    """Before known ids are looked up: an outcome that a worker is storing at this moment is waited for, then known."""
    ours = {key for draft in drafts if draft.is_ours for key in _keys(draft)}
    if not ours:
        return
    found = Delivery.objects.select_for_update(of=["self"]).filter(channel=batch.channel, text_key__in=ours)
    found = found.filter(_MAY_BE_SEEN).select_related("message").order_by("-id")
    batch.awaited = {delivery.text_key: delivery for delivery in found}


def confirm(batch: Batch, drafts: list[Draft]) -> list[Draft]:
    """Settle deliveries whose outcome is open; returns the drafts that are no confirmation."""
    return [draft for draft in drafts if not (draft.is_ours and _confirms(batch, draft))]


def _confirms(batch: Batch, draft: Draft) -> bool:
    delivery = next((batch.awaited[key] for key in _keys(draft) if key in batch.awaited), None)
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


def _keys(draft: Draft) -> list[str]:
    """By every place that an answer may have been written to: the post; the conversation, or who was to open it."""
    inbound = draft.inbound
    if inbound.visibility == "public":
        places = inbound.replies_to[:1] or ("",)
    else:
        places = (inbound.thread_key, *([inbound.party.external_id] if inbound.party else []))
    return [text_key(inbound.visibility, place, inbound.text) for place in places]
