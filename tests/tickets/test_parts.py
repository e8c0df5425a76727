"""A long public answer as numbered posts: where it is cut, what each delivery does, undo and failures in the middle."""

import pytest
from django.urls import reverse

from tests import factories as make
from tests.loopback import MAX_LENGTH
from tickets.channels.errors import Rejected
from tickets.models import Delivery, Draft, Event, Message
from tickets.services import deliver, properties, reply
from tickets.services.errors import Refused
from tickets.services.parts import MOST_PARTS, join, split

SENTENCE = "We found your bag in Oslo today. "
LONG = (SENTENCE * 2).strip() + "\n\n" + (SENTENCE * 3).strip()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One paragraph here.\n\nAnother one there", ["One paragraph here.\n\n1/2", "Another one there 2/2"]),
        ("A sentence ends. Then more words follow it", ["A sentence ends. 1/2", "Then more words follow it 2/2"]),
        ("only words and words and more of them here", ["only words and words and 1/2", "more of them here 2/2"]),
        ("x" * 40, ["x" * 25 + "1/2", "x" * 15 + " 2/2"]),
    ],
)
def test_it_is_cut_at_the_best_place(text, parts):
    assert split(text, 30, len) == parts
    assert join(parts) == text


def test_no_part_is_too_long_and_nothing_is_lost():
    for most in (40, 100, 280):
        parts = split(LONG, most, len)
        assert all(len(part) <= most for part in parts)
        assert "".join(join(parts).split()) == "".join(LONG.split())


def test_pictures_and_accents_stay_whole():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for part in split(family * 8, 30, len):
        assert part.replace(" ", "").rstrip("0123456789/").replace(family, "") == ""
    assert all(not part.startswith("\u0301") for part in split("e\u0301" * 30, 28, len))


def test_what_would_become_too_many_is_not_split():
    assert split("word " * 500, 50, len) == []
    assert len(split("w" * 25 * MOST_PARTS, 30, len)) == MOST_PARTS
    assert split("w" * 40, 4, len) == []


# ---- with the outbox ----


@pytest.fixture
def ticket(channel, settings):
    settings.UNDO_SECONDS = 0
    found = make.ticket(channel=channel)
    make.message(found, "Where is my bag?", external_id="question")
    return found


@pytest.fixture
def send(ticket, agent, db):
    def send_(text=LONG, parts=3, visibility="public"):
        question = ticket.messages.get(direction="inbound")
        return reply.send_reply(
            ticket.pk,
            agent,
            channel_id=question.channel_id,
            visibility=visibility,
            answers=question.pk,
            text=text,
            parts=parts,
            seen=properties.newest_event_id(ticket),
        )

    return send_


def deliver_due() -> list[str | None]:
    return [deliver.deliver(pk) for pk in deliver.due()]


def deliveries() -> list[Delivery]:
    return list(Delivery.objects.order_by("message__part"))


def test_parts_go_out_in_order_each_under_the_one_before(send, network):
    assert send().part == 1
    assert [deliver_due() for _round in range(4)] == [["sent"], ["sent"], ["sent"], []]
    first, second, third = network.sent
    assert first.in_reply_to == "question" and [one.text[-3:] for one in network.sent] == ["1/3", "2/3", "3/3"]
    said = Message.objects.filter(direction="outbound").order_by("part")
    assert [second.in_reply_to, third.in_reply_to] == [one.external_id for one in said[:2]]
    sent = Event.objects.filter(kind="reply_sent").order_by("id")
    assert [event.data.get("part") for event in sent] == [None, 2, 3]


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_nothing_is_split_that_nobody_agreed_to(parts, send):
    with pytest.raises(Refused, match="or send it as 3 numbered posts"):
        send(parts=parts)
    assert not Delivery.objects.exists()


def test_a_failure_in_the_middle_stops_the_rest_and_only_the_rest_goes_out_later(send, network, agent):
    send()
    deliver_due()
    network.fail("send", Rejected("Not like this."), applied=False)
    assert deliver_due() == ["failed"] and deliver_due() == []
    reply.retry(deliveries()[1].pk, agent)
    assert [deliver_due(), deliver_due()] == [["sent"], ["sent"]]
    assert [one.text[-3:] for one in network.sent] == ["1/3", "2/3", "3/3"]


def test_the_rest_of_what_broke_off_can_be_taken_back(send, network, agent, ticket, as_):
    send()
    deliver_due()
    network.fail("send", Rejected("Not like this."), applied=False)
    deliver_due()
    page = as_(agent).get(ticket.get_absolute_url()).content.decode()
    assert "Goes out after the part before it." in page and "Take back the rest" in page
    as_(agent).post(reverse("withdraw", args=[deliveries()[2].pk]))
    assert [delivery.state for delivery in deliveries()] == ["sent", "failed", "withdrawn"]
    assert LONG.endswith(Draft.objects.get().text)


def test_undo_takes_all_of_it_back_before_anything_left(send, agent, ticket, as_, settings):
    settings.UNDO_SECONDS = 60
    send()
    as_(agent).post(reverse("withdraw", args=[deliveries()[1].pk]))
    assert {delivery.state for delivery in deliveries()} == {"withdrawn"}
    assert Draft.objects.get().text == LONG


def test_undo_after_the_first_part_left_is_too_late(send, agent):
    send()
    deliver_due()
    with pytest.raises(Refused, match="has left already"):
        reply.withdraw(deliveries()[2].pk, agent)
    assert [delivery.state for delivery in deliveries()] == ["sent", "pending", "pending"]


def test_a_part_whose_name_is_unknown_holds_the_next_one(send, agent):
    """Said to be there by an agent: where the next one belongs is known when a poll has seen it."""
    send()
    first = deliveries()[0]
    Delivery.objects.filter(pk=first.pk).update(state="unknown")
    reply.confirm_sent(first.pk, agent)
    assert deliver.due() == []
    Message.objects.filter(pk=first.message_id).update(external_id="seen")
    assert deliver.due() == [deliveries()[1].pk]


def test_the_page_shows_the_parts_before_and_sends_them_after_a_look(ticket, agent, as_, channel):
    way = {"way": f"{channel.pk}-public", "text": LONG, "seen": properties.newest_event_id(ticket)}
    answer = as_(agent).post(reverse("reply", args=[ticket.pk]), way)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'name="parts" value="3"' in page and "in Oslo today.\n\n1/3" in page
    assert as_(agent).post(reverse("reply", args=[ticket.pk]), way | {"parts": 3}).status_code == 302
    assert len(deliveries()) == 3


def test_counting_tells_the_parts(agent, as_, channel):
    counted = as_(agent).post(reverse("count", args=[channel.pk]), {"text": LONG, "visibility": "public"}).json()
    assert counted["length"] == len(LONG) > MAX_LENGTH and len(counted["parts"]) == 3
