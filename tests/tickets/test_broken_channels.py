"""A channel whose adapter was taken away, or whose credentials nothing opens: it says so, and harms nobody else."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.loopback import hours_ago
from tickets.channels import registry
from tickets.models import Channel, Feed, InboundItem, Ticket
from tickets.services import channels, deletions, deliver, properties, reply
from tickets.services.ingest import translate
from tickets.services.poll import poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(network, read, channel, agent) -> Ticket:
    """A ticket with an answer that waits to be sent."""
    network.say("Where is my bag?", id="2", at=hours_ago(3))
    read()
    ticket = Ticket.objects.get()
    question = ticket.messages.get()
    seen = properties.newest_event_id(ticket)
    reply.send_reply(
        ticket.number, agent, channel_id=channel.pk, visibility="public", answers=question.pk, text="We look", seen=seen
    )
    return ticket


@pytest.fixture(params=["adapter taken away", "key lost"])
def broken(request, answered, settings, network) -> tuple[Ticket, str]:
    if request.param == "key lost":
        settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
        return answered, "CREDENTIALS_KEYS"
    settings.CHANNEL_ADAPTERS = ["channels_phone.adapter.PhoneAdapter"]
    registry.adapters.cache_clear()
    return answered, "CHANNEL_ADAPTERS"


def test_every_page_still_opens(broken, channel, as_, agent, admin):
    ticket, _words = broken
    pages = ["/", ticket.get_absolute_url(), f"/customers/{ticket.customer_id}/", "/channels/", "/search/?q=bag"]
    for path in pages:
        assert as_(agent).get(path).status_code == 200, path
    for path in [*pages, f"/channels/{channel.pk}/", "/channels/parked/", "/channels/unsent/", "/metrics/"]:
        assert as_(admin).get(path).status_code in (200, 302), path


def test_it_pauses_says_what_to_mend_and_loses_nothing(broken, channel, as_, admin):
    ticket, words = broken
    Feed.objects.update(next_poll_at=timezone.now())
    poll(channel.feeds.get().pk)
    channel.refresh_from_db()
    assert (channel.state, words in channel.pause_text) == (Channel.State.PAUSED, True)
    assert words in as_(admin).get("/channels/").content.decode()
    translate(channel.pk)
    deliver.offer_again()
    deletions.due()
    assert ticket.messages.get(direction="outbound").delivery.state == "pending"


def test_an_answer_waits(broken, channel):
    ticket, words = broken
    delivery = ticket.messages.get(direction="outbound").delivery
    assert deliver.deliver(delivery.pk) == "pending"
    delivery.refresh_from_db()
    channel.refresh_from_db()
    assert words in delivery.error_text and words in channel.pause_text


def test_what_was_read_before_is_kept(broken, network, channel):
    InboundItem.objects.create(channel=channel, external_id="9", payload={"id": "9"}, received_at=timezone.now())
    translate(channel.pk)
    assert InboundItem.objects.get(external_id="9").state in ("parked", "done")


def test_credentials_that_nothing_opens_survive_a_change_and_can_be_replaced(answered, channel, settings):
    old, keys = Channel.objects.get().credentials, settings.CREDENTIALS_KEYS
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("rotate_credentials")
    channels.update(Channel.objects.get(), name="Renamed", credentials={}, options={})
    Channel.objects.get().save()
    settings.CREDENTIALS_KEYS = keys
    assert (Channel.objects.get().name, Channel.objects.get().credentials) == ("Renamed", old)
