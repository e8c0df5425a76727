"""Files come through the worker within limits; what the author deleted is redacted here too."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.loopback import BRAND
from tickets.channels.errors import Unavailable
from tickets.models import Attachment, InboundItem, Message, Ticket
from tickets.services import deletions, media
from tickets.services.ingest import translate
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db
URL = "https://pictures.example/bag.png"


@pytest.fixture
def read(channel, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def once():
        poll(channel.feeds.get().pk)
        translate(channel.pk)

    return once


def fetch_all():
    for attachment in media.waiting():
        media.fetch(attachment)


def test_a_picture_is_fetched_and_kept_on_our_side(network, read):
    network.files[URL] = (b"picture", "image/png")
    network.say("Look", media=[URL])
    read()
    version = Ticket.objects.get().version
    fetch_all()
    picture = Attachment.objects.get()
    assert (picture.state, picture.size, picture.is_picture) == ("stored", 7, True)
    assert picture.file.read() == b"picture"
    assert Ticket.objects.get().version > version  # open pages ask again


def test_a_file_beyond_the_limit_is_refused_for_good(network, read, monkeypatch):
    monkeypatch.setattr(media, "MAX_BYTES", 3)
    network.files[URL] = (b"picture", "image/png")
    network.say("Look", media=[URL])
    read()
    fetch_all()
    assert (Attachment.objects.get().state, Attachment.objects.get().reason) == ("refused", "The file is too large.")
    assert media.waiting() == []


def test_trouble_on_the_way_is_tried_again_and_ends(network, read):
    network.say("Look", media=[URL])
    read()
    network.fail("fetch_media", Unavailable("The pictures are down."), times=media.MAX_TRIES)
    for _ in range(media.MAX_TRIES):
        Attachment.objects.filter(state="waiting").update(next_try_at=timezone.now())
        fetch_all()
    assert Attachment.objects.get().state == "failed"


def test_a_deleted_post_is_redacted_and_leaves_the_queue(network, read, channel):
    network.files[URL] = (b"picture", "image/png")
    post = network.say("My name is Jo and I live at …", media=[URL])
    read()
    fetch_all()
    path = Attachment.objects.get().file.path
    network.gone[post] = "The author deleted it."
    assert deletions.look_up(channel.pk) == 1
    message = Message.objects.get()
    ticket = Ticket.objects.get()
    assert (message.text, message.deleted_reason) == ("", "The author deleted it.")
    assert (ticket.status, ticket.preview, ticket.subject) == ("solved", "", "Deleted by the author")
    assert InboundItem.objects.get().payload == {}
    assert Attachment.objects.get().state == "redacted"
    assert not Path(path).exists()
    assert message.refs.get().external_id == post
    assert ticket.events.filter(kind="message_deleted").count() == 1


def test_a_deleted_post_that_was_answered_stays_where_it_is(network, read, channel):
    post = network.say("Where is my bag?")
    network.say("We look for it", author=BRAND, replies_to=[post])
    read()
    network.gone[post] = "The author deleted it."
    deletions.look_up(channel.pk)
    assert Ticket.objects.get().status == "pending"


def test_the_look_up_is_due_once_a_day(channel):
    assert deletions.due() == [channel.pk]
    assert deletions.due() == []
    channel.refresh_from_db()
    channel.account_state["looked_up_at"] = (timezone.now() - timedelta(days=1, minutes=1)).isoformat()
    channel.save()
    assert deletions.due() == [channel.pk]
