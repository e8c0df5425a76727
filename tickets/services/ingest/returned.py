"""What we sent and what came back: a bounce is shown at the message that bounced."""

from collections.abc import Iterable

from tickets.channels.contract import NotDelivered
from tickets.models import Delivery, Message, MessageRef
from tickets.services import outcome
from tickets.services.ingest.batch import Batch


def apply(batch: Batch, reports: Iterable[NotDelivered]) -> Message | None:
    """Settle the deliveries that the reports are about; returns the message that did not arrive."""
    message = None
    for report in reports:
        message = _message(batch, report) or message
        delivery = message and Delivery.objects.select_for_update().filter(message=message).first()
        if delivery is None or not _was_for(delivery.message, report):
            continue
        if report.final and delivery.state == Delivery.State.SENT:
            outcome.failed(delivery, code=report.code, text=report.text)
        elif delivery.state == Delivery.State.SENT:
            _note(batch, delivery, report)
    return message


def _note(batch: Batch, delivery: Delivery, report: NotDelivered) -> None:
    """It was sent, and the other server is still trying: worth reading, nothing to do."""
    delivery.error_code, delivery.error_text = report.code[:64], report.text[:2000]
    delivery.save(update_fields=["error_code", "error_text"])
    if delivery.message.ticket_id:
        batch.changed.add(delivery.message.ticket_id)


def _message(batch: Batch, report: NotDelivered) -> Message | None:
    known = MessageRef.objects.filter(channel=batch.channel, external_id=report.external_id)
    ref = known.select_related("message").first() if report.external_id else None
    return ref.message if ref and ref.message.direction == Message.Direction.OUTBOUND else None


def _was_for(message: Message, report: NotDelivered) -> bool:
    """Anybody can send a bounce: one about somebody who did not get the message says nothing about it."""
    people = [*message.to, *message.cc]
    return not report.address or report.address.lower() in {str(one["address"]).lower() for one in people}
