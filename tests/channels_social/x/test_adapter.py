"""Sending, counting, what can be answered where, what is gone, pictures, and the account itself."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from channels_social.x.adapter import PRICES, XAdapter
from tests.channels_social.x.conftest import OAUTH1, Kept
from tests.x_sandbox import BRAND
from tickets.channels.contract import PRIVATE, PUBLIC, Outbound, OutboundFile, Person, ReplyContext
from tickets.channels.errors import (
    AuthRevoked,
    OutcomeUnknown,
    RecipientGone,
    Rejected,
    Throttled,
    Unavailable,
    Unsupported,
    WindowClosed,
)


@pytest.fixture
def jo(x_world):
    return x_world.account("jo", "Jo Lee")


@pytest.fixture
def said(x_world, jo):
    return x_world.post("jo", f"@{BRAND} where is my bag?")


def reply(post, text="We are looking.", **changes) -> Outbound:
    data = {"summoned": True}
    return Outbound(1, PUBLIC, text, Person(str(post.author_id)), in_reply_to=str(post.id), reply_data=data, **changes)


def message(person, text="Hello", **changes) -> Outbound:
    return Outbound(1, PRIVATE, text, Person(str(person.id)), **changes)


# Sending


@pytest.mark.parametrize("auth", ["oauth1", "oauth2"])
def test_a_reply_and_a_direct_message_arrive(x_world, kept, jo, said, auth):
    kept.credentials = x_world.connect(BRAND, auth)
    adapter = XAdapter(kept.account())
    sent = adapter.send(reply(said, "We are & looking <3"))
    arrived = x_world.posts[int(sent.external_ids[0])]
    assert (arrived.reply_to, arrived.own_words) == (said.id, "We are & looking <3")
    assert sent.permalink == f"https://x.com/{BRAND}/status/{arrived.id}"
    assert abs((sent.sent_at - datetime.now(UTC)).total_seconds()) < 60
    assert sent.budget.limit == 100
    written = adapter.send(message(jo, "In private"))
    assert x_world.dms[int(written.external_ids[0])].text == "In private"
    assert written.thread_key == x_world.dms[int(written.external_ids[0])].conversation_id


def test_a_sent_reply_comes_back_as_the_same_message(adapter, said):
    sent = adapter.send(reply(said, "See northwind.example/claims"))
    seen = adapter.normalise(adapter.fetch("own_posts", {}).items[0].payload)
    assert seen.external_ids == sent.external_ids
    assert (seen.direction, seen.asks_for_answer, seen.replies_to) == ("outbound", False, (str(said.id),))
    assert seen.occurred_at == sent.sent_at
    assert seen.party.handle == "@jo"


def test_a_group_is_answered_as_a_group(adapter, x_world, jo):
    x_world.account("kim")
    x_world.dm("jo", [BRAND, "kim"], "all of us")
    asked = adapter.normalise(adapter.fetch("direct_messages", {}).items[0].payload)
    sent = adapter.send(message(jo, "Hello all", reply_data=asked.reply_data))
    assert sent.thread_key == asked.thread_key


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "empty"), (" \n ", "empty"), ("故" * 141, "counts 282 characters on X; 280 are allowed")],
)
def test_what_x_would_refuse_is_refused_before_anything_is_sent(adapter, x_world, said, text, words):
    with pytest.raises(Rejected, match=words):
        adapter.send(reply(said, text))
    assert x_world.seen("post_create") == []


def test_long_direct_messages_files_and_new_posts(adapter, x_world, jo, said):
    with pytest.raises(Rejected, match="counts 10001 characters"):
        adapter.send(message(jo, "a" * 10_001))
    with pytest.raises(Unsupported, match="pictures only"):
        adapter.send(reply(said, files=(OutboundFile("a.pdf", "application/pdf", b"x"),)))
    with pytest.raises(Unsupported, match="does not start"):
        adapter.send(Outbound(1, PUBLIC, "News for all", Person("1")))
    assert x_world.seen() == []


def test_links_count_23(adapter, said):
    text = "a" * 256 + " https://northwind.com/" + "b" * 100
    assert adapter.count(text, PUBLIC) == 280
    assert adapter.count(text, PRIVATE) == len(text)
    assert adapter.send(reply(said, text)).external_ids


def test_refusals_by_x(adapter, x_world, jo, said):
    with pytest.raises(Rejected, match="mentioned or quoted"):
        adapter.send(reply(x_world.post("jo", "talking to nobody")))
    adapter.send(reply(said, "twice"))
    with pytest.raises(OutcomeUnknown, match="may already be there"):
        adapter.send(reply(said, "twice"))
    x_world.delete(said)
    with pytest.raises(RecipientGone):
        adapter.send(reply(said, "too late"))
    with pytest.raises(WindowClosed, match="Answer in public"):
        adapter.send(message(x_world.account("kim", open_dms=False)))


@pytest.mark.parametrize("body", [{"data": {"text": "x"}}, {"data": None}, {}, {"data": {"id": "?"}}])
def test_an_answer_without_an_id_leaves_the_outcome_open(replay, body):
    replay.answer(201, body)
    outbound = Outbound(1, PUBLIC, "hello", Person("5"), in_reply_to="7")
    with pytest.raises(OutcomeUnknown):
        XAdapter(Kept("@brand", OAUTH1, replay.url).account()).send(outbound)


@pytest.mark.parametrize(
    ("summoned", "text", "resource", "dollars"),
    [
        (True, "hello", "summoned_reply", "0.01"),
        (True, "see northwind.com", "summoned_reply", "0.01"),
        (False, "hello", "post_create", "0.015"),
        (False, "see northwind.com", "post_with_url", "0.2"),
    ],
)
def test_what_a_reply_costs(replay, summoned, text, resource, dollars):
    replay.answer(201, {"data": {"id": "9", "text": text}})
    outbound = Outbound(1, PUBLIC, text, Person("5"), in_reply_to="7", reply_data={"summoned": summoned})
    (use,) = XAdapter(Kept("@brand", OAUTH1, replay.url).account()).send(outbound).uses
    assert (use.resource, use.ids, Decimal(PRICES[use.resource])) == (resource, ("9",), Decimal(dollars))


def test_every_use_has_a_price(adapter, x_world, jo, said):
    x_world.dm("jo", BRAND, "hello")
    pages = [adapter.fetch(feed.name, {}) for feed in adapter.feeds()]
    uses = [use for page in pages for use in page.uses] + list(adapter.send(message(jo)).uses)
    uses += adapter.find_gone([str(said.id)])[1]
    assert {use.resource for use in uses} <= set(PRICES)


# What can be answered where


def context(visibility=PUBLIC, accepts=None, known=None, author=True, **data) -> ReplyContext:
    person = Person("5", accepts_private=accepts) if author else None
    return ReplyContext(visibility, data, person, datetime.now(UTC), known)


@pytest.mark.parametrize(
    ("asked", "public", "private"),
    [
        (context(summoned=True, accepts=True), True, True),
        (context(summoned=False, accepts=True), False, True),
        (context(summoned=True), True, True),
        (context(summoned=True, accepts=False), True, False),
        (context(summoned=True, known=False), True, False),
        (context(summoned=True, accepts=False, known=True), True, True),
        (context(summoned=True, accepts=True, known=False), True, False),
        (context(summoned=False, author=False), False, False),
        (context(PRIVATE, accepts=False, known=False, conversation="5-6", group=False), None, True),
        (context(PRIVATE, author=False, conversation="5-6", group=False), None, False),
    ],
)
def test_reply_options(adapter, asked, public, private):
    options = {option.visibility: option for option in adapter.reply_options(asked)}
    assert {visibility: option.allowed for visibility, option in options.items()} == {
        visibility: allowed for visibility, allowed in ((PUBLIC, public), (PRIVATE, private)) if allowed is not None
    }
    assert all(bool(option.reason) != option.allowed for option in options.values())
    assert [option.max_length for option in options.values()] == [280, 10_000][-len(options) :]


def test_a_public_answer_can_name_the_address_of_our_direct_messages(kept):
    kept.state["user_id"] = "4711"
    public, private = XAdapter(kept.account()).reply_options(context(summoned=True))
    assert public.private_link == "https://x.com/messages/compose?recipient_id=4711" and not private.private_link


# Posts that are gone


def test_what_is_gone_is_said_in_words(adapter, x_world, said):
    deleted, hidden = (x_world.post(x_world.account(name), f"@{BRAND} hello") for name in ("dee", "kim"))
    x_world.delete(deleted)
    x_world.account("kim", protected=True)
    gone, uses = adapter.find_gone(str(post.id) for post in (said, deleted, hidden))
    assert gone == {
        str(deleted.id): "The author deleted this post.",
        str(hidden.id): "The author made their posts private.",
    }
    assert [(use.resource, use.ids) for use in uses] == [("post_read", (str(said.id),))]


def test_suspended_unknown_and_unasked_ids(replay):
    entry = {
        "resource_type": "tweet",
        "parameter": "ids",
        "title": "Forbidden",
        "detail": "User has been suspended: [5].",
    }
    odd = {"value": "6", "title": "Something New", "detail": "?"}
    unasked = {"value": "9", "title": "Not Found Error"}
    replay.answer(200, {"errors": [entry | {"value": "5"}, odd, unasked, "nonsense"]})
    gone, uses = XAdapter(Kept("@brand", OAUTH1, replay.url).account()).find_gone(["5", "6"])
    assert (gone, uses) == ({"5": "X suspended the author's account."}, ())


def test_more_than_a_hundred_are_looked_up_in_parts(adapter, x_world, jo):
    ids = [str(x_world.post("jo", f"@{BRAND} {n}").id) for n in range(101)]
    assert adapter.find_gone(ids)[0] == {}
    assert len(x_world.seen("posts")) == 2
    assert adapter.find_gone([]) == ({}, ())


# Pictures


def test_pictures_of_posts_and_direct_messages(x_world, kept, jo):
    kept.credentials = x_world.connect(BRAND, "oauth2")
    adapter = XAdapter(kept.account())
    x_world.post("jo", f"@{BRAND} look", media=[x_world.picture("jo", alt="a bag")])
    x_world.dm("jo", BRAND, "look", media=[x_world.picture("jo", private=True)])
    for feed in ("mentions", "direct_messages"):
        (picture,) = adapter.normalise(adapter.fetch(feed, {}).items[0].payload).media
        content, content_type = adapter.fetch_media(picture.url, 1_000_000)
        assert content_type == "image/png"
        assert content.startswith(b"\x89PNG")
        with pytest.raises(Rejected, match="larger than 10 bytes"):
            adapter.fetch_media(picture.url, 10)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "http://pbs.twimg.com/media/a.png",
        "https://pbs.twimg.com.evil.example/a.png",
        "https://eviltwimg.com/a.png",
        "file:///etc/passwd",
        "https://127.0.0.1/a.png",
        "",
    ],
)
def test_other_hosts_are_refused(adapter, url):
    with pytest.raises(Rejected, match="not on one of X's servers"):
        adapter.fetch_media(url, 1000)


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (200, {"Content-Type": "text/html"}, Rejected),
        (200, {"Content-Type": "image/svg+xml"}, Rejected),
        (200, {}, Rejected),
        (302, {"Location": "http://169.254.169.254/"}, Rejected),
        (403, {}, Rejected),
        (404, {}, RecipientGone),
        (429, {}, Throttled),
        (500, {}, Unavailable),
    ],
)
def test_a_picture_that_cannot_be_had(replay, status, headers, kind):
    replay.answer(status, b"GIF", headers)
    with pytest.raises(kind):
        XAdapter(Kept("@brand", OAUTH1, replay.url).account()).fetch_media(f"{replay.url}/a.gif", 1000)
    assert len(replay.asked) == 1


# The account


def test_check_tells_who_the_credentials_speak_for(x_world, kept):
    kept.state.clear()
    check = XAdapter(kept.account()).check()
    assert (check.name, check.external_id) == ("Northwind Air", str(x_world.find(BRAND).id))
    assert dict(check.state) == kept.state == {"user_id": check.external_id}
    assert len(x_world.seen()) == 1


def test_the_address_may_be_written_in_any_way(x_world, kept):
    kept.address = BRAND.upper()
    assert XAdapter(kept.account()).check().external_id


def test_credentials_of_another_account_are_refused(x_world, kept, jo):
    kept.credentials = x_world.connect("jo")
    kept.state.clear()
    with pytest.raises(AuthRevoked, match="belong to @jo, this channel is @northwindair"):
        XAdapter(kept.account()).check()
    assert kept.state == {}


@pytest.mark.parametrize("spelling", ["northwind", "@northwind", "@NorthWind", " northwind "])
def test_an_account_has_one_spelling(spelling):
    assert XAdapter.kind.address_form(spelling) == "@northwind"
