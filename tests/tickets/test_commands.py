"""The commands that scripts rely on: JSON out, non-zero on failure, words that say what is wrong."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from tickets.channels.errors import AuthRevoked
from tickets.models import Channel, Event, Message, Ticket
from tickets.services import channels

pytestmark = pytest.mark.django_db


def run(*arguments) -> dict:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_add_list_pause_and_resume_a_channel(network):
    made = run("channel", "add", "loopback", "--address", "@brand", "--name", "Brand")
    assert made["state"] == "active"
    assert run("channel", "pause", str(made["id"]))["state"] == "paused"
    assert run("channel", "list")["channels"][0]["state"] == "paused"
    assert run("channel", "resume", str(made["id"]))["state"] == "active"
    assert run("channel", "check", str(made["id"])) == {"id": made["id"], "ok": True, "name": "Brand"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["channel", "add", "carrier-pigeon", "--address", "a", "--name", "n"], "no channel kind"),
        (
            ["channel", "add", "loopback", "--address", "@new", "--name", "n", "--option", "colour=red"],
            "Unknown option",
        ),
        (["channel", "add", "loopback", "--address", "@new", "--name", "n", "--credential", "s3cret"], "NAME=VALUE"),
        (["channel", "add", "loopback", "--address", "@brand", "--name", "n"], "connected already"),
        (["channel", "check", "4711"], "There is no channel 4711"),
        (["poll", "--channel", "4711"], "There is no channel 4711"),
    ],
)
def test_what_cannot_be_done_says_why(channel, arguments, words):
    with pytest.raises(CommandError, match=words) as refused:
        run(*arguments)
    assert "s3cret" not in str(refused.value)


def test_a_failed_check_exits_with_the_networks_words(network, channel):
    network.fail("check", AuthRevoked("X no longer accepts the token."))
    with pytest.raises(CommandError, match="no longer accepts"):
        run("channel", "check", str(channel.pk))


def test_poll_says_what_became_of_it(network, channel):
    network.say("hello")
    network.say("RT", repost_of="1000")
    network.say("?", broken=True)
    [answer] = run("poll")["channels"]
    assert (answer["fetched"], answer["new"], answer["done"], answer["ignored"], answer["parked"]) == (
        3,
        3,
        1,
        {"repost": 1},
        1,
    )
    assert answer["feeds"][0]["cursor"] == {"seen": 3}


def test_deliver_with_nothing_due(channel):
    assert run("deliver") == {"delivered": {}}


def test_doctor_finds_what_needs_somebody(channel):
    assert run("doctor")["ok"] is True
    channels.pause(channel, code="AuthRevoked", text="Reconnect.")
    with pytest.raises(SystemExit) as ended:
        run("doctor")
    assert ended.value.code == 1


def test_credentials_move_to_the_newest_key(settings, network, db):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CREDENTIALS_KEYS = [old]
    Channel.objects.create(kind="loopback", address="@b", name="B", credentials={"password": "s3cret"})
    settings.CREDENTIALS_KEYS = [new, old]
    assert run("rotate_credentials") == {"rotated": 1}
    settings.CREDENTIALS_KEYS = [new]
    assert Channel.objects.get().credentials["password"] == "s3cret"


def test_credentials_never_show_themselves(channel):
    channel.credentials = {"password": "s3cret"}
    channel.save()
    stored = Channel.objects.get().credentials
    assert "s3cret" not in f"{stored} {stored!r} {[stored]}"


def test_a_seeded_bench_is_consistent(network, db):
    assert run("seed_bench", "--tickets", "60")["in_all"] == 60
    for ticket in Ticket.objects.all():
        assert ticket.messages.count() in (1, 2, 3, 4)
        assert ticket.events.filter(kind="message_in").count() == ticket.messages.filter(direction="inbound").count()
    assert Event.objects.filter(kind="reply_sent").count() == Message.objects.filter(direction="outbound").count()
