"""The outbox: claim, write down the attempt, call the network with no transaction open, store the outcome."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from tickets.channels.contract import Outbound, OutboundFile, Person, Sent
from tickets.channels.errors import (
    AuthRevoked,
    BudgetExhausted,
    ChannelError,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unavailable,
    WindowClosed,
)
from tickets.models import Attachment, Channel, Delivery, DeliveryAttempt, Feed, IdentityChannel, Message
from tickets.services import channels, outcome, spending
from tickets.services.compose import person

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
FIRST_BACKOFF = timedelta(seconds=10)
LONGEST_BACKOFF = timedelta(minutes=15)
# An answer of unknown outcome is offered again after two complete polls over this time did not show it.
UNKNOWN_SETTLES_AFTER = timedelta(minutes=5)


def due(limit: int = 50) -> list[int]:
    """Deliveries whose time has come, on channels that work; a later part waits until the earlier ones are there."""
    now = timezone.now()
    earlier = Delivery.objects.filter(
        message__bundle=OuterRef("message__bundle"), message__part__lt=OuterRef("message__part")
    ).filter(~Q(state=Delivery.State.SENT) | Q(message__external_id=""))
    ready = Delivery.objects.filter(
        state=Delivery.State.PENDING, due_at__lte=now, channel__state=Channel.State.ACTIVE
    ).exclude(Exists(earlier))
    return list(ready.order_by("due_at").values_list("pk", flat=True)[:limit])


def deliver(delivery_id: int) -> str | None:
    """Send one delivery now; its new state, or None when it is not (or no longer) ours to send."""
    claimed = _claim(delivery_id)
    if claimed is None:
        return None
    delivery, attempt = claimed
    try:
        sent = channels.adapter_for(delivery.channel).send(_outbound(delivery))
    except ChannelError as error:
        _finish(delivery, attempt, error=error)
    except Exception as error:
        # Nobody knows how far it came.
        logger.exception("delivery %s ended unexpectedly", delivery_id)
        text = "Something unexpected happened while it was being sent."
        _finish(delivery, attempt, error=OutcomeUnknown(text, code=type(error).__name__))
    else:
        _finish(delivery, attempt, sent=sent)
    return delivery.state


def _claim(delivery_id: int) -> tuple[Delivery, DeliveryAttempt] | None:
    """Claim and attempt are committed before the network is called: a death on the way is seen afterwards."""
    now = timezone.now()
    with transaction.atomic():
        # A locked read, not an UPDATE with a join: that would look at the state before the lock was granted.
        mine = Delivery.objects.select_for_update(of=["self"], skip_locked=True).select_related(
            "channel", "message__in_reply_to"
        )
        delivery = mine.filter(
            pk=delivery_id, state=Delivery.State.PENDING, due_at__lte=now, channel__state=Channel.State.ACTIVE
        ).first()
        if delivery is None:
            return None
        delivery.state, delivery.leased_until = Delivery.State.SENDING, now + LEASE
        delivery.attempts += 1
        delivery.text_key = _text_key(delivery)
        delivery.save(update_fields=["state", "leased_until", "attempts", "text_key"])
        attempt = DeliveryAttempt.objects.create(delivery=delivery, started_at=now)
    return _with_relations(delivery_id), attempt


def _text_key(delivery: Delivery) -> str:
    """A part of a numbered answer stands under the one before, whose id is known only now."""
    message = delivery.message
    if message.part == 1 or message.in_reply_to is None:
        return delivery.text_key
    return outcome.text_key(message.visibility, message.in_reply_to.external_id, message.text)


def _with_relations(delivery_id: int) -> Delivery:
    return Delivery.objects.select_related(
        "channel", "message__user", "message__identity", "message__thread", "message__in_reply_to"
    ).get(pk=delivery_id)


def _outbound(delivery: Delivery) -> Outbound:
    message = delivery.message
    question = message.in_reply_to
    assert message.identity is not None
    return Outbound(
        delivery_id=delivery.pk,
        visibility=message.visibility,
        text=message.text,
        recipient=person(message.identity),
        in_reply_to=question.external_id if question else "",
        reply_data=question.reply_data if question else {},
        thread_key=message.thread.key if message.thread else "",
        references=_references(message),
        subject=message.subject,
        to=(person(message.identity),),
        cc=tuple(Person(one["address"], name=one["name"], handle=one["address"]) for one in message.cc),
        author_name=message.user.name if message.user else "",
        message_id=delivery.fixed_id,
        automatic=message.author_kind == Message.AuthorKind.AUTOMATION,
        files=tuple(_file(attachment) for attachment in message.attachments.filter(state=Attachment.State.STORED)),
    )


def _file(attachment: Attachment) -> OutboundFile:
    def keep(upload_id: str, until: datetime) -> None:
        Attachment.objects.filter(pk=attachment.pk).update(upload_id=upload_id, upload_until=until)

    alive = attachment.upload_until is not None and attachment.upload_until > timezone.now()
    try:
        content = attachment.file.read()
    except FileNotFoundError:
        text = f"{attachment.filename} is no longer on the disk. Attach it again and send the answer anew."
        raise Rejected(text, code="file_gone") from None
    upload_id = attachment.upload_id if alive else ""
    return OutboundFile(attachment.filename, attachment.content_type, content, upload_id, keep)


def _references(message: Message) -> tuple[str, ...]:
    """External ids of what was said before in the thread, oldest first."""
    if message.thread_id is None:
        return ()
    earlier = Message.objects.filter(thread=message.thread_id, occurred_at__lt=message.occurred_at)
    ids = earlier.exclude(external_id="").order_by("-occurred_at").values_list("external_id", flat=True)[:20]
    return tuple(reversed(ids))


def _finish(
    delivery: Delivery, attempt: DeliveryAttempt, *, sent: Sent | None = None, error: ChannelError | None = None
) -> None:
    with transaction.atomic():
        fresh = Delivery.objects.select_for_update(of=["self"]).select_related("message").get(pk=delivery.pk)
        delivery.state = fresh.state
        attempt.finished_at = timezone.now()
        attempt.outcome = "sent" if sent else type(error).__name__
        attempt.code, attempt.text = (error.code[:64], error.text) if error else ("", "")
        attempt.save()
        if sent:
            spending.spend(delivery.channel, sent.uses)
            _arrived(delivery, fresh, sent)
        elif error and _is_open(fresh, attempt):
            _failed(delivery, error)


def _arrived(delivery: Delivery, fresh: Delivery, sent: Sent) -> None:
    """Whatever was decided meanwhile, the network has it: nothing that waits to be sent again may leave."""
    if fresh.state == Delivery.State.SENT and fresh.message.external_id:
        # It was found there before, or a second try was faster: a poll should know this one, too.
        outcome.known_as(delivery, sent.external_ids)
        return
    outcome.accepted(
        delivery,
        external_ids=sent.external_ids,
        at=sent.sent_at,
        permalink=sent.permalink,
        thread_key=sent.thread_key,
    )


def _is_open(delivery: Delivery, attempt: DeliveryAttempt) -> bool:
    """An error says something about the newest try only."""
    open_ = delivery.state in (Delivery.State.SENDING, Delivery.State.UNKNOWN)
    return open_ and not delivery.tries.filter(pk__gt=attempt.pk).exists()


def _failed(delivery: Delivery, error: ChannelError) -> None:
    if isinstance(error, AuthRevoked | BudgetExhausted):
        channels.pause(delivery.channel, code=type(error).__name__, text=error.text)
        channels.note_error(delivery.channel, error.text)
        _again(delivery, error, timezone.now())
    elif isinstance(error, OutcomeUnknown) and not _idempotent(delivery):
        outcome.unknown(delivery, code=error.code, text=error.text)
    elif isinstance(error, Throttled | Unavailable | OutcomeUnknown):
        _retry_later(delivery, error)
    else:
        if isinstance(error, WindowClosed) and delivery.message.visibility == "private":
            _remember_refusal(delivery)
        outcome.failed(delivery, code=error.code, text=error.text)


def _idempotent(delivery: Delivery) -> bool:
    return delivery.channel.spec.capabilities.idempotent_send


def _retry_later(delivery: Delivery, error: ChannelError) -> None:
    now = timezone.now()
    wait = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(delivery.attempts, 10))
    at = now + wait
    if isinstance(error, Throttled) and error.retry_at:
        at = max(error.retry_at, now)
    if at >= delivery.give_up_at:
        outcome.failed(delivery, code=error.code, text=f"{error.text} We tried {delivery.attempts} times and gave up.")
    else:
        _again(delivery, error, at)


def _again(delivery: Delivery, error: ChannelError, at: datetime) -> None:
    delivery.state, delivery.due_at, delivery.leased_until = Delivery.State.PENDING, at, None
    delivery.error_code, delivery.error_text = error.code[:64], error.text[:2000]
    delivery.save(update_fields=["state", "due_at", "leased_until", "error_code", "error_text"])


def _remember_refusal(delivery: Delivery) -> None:
    IdentityChannel.objects.update_or_create(
        identity=delivery.message.identity, channel=delivery.channel, defaults={"private_open": False}
    )


def sweep_dead() -> int:
    """Deliveries whose worker died on the way: sent again where that is safe, unknown elsewhere."""
    sending = Delivery.objects.filter(state=Delivery.State.SENDING, leased_until__lt=timezone.now())
    dead = list(sending.values_list("pk", flat=True)[:100])
    for pk in dead:
        with transaction.atomic():
            delivery = _locked(pk, Delivery.State.SENDING)
            if delivery is None:
                continue
            error = OutcomeUnknown("The worker stopped while it was being sent.", code="worker_died")
            _failed(delivery, error)
    return len(dead)


def offer_again() -> int:
    """Unknown answers that two complete polls did not show: the agent is offered to send them again."""
    since = OuterRef("unknown_since")
    incomplete = Q(previous_ok_at=None) | Q(previous_ok_at__lt=since) | Q(ok_at__lt=since + UNKNOWN_SETTLES_AFTER)
    unread = Feed.objects.filter(incomplete, channel=OuterRef("channel"), next_poll_at__isnull=False)
    lost = Delivery.objects.filter(
        state=Delivery.State.UNKNOWN, offered_again_at=None, unknown_since__isnull=False
    ).exclude(Exists(unread))
    return lost.update(offered_again_at=timezone.now())


def _locked(pk: int, state: str) -> Delivery | None:
    row = Delivery.objects.select_for_update(of=["self"]).select_related("message", "channel")
    return row.filter(pk=pk, state=state).first()
