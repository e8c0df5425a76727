"""Pictures: uploads through the API, bytes for whoever shows them."""

import base64
import binascii
import re

from flask import request

from sandbox import pictures
from sandbox.x.model import Media
from sandbox.x.reading import dm_events
from sandbox.x.store import UPLOADS_BYTES
from sandbox.x.wire.call import Answer, Call
from sandbox.x.wire.problems import forbidden, invalid_body, not_found
from sandbox.x.world import World

IMAGE_BYTES = 5_000_000
CATEGORIES = {"tweet_image", "dm_image", "tweet_gif", "dm_gif"}
SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
LIFE_S = 86_400


def upload(call: Call) -> Answer:
    """One-shot upload of a picture, JSON with base64 or multipart."""
    category, body = uploaded(call)
    if category not in CATEGORIES:
        raise invalid_body(f"$.media_category: does not have a value in the enumeration {sorted(CATEGORIES)}")
    kind = next((kind for head, kind in SIGNATURES.items() if body.startswith(head)), None)
    if kind is None or len(body) > IMAGE_BYTES:
        raise invalid_body("The media is not a picture of a supported type, or is larger than 5 MB.")
    world = call.world
    if world.store.uploaded_bytes() + len(body) > UPLOADS_BYTES:
        raise forbidden("The sandbox keeps no more uploaded pictures.")
    media = world.picture(call.user, private=category.startswith("dm_"))
    media.scene, media.content_type = None, kind
    world.keep("media", media)
    world.store.upload(media.key, body)
    data = {
        "id": str(media.id),
        "media_key": media.key,
        "size": len(body),
        "expires_after_secs": LIFE_S,
        "image": {"image_type": kind, "w": media.width, "h": media.height},
    }
    return Answer(body={"data": data})


def uploaded(call: Call) -> tuple[str, bytes]:
    if request.mimetype == "multipart/form-data":
        file = request.files.get("media")
        return request.form.get("media_category", ""), file.read(IMAGE_BYTES + 1) if file else b""
    call.check_body("media", "media_category", "media_type", "shared", "additional_owners")
    try:
        body = base64.b64decode(str(call.body.get("media", "")), validate=True)
    except binascii.Error as error:
        raise invalid_body("$.media: is not base64") from error
    return str(call.body.get("media_category", "")), body


def private(call: Call, dm_id: str, media_id: str, resource_id: str) -> Answer:
    """The bytes of a picture in a message of the caller's."""
    event = next((one for one in dm_events(call.world, call.user) if str(one.id) == dm_id), None)
    key = f"3_{media_id}"
    if event is None or key not in event.media or not resource_id.startswith(key):
        raise not_found()
    body, kind = content(call.world, call.world.media[key])
    return Answer(body=body, content_type=kind)


def content(world: World, media: Media) -> tuple[bytes, str]:
    """(bytes, content type)"""
    stored = world.store.uploaded(media.key) if media.scene is None else None
    return (stored, media.content_type) if stored else (pictures.draw(media.scene or "sky"), "image/png")


def public(world: World, name: str) -> Answer:
    """`/media/<name>`: a picture of a post, or somebody's profile picture."""
    if found := re.fullmatch(r"profile-([0-9]{1,19})\.png", name):
        return Answer(body=pictures.face(int(found[1])), content_type="image/png")
    with world.lock:
        media = world.media.get(name.partition(".")[0])
        if media is None or media.private:
            raise not_found()
        body, kind = content(world, media)
    return Answer(body=body, content_type=kind)
