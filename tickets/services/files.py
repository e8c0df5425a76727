"""Files that agents send: stored with the draft as soon as they are chosen, moved to the message that is sent."""

import hashlib
import mimetypes
from collections.abc import Iterable, Sequence
from functools import partial

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.models import User
from tickets.channels.contract import FileLimits
from tickets.models import Attachment, Draft, Message
from tickets.models.attachment import PICTURES
from tickets.services.errors import Refused

# What a note holds, and the most that any answer could.
NOTE_FILES = FileLimits(count=20, bytes=25 * 2**20, together=100 * 2**20)
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
UNKNOWN = "application/octet-stream"


def written(number: int, user: User) -> list[Attachment]:
    """The files that lie beside this person's draft."""
    return list(Attachment.objects.filter(draft__ticket=number, draft__user=user))


def add(number: int, user: User, uploads: Iterable[UploadedFile], *, way: str) -> list[str]:
    """Keep files with the draft. Returns why some were not kept, in words for the agent."""
    uploads, refused = list(uploads), []
    if not uploads:
        return []
    with transaction.atomic():
        draft, _created = Draft.objects.select_for_update().get_or_create(
            ticket_id=number, user=user, defaults={"way": way}
        )
        kept = list(draft.attachments.all())
        for upload in uploads:
            fresh = _described(draft, upload)
            empty = [] if fresh.size else [_("%(name)s is empty.") % {"name": fresh.filename}]
            if reasons := empty or problems(NOTE_FILES, [*kept, fresh]):
                refused.append(reasons[0])
                continue
            fresh.save()
            fresh.file.save("", upload)
            kept.append(fresh)
    return refused


def _described(draft: Draft, upload: UploadedFile) -> Attachment:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    content_type = _type_of(upload)
    return Attachment(
        draft=draft,
        kind="photo" if content_type in PICTURES else "file",
        filename=(upload.name or "")[:255],
        content_type=content_type,
        size=upload.size or 0,
        sha256=digest.hexdigest(),
        state=Attachment.State.STORED,
    )


def _type_of(upload: UploadedFile) -> str:
    """What the first bytes say about pictures, the name about everything else; a browser's word counts for nothing."""
    head = upload.read(16)
    upload.seek(0)
    for signature, content_type in _SIGNATURES.items():
        if head.startswith(signature):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    guessed = mimetypes.guess_type(upload.name or "")[0] or UNKNOWN
    return UNKNOWN if guessed in PICTURES else guessed[:127]


def problems(limits: FileLimits, files: Sequence[Attachment]) -> list[str]:
    """Why these files cannot go out together where `limits` hold; empty when they can."""
    if files and not limits.count:
        return [_("Files cannot be sent here.")]
    found = []
    if len(files) > limits.count:
        found.append(_("%(n)s files are too many: at most %(most)s.") % {"n": len(files), "most": limits.count})
    for file in files:
        name = {"name": file.filename}
        if limits.types and file.content_type not in limits.types:
            types = {"types": type_names(limits)}
            found.append(_("%(name)s cannot go here: only %(types)s.") % (name | types))
        elif file.size > limits.bytes:
            size = {"size": filesizeformat(file.size), "most": filesizeformat(limits.bytes)}
            found.append(_("%(name)s is too large: %(size)s of at most %(most)s.") % (name | size))
    whole = sum(file.size for file in files)
    if limits.together and whole > limits.together:
        sizes = {"size": filesizeformat(whole), "most": filesizeformat(limits.together)}
        found.append(_("The files are too large together: %(size)s of at most %(most)s.") % sizes)
    return found


def type_names(limits: FileLimits) -> str:
    """JPEG, PNG, WebP"""
    return ", ".join(content_type.partition("/")[2].upper() for content_type in limits.types)


def in_words(limits: FileLimits) -> str:
    """What may be attached, for the button that does it."""
    if not limits.count:
        return _("Files cannot be sent here.")
    words = {"most": limits.count, "size": filesizeformat(limits.bytes), "types": type_names(limits)}
    if limits.types:
        return _("Attach files: at most %(most)s (%(types)s) of %(size)s each") % words
    return _("Attach files: at most %(most)s of %(size)s each") % words


def give(message: Message, files: Sequence[Attachment], limits: FileLimits) -> None:
    """Files of a draft become files of the message. Raises Refused where they do not fit."""
    if found := problems(limits, files):
        raise Refused(" ".join(found))
    Attachment.objects.filter(pk__in=[file.pk for file in files]).update(message=message, draft=None)


def take_back(message: Message, draft: Draft) -> None:
    """A withdrawn answer's files lie beside the draft again."""
    message.attachments.update(message=None, draft=draft)


def copy(message: Message, draft: Draft) -> None:
    """Its own bytes for each: either may be removed."""
    for file in message.attachments.filter(state=Attachment.State.STORED):
        twin = Attachment.objects.create(
            draft=draft,
            kind=file.kind,
            filename=file.filename,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            state=file.state,
        )
        with file.file.open("rb") as content:
            twin.file.save("", File(content))


def remove(attachment: Attachment) -> None:
    """Its row now, its bytes once nobody can go back any more."""
    storage, name = attachment.file.storage, attachment.file.name
    attachment.delete()
    if name:
        transaction.on_commit(partial(storage.delete, name))
