"""What a telephone system tells of its calls: all events of a call are added up, and the row is brought to it."""

from dataclasses import replace

from tickets import states
from tickets.channels.calls import CallState, add_up
from tickets.channels.contract import INBOUND, CallEvent
from tickets.models import Attachment, Call, Identity, InboundItem, Message, Ticket
from tickets.services.call_tickets import CallLog, member_at, place, tell, tell_called, ticket_for, write
from tickets.services.ingest.batch import Batch
from tickets.services.ingest.people import find_or_create


def apply(batch: Batch) -> None:
    by_call: dict[str, list[tuple[InboundItem, CallEvent]]] = {}
    for item, told in batch.calls:
        by_call.setdefault(told.call, []).append((item, told))
    for name, news in by_call.items():
        state = add_up([*_known(batch, name), *(told for _item, told in news)])
        identity = find_or_create(batch.channel.kind, {state.party.external_id: state.party})[state.party.external_id]
        if identity.blocked_at:
            for item, _told in news:
                batch.ignore(item, "blocked_author")
            continue
        message = _bring_to(batch, state, identity)
        for item, _told in news:
            batch.done(item, message)


def _known(batch: Batch, name: str) -> list[CallEvent]:
    items = InboundItem.objects.filter(channel=batch.channel, external_id=name, state=InboundItem.State.DONE)
    told = [batch.adapter.normalise(payload) for payload in items.values_list("payload", flat=True)]
    return [one for one in told if isinstance(one, CallEvent)]


def _bring_to(batch: Batch, state: CallState, identity: Identity) -> Message:
    log = _log(state)
    by = member_at(state.answered_by)
    known = Call.objects.select_for_update(of=["self"]).filter(channel=batch.channel, external_id=state.external_id)
    call = known.select_related("message__thread").first()
    if call is None:
        message = write(batch.channel, by, log, identity)
        call, before = message.call, None
    else:
        message, before = call.message, _facts(call)
        call.outcome, call.started_at, call.answered_at = log.outcome, log.started_at, log.answered_at
        call.ended_at, call.hold_s = log.ended_at, log.hold_s
    if before is None or before[-1] is None:
        # Afterwards it is the agent who clears it, when the work is done.
        moved = {*call.extensions, *state.extensions}
        call.extensions = list(state.extensions)
        tell_called(moved)
    call.save()
    _name(message, identity, by_id=by.pk if by else None)
    _attach(batch, message, state)
    if message.ticket_id:
        ticket = Ticket.objects.select_for_update().get(pk=message.ticket_id)
        if before != _facts(call):
            tell(message, ticket, by, log)
        batch.changed.add(ticket.pk)
    elif state.ended_at and not (by and state.answered_at):
        # Whoever talked says where it belongs (tickets.services.calls); nobody else can.
        ticket, is_new = ticket_for(
            batch.channel, by, replace(log, ticket=_missed_before(batch, log, identity)), identity
        )
        place(message, ticket, by, log, is_new=is_new)
        batch.changed.add(ticket.pk)
    return message


def _missed_before(batch: Batch, log: CallLog, identity: Identity) -> int | None:
    """Who rings again before being called back waits in the same ticket."""
    if log.answered_at or log.direction != INBOUND:
        return None
    waiting = Ticket.objects.filter(channel=batch.channel, requester=identity, status__in=states.OUR_TURN)
    return waiting.order_by("-pk").values_list("pk", flat=True).first()


def _facts(call: Call) -> tuple[object, ...]:
    return call.outcome, call.answered_at, call.ended_at


def _name(message: Message, identity: Identity, by_id: int | None) -> None:
    """Who called and who answered may be told after the first event."""
    assert message.thread is not None
    if message.ticket_id is None and message.identity_id != identity.pk:
        message.identity = message.thread.identity = identity
        message.thread.save(update_fields=["identity"])
    message.user_id = by_id or message.user_id
    message.save(update_fields=["identity", "user"])


def _log(state: CallState) -> CallLog:
    return CallLog(
        external_id=state.external_id,
        caller=state.party,
        direction=state.direction,
        outcome=state.outcome,
        started_at=state.started_at,
        answered_at=state.answered_at,
        ended_at=state.ended_at,
        hold_s=state.hold_s,
    )


def _attach(batch: Batch, message: Message, state: CallState) -> None:
    """Recordings and voicemail are fetched by the worker, as every file of a message is."""
    known = set(message.attachments.values_list("source_url", flat=True))
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            kind=media.kind,
            filename=media.filename,
            source_url=media.url,
            next_try_at=batch.now,
        )
        for media in state.media
        if media.url not in known
    )
