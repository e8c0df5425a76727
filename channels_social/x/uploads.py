"""Pictures that go out: X takes them first, for a day, and the post or message then names them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from channels_social.x.client import Client
from channels_social.x.parts import ID
from channels_social.x.shapes import number, text_of
from tickets.channels.contract import PUBLIC, FileLimits, OutboundFile
from tickets.channels.errors import Unavailable, Unsupported

# In one request; films and moving pictures need several, and time on X's side.
PICTURES = ("image/jpeg", "image/png", "image/webp")
POST_FILES = FileLimits(count=4, bytes=5_000_000, types=PICTURES)
MESSAGE_FILES = FileLimits(count=1, bytes=5_000_000, types=PICTURES)
CATEGORIES = {True: "tweet_image", False: "dm_image"}
# Not used again in the last moments of its life.
MARGIN = timedelta(minutes=5)


def presentable(files: Sequence[OutboundFile], visibility: str) -> None:
    """Raises Unsupported for what X would not take, before anything is sent."""
    limits = POST_FILES if visibility == PUBLIC else MESSAGE_FILES
    if len(files) > limits.count:
        raise Unsupported(f"X takes at most {limits.count} pictures here.", feature="files")
    for file in files:
        if file.content_type not in limits.types:
            raise Unsupported(f"X takes pictures only (JPEG, PNG, WebP), not {file.filename}.", feature="files")
        if len(file.content) > limits.bytes:
            raise Unsupported(f"X takes pictures up to 5 MB; {file.filename} is larger.", feature="files")


def upload(client: Client, files: Sequence[OutboundFile], visibility: str) -> list[str]:
    """X's ids of the files; what an earlier try left there is not sent again."""
    return [file.upload_id or _upload(client, file, CATEGORIES[visibility == PUBLIC]) for file in files]


def _upload(client: Client, file: OutboundFile, category: str) -> str:
    made = client.upload(file.content, category).one
    media_id = text_of(made, "id")
    if not ID.fullmatch(media_id):
        raise Unavailable("X took the picture but did not say how it is called.")
    if file.keep:
        life = timedelta(seconds=number(made.get("expires_after_secs")) or 0)
        file.keep(media_id, datetime.now(UTC) + life - MARGIN)
    return media_id
