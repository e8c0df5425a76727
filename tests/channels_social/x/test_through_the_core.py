"""From a post on the simulated X to a ticket, and from an answer back to X."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sandbox import pictures
from tests.x_sandbox import BRAND
from tickets.channels import registry
from tickets.models import Channel, Delivery, InboundItem, Message, Ticket
from tickets.services import channels, deletions, deliver, files, properties, reply, spending
from tickets.services.compose import options_for
from tickets.services.ingest import translate
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["oauth1", "oauth2"])
def auth(request) -> str:
    return request.param


@pytest.fixture
def only_x(settings):
    settings.CHANNEL_ADAPTERS = ["channels_social.x.adapter.XAdapter"]
    settings.UNDO_SECONDS = 0
    registry.adapters.cache_clear()
    yield
    registry.adapters.cache_clear()


@pytest.fixture
def channel(x_world, only_x, auth) -> Channel:
    x_world.account("jo", "Jo Lee", followers=900)
    options = {"api_base_url": x_world.base_url}
    return channels.add("x", f"@{BRAND}", "Northwind on X", x_world.connect(BRAND, auth), options)


@pytest.fixture
def read(channel):
    def all_feeds():
        results = [poll(feed.pk) for feed in channel.feeds.order_by("name")]
        translate(channel.pk)
        channel.refresh_from_db()
        return results

    return all_feeds


def answer(ticket: Ticket, agent, text: str, visibility: str = "public", **fields) -> Delivery:
    question = ticket.messages.filter(direction="inbound").latest("occurred_at")
    message = reply.send_reply(
        ticket.number,
        agent,
        channel_id=question.channel_id,
        visibility=visibility,
        answers=question.pk,
        text=text,
        seen=properties.newest_event_id(ticket),
        **fields,
    )
    delivery = Delivery.objects.get(message=message)
    deliver.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_a_mention_becomes_a_ticket_and_the_answer_arrives(x_world, channel, read, agent):
    post = x_world.post("jo", f"@{BRAND} where is my bag &amp; coat?")
    x_world.repost(x_world.account("kim"), post)
    assert [result.error for result in read()] == ["", "", ""]
    ticket = Ticket.objects.get()
    assert ticket.requester.handle == "@jo"
    assert {(option.visibility, option.allowed) for option in options_for(ticket)} == {
        ("public", True),
        ("private", True),
    }
    delivery = answer(ticket, agent, "We are looking. See northwind.com/bags")
    assert delivery.state == "sent"
    assert [one.own_words for one in x_world.posts.values() if one.reply_to == post.id] != []
    read()
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 2)
    assert channel.account_state["user_id"] == str(x_world.find(BRAND).id)


@pytest.mark.parametrize("text", ["We are looking.", "See northwind.com/bags & wait", "https://northwind.com <3 @jo"])
def test_an_answer_in_doubt_is_settled_by_reading_and_never_posted_twice(x_world, read, agent, text):
    post = x_world.post("jo", f"@{BRAND} where is my bag?")
    read()
    x_world.faults.add("reset_after", "post_create")
    delivery = answer(Ticket.objects.get(), agent, text)
    assert delivery.state == "unknown"
    read()
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert len([one for one in x_world.posts.values() if one.reply_to == post.id]) == 1
    assert Message.objects.count() == 2


def test_direct_messages_both_ways(x_world, read, agent):
    x_world.dm("jo", BRAND, "in private")
    read()
    ticket = Ticket.objects.get()
    assert answer(ticket, agent, "Hello Jo", "private").state == "sent"
    x_world.faults.add("empty_body", "dm_create")
    x_world.faults.add("empty_body", "dm_create_with")
    second = answer(ticket, agent, "And one more thing", "private")
    read()
    second.refresh_from_db()
    assert second.state == "sent"
    assert [event.text for event in x_world.dms_of("jo", BRAND)] == ["in private", "Hello Jo", "And one more thing"]
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 3)


def test_a_person_who_takes_no_messages_is_answered_in_public(x_world, read, agent):
    x_world.post("jo", f"@{BRAND} help")
    read()
    x_world.account("jo", open_dms=False)
    delivery = answer(Ticket.objects.get(), agent, "Write to us", "private")
    assert (delivery.state, "Answer in public" in delivery.error_text) == ("failed", True)
    private = next(option for option in options_for(Ticket.objects.get()) if option.visibility == "private")
    assert not private.allowed


def test_an_edit_is_the_same_message_and_deletion_redacts(x_world, channel, read):
    post = x_world.post("jo", f"@{BRAND} helo")
    read()
    x_world.edit(post, f"@{BRAND} hello")
    read()
    assert Message.objects.get().text == f"@{BRAND} hello"
    x_world.delete(post)
    assert deletions.look_up(channel.pk) == 1
    assert Message.objects.get().deleted_reason == "The author deleted this post."


def test_what_cannot_be_understood_is_parked(x_world, read):
    x_world.post("jo", f"@{BRAND} one")
    x_world.post("jo", f"@{BRAND} two")
    x_world.faults.add("broken_item", "mentions")
    read()
    assert Ticket.objects.count() == 1
    parked = InboundItem.objects.get(state="parked")
    assert parked.reason


def test_a_token_that_ended_is_renewed_and_stored(x_world, channel, read, auth):
    before = dict(channel.credentials)
    x_world.clock.advance(hours=3)
    assert [result.error for result in read()] == ["", "", ""]
    assert (dict(channel.credentials) != before) == (auth == "oauth2")


def test_a_permission_taken_back_pauses_and_resuming_catches_up(x_world, channel, read, auth):
    read()
    x_world.revoke(BRAND)
    read()
    assert (channel.state, channel.pause_code) == ("paused", "AuthRevoked")
    x_world.post("jo", f"@{BRAND} while nobody looked")
    channels.update(
        channel, name=channel.name, credentials=x_world.connect(BRAND, auth), options=channel.options, team=None
    )
    channels.resume(channel)
    read()
    assert Ticket.objects.count() == 1


def test_reading_is_counted_in_dollars(x_world, channel, read):
    x_world.post("jo", f"@{BRAND} one")
    read()
    read()
    # One post, its author, and ourselves.
    assert spending.spent_today(channel) == Decimal("0.005") + 2 * Decimal("0.010")


def picture(ticket: Ticket, agent, name: str = "bag.png") -> None:
    upload = SimpleUploadedFile(name, pictures.draw("suitcase"))
    assert files.add(ticket.pk, agent, [upload], way="note") == []


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_a_picture_goes_out_with_the_answer(x_world, channel, read, agent, visibility, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    x_world.post("jo", f"@{BRAND} where is my bag?")
    read()
    ticket = Ticket.objects.get()
    picture(ticket, agent)
    delivery = answer(ticket, agent, "Is it this one?", visibility, attachments=files.written(ticket.pk, agent))
    assert (delivery.state, delivery.error_text) == ("sent", "")
    said = x_world.posts if visibility == "public" else x_world.dms
    (media_key,) = said[int(delivery.message.external_id)].media
    assert x_world.store.uploaded(media_key) == pictures.draw("suitcase")
    read()
    assert Message.objects.filter(direction="outbound").count() == 1
    assert delivery.message.attachments.count() == 1


def test_a_retry_does_not_send_the_picture_again(x_world, channel, read, agent, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    x_world.post("jo", f"@{BRAND} where is my bag?")
    read()
    ticket = Ticket.objects.get()
    picture(ticket, agent)
    x_world.faults.add("rate_limited_without_reset", "post_create")
    delivery = answer(ticket, agent, "Is it this one?", attachments=files.written(ticket.pk, agent))
    assert delivery.state == "pending"
    Delivery.objects.update(due_at=timezone.now())
    assert deliver.deliver(delivery.pk) == "sent"
    assert len(x_world.seen("media_upload")) == 1 and len(x_world.seen("post_create")) == 2


def test_a_picture_that_does_not_arrive_is_tried_again(x_world, channel, read, agent, settings, tmp_path):
    """Nothing was said yet, so nothing can be said twice."""
    settings.MEDIA_ROOT = tmp_path
    x_world.post("jo", f"@{BRAND} where is my bag?")
    read()
    ticket = Ticket.objects.get()
    picture(ticket, agent)
    x_world.faults.add("server_error", "media_upload")
    delivery = answer(ticket, agent, "Is it this one?", attachments=files.written(ticket.pk, agent))
    assert delivery.state == "pending" and not x_world.seen("post_create")


def test_a_long_reply_goes_out_as_a_thread_and_comes_back_as_itself(x_world, channel, read, agent):
    post = x_world.post("jo", f"@{BRAND} where is my bag?")
    read()
    ticket = Ticket.objects.get()
    answer(ticket, agent, "We found your bag in Oslo and send it on tonight, 故. " * 12, parts=3)
    for _part in range(2):
        assert [deliver.deliver(pk) for pk in deliver.due()] == ["sent"]
    said = [one for one in sorted(x_world.posts.values(), key=lambda one: one.id) if one.id > post.id]
    assert [one.reply_to for one in said] == [post.id, said[0].id, said[1].id]
    assert [one.text[-3:] for one in said] == ["1/3", "2/3", "3/3"]
    read()
    assert Message.objects.filter(direction="outbound").count() == 3 and Ticket.objects.count() == 1


def test_a_part_of_unknown_outcome_is_found_by_the_next_poll_and_the_rest_follows(x_world, channel, read, agent):
    x_world.post("jo", f"@{BRAND} where is my bag?")
    read()
    answer(Ticket.objects.get(), agent, "We found your bag in Oslo and send it on tonight. " * 12, parts=3)
    x_world.faults.add("reset_after", "post_create")
    assert [deliver.deliver(pk) for pk in deliver.due()] == ["unknown"] and deliver.due() == []
    read()
    assert [deliver.deliver(pk) for pk in deliver.due()] == ["sent"]
    assert len(x_world.seen("post_create")) == 3
