"""A known post in another revision: the newest one stands, the earlier texts are kept."""

import pytest

from tests.loopback import BRAND, hours_ago
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


def only_ticket() -> Ticket:
    return Ticket.objects.get()


def test_an_edit_keeps_the_earlier_text_and_opens_nothing(network, read):
    post = network.say("My bag is lots", at=hours_ago(2))
    read()
    network.say("My bag is lost", ids=["1001", post], id=post, revision="2", at=hours_ago(1))
    read()
    message = only_ticket().messages.get()
    assert message.text == "My bag is lost"
    assert message.earlier_texts[0]["text"] == "My bag is lots"
    assert {ref.external_id for ref in message.refs.all()} == {post, "1001"}


def test_an_edit_after_our_answer_raises_a_note(network, read):
    post = network.say("My bag is lots", at=hours_ago(3))
    network.say("We look for it", author=BRAND, replies_to=[post], at=hours_ago(2))
    read()
    network.say("You lost my bag", ids=["1009", post], id=post, revision="2", at=hours_ago(1))
    read()
    note = only_ticket().messages.get(direction="note")
    assert note.author_kind == "system"
    assert only_ticket().events.get(kind="message_edited").data == {"after_answer": True}


def revision(network, number, text, at):
    """One state of the same post, as networks tell it that keep the id."""
    network.say(text, id="1", revision=str(number), at=hours_ago(at))


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_the_newest_revision_stands_in_whatever_order_they_are_read(network, read, order):
    for number in order:
        revision(network, number, f"My bag is lost {number}", 4 - number)
    read()
    ticket = only_ticket()
    assert ticket.messages.get().text == ticket.preview == ticket.subject == "My bag is lost 3"


def test_a_revision_with_an_id_of_its_own_that_is_read_late_changes_nothing(network, read):
    network.say("My bag is lost", id="2", ids=["2", "1"], at=hours_ago(1))
    network.say("My bag is lots", id="1", ids=["1"], at=hours_ago(1))
    read()
    message = only_ticket().messages.get()
    assert (message.text, message.external_id, message.edited_at) == ("My bag is lost", "2", None)


def test_every_edit_is_recorded(network, read):
    for number in (1, 2, 3):
        revision(network, number, f"My bag is lost {number}", 4 - number)
        read()
    assert only_ticket().events.filter(kind="message_edited").count() == 2
    assert [one["text"][-1] for one in Message.objects.get().earlier_texts] == ["1", "2"]
