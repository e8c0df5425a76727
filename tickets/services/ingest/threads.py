"""Where it was said: the thread of the first known message that it answers, of its key, or of its subject."""

from datetime import timedelta

from django.db.models.functions import Lower

from tickets.models import Message, Thread
from tickets.services.ingest.batch import Batch, Draft

# So long after the newest message with a subject an answer that names only this subject joins it.
SUBJECT_HOLDS = timedelta(days=14)


def resolve(batch: Batch, drafts: list[Draft]) -> None:
    """Give every draft its thread and the message that it answers; missing threads are made."""
    by_key = _by_key(batch, {draft.inbound.thread_key for draft in drafts})
    by_subject = _by_subject(batch, [draft for draft in drafts if draft.inbound.thread_key not in by_key])
    in_batch = {id_: draft for draft in drafts for id_ in draft.inbound.external_ids}
    made: list[Thread] = []
    for draft in drafts:
        draft.parent = _parent(batch, draft)
        draft.thread = _answered(batch, draft, in_batch) or by_key.get(draft.inbound.thread_key)
        draft.thread = draft.thread or by_subject.get(_subject_of(draft))
        if draft.thread is None:
            draft.thread = by_key[draft.inbound.thread_key] = _new(batch, draft)
            made.append(draft.thread)
        elif draft.thread.identity_id is None and draft.thread.pk and draft.party:
            draft.thread.identity = draft.party
            draft.thread.save(update_fields=["identity"])
    Thread.objects.bulk_create(made)


def _by_key(batch: Batch, keys: set[str]) -> dict[str, Thread]:
    return {thread.key: thread for thread in Thread.objects.filter(channel=batch.channel, key__in=keys)}


def _subject_of(draft: Draft) -> tuple[int | None, str]:
    return draft.party.pk if draft.party else None, draft.inbound.answers_subject


def _by_subject(batch: Batch, drafts: list[Draft]) -> dict[tuple[int | None, str], Thread]:
    """(person, subject) -> the newest thread of this person about it: never of anybody else."""
    wanted = {_subject_of(draft) for draft in drafts if draft.party and draft.inbound.answers_subject}
    if not wanted:
        return {}
    subjects = {form for _, subject in wanted for form in (subject, f"re: {subject}")}
    said = Message.objects.filter(
        channel=batch.channel,
        identity__in={person for person, _ in wanted},
        thread__identity__in={person for person, _ in wanted},
        occurred_at__gte=batch.now - SUBJECT_HOLDS,
    ).annotate(lower_subject=Lower("subject"))
    found: dict[tuple[int | None, str], Thread] = {}
    for message in said.filter(lower_subject__in=subjects).select_related("thread").order_by("occurred_at", "id"):
        assert message.thread is not None
        if message.thread.identity_id == message.identity_id:
            found[message.identity_id, message.lower_subject.removeprefix("re: ")] = message.thread
    return found


def _new(batch: Batch, draft: Draft) -> Thread:
    return Thread(
        channel=batch.channel,
        key=draft.inbound.thread_key,
        visibility=draft.inbound.visibility,
        identity=draft.party,
    )


def _parent(batch: Batch, draft: Draft) -> Message | None:
    return next((batch.known[id_] for id_ in draft.inbound.replies_to if id_ in batch.known), None)


def _answered(batch: Batch, draft: Draft, in_batch: dict[str, Draft]) -> Thread | None:
    for id_ in draft.inbound.replies_to:
        answered = batch.known.get(id_) or in_batch.get(id_)
        thread = answered.thread if answered else None
        if thread and _fits(thread, draft):
            return thread
    return None


def _fits(thread: Thread, draft: Draft) -> bool:
    """Several people may write under one public post: each has a thread of their own, under the right customer."""
    if thread.visibility != draft.inbound.visibility:
        return False
    if draft.inbound.shared_thread:
        return True
    if draft.is_ours:
        return thread.identity_id is not None
    return thread.identity_id is not None and thread.identity_id == (draft.party.pk if draft.party else None)
