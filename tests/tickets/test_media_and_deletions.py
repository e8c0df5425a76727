"""Files come through the worker within limits; what the author deleted is redacted here too."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.loopback import BRAND, hours_ago
from tickets import tasks
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


def test_a_fetch_that_crashes_ends_with_words(network, read):
    network.say("Look", media=[URL])  # the network has no such file, which the adapter did not expect
    read()
    for _ in range(media.MAX_TRIES):
        Attachment.objects.filter(state="waiting").update(next_try_at=timezone.now())
        fetch_all()
    picture = Attachment.objects.get()
    assert (picture.state, picture.reason) == ("failed", "Fetching it broke off: KeyError")


def test_a_fetch_whose_worker_dies_each_time_ends_with_words(network, read):
    network.files[URL] = (b"picture", "image/png")
    network.say("Look", media=[URL])
    read()
    Attachment.objects.update(tries=media.MAX_TRIES)
    fetch_all()
    picture = Attachment.objects.get()
    assert (picture.state, picture.reason) == ("failed", "Every try to fetch it broke off.")
    assert network.calls.count("fetch_media") == 0


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


def everything_kept() -> str:
    kept = [
        *Message.objects.values_list("text", "html", "visible_text", "subject", "earlier_texts"),
        *Ticket.objects.values_list("subject", "preview"),
        *InboundItem.objects.values_list("payload", "raw"),
    ]
    return str(kept)


def before_secret(network):
    network.say("SECRET", id="1")


def before_other_message(network):
    network.say("SECRET", id="1", at=hours_ago(2))
    network.say("And my coat", id="2", conversation="1", at=hours_ago(1))


def before_as_newest(network):
    network.say("My bag", id="2", conversation="2", at=hours_ago(2))
    network.say("SECRET", id="1", conversation="2", at=hours_ago(1))


def before_edited(network):
    network.say("SECRET one", id="1", at=hours_ago(2))
    network.say("SECRET two", id="1", revision="2", at=hours_ago(1))


def before_reposted(network):
    network.say("SECRET", id="1")
    network.say("RT SECRET", author="sam", repost_of="1")


def before_parked(network):
    network.say("Bag", id="1")
    network.say("SECRET", id="1", ids=["3", "1"], revision="2", crash=True)


def after_revision(network):
    network.say("SECRET again", id="1", ids=["3", "1"], revision="2")


def after_repost(network):
    network.say("RT SECRET", author="sam", repost_of="1")


@pytest.mark.parametrize(
    "before",
    [before_secret, before_other_message, before_as_newest, before_edited, before_reposted, before_parked],
)
@pytest.mark.parametrize("after", [after_revision, after_repost])
def test_nothing_of_a_deleted_post_is_kept_or_comes_back(network, read, channel, before, after):
    before(network)
    read()
    assert "SECRET" in everything_kept()
    network.gone["1"] = "The author deleted it."
    deletions.look_up(channel.pk)
    assert "SECRET" not in everything_kept()
    after(network)
    read()
    assert "SECRET" not in everything_kept()


def test_what_is_left_names_the_ticket_and_waits(network, read, channel):
    before_other_message(network)
    read()
    network.gone["1"] = "The author deleted it."
    deletions.look_up(channel.pk)
    ticket = Ticket.objects.get()
    left = Message.objects.get(text="And my coat")
    assert (ticket.subject, ticket.preview, ticket.status) == ("And my coat", "And my coat", "new")
    assert ticket.waiting_since == left.occurred_at


def test_a_fetch_under_way_does_not_bring_a_redacted_picture_back(network, read, settings):
    network.files[URL] = (b"picture", "image/png")
    network.say("Look", media=[URL])
    read()
    network.during["fetch_media"] = lambda: deletions.redact(Message.objects.get().pk, "The author deleted it.")
    fetch_all()
    picture = Attachment.objects.get()
    assert (picture.state, picture.file.name) == ("redacted", "")
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize(("days", "kept"), [(29, True), (31, False)])
def test_the_payload_of_what_made_no_message_is_forgotten(network, read, settings, days, kept):
    settings.KEEP_IGNORED_DAYS = 30
    network.say("RT", author="sam", repost_of="7", id="8")
    network.say("My bag", id="1")
    read()
    InboundItem.objects.update(settled_at=timezone.now() - timedelta(days=days))
    tasks.forget()
    assert bool(InboundItem.objects.get(external_id="8").payload) is kept
    assert InboundItem.objects.get(external_id="1").payload


def test_the_look_up_is_due_once_a_day(channel):
    assert deletions.due() == [channel.pk]
    assert deletions.due() == []
    channel.refresh_from_db()
    channel.account_state["looked_up_at"] = (timezone.now() - timedelta(days=1, minutes=1)).isoformat()
    channel.save()
    assert deletions.due() == [channel.pk]
