"""Unmodified tweepy writes to the sandbox and meets X's rules."""

import base64

import pytest
import requests
import tweepy

from sandbox import pictures

GATE = "you have not been mentioned or otherwise engaged"


@pytest.fixture
def question(x_world, ann):
    return x_world.post("ann", "@northwindair where is my bag?")


@pytest.mark.parametrize("auth", ["oauth1", "oauth2"])
def test_a_reply_lands_under_the_post(x_world, question, tweepy_client, auth):
    client = tweepy_client(auth, return_type=dict)
    made = client.create_tweet(
        text="On its way & soon yours", in_reply_to_tweet_id=question.id, user_auth=auth == "oauth1"
    )["data"]
    # X puts the name of who is answered before the text and escapes it.
    assert made["text"] == "@ann On its way &amp; soon yours"
    reply = x_world.posts[int(made["id"])]
    assert (reply.reply_to, reply.conversation_id) == (question.id, question.id)
    assert reply.own_words == "On its way & soon yours"


def test_what_was_written_can_be_deleted_once_and_again(x_world, client):
    made = client.create_tweet(text="Oops")["data"]
    assert client.delete_tweet(made["id"]) == {"data": {"deleted": True}}
    assert client.delete_tweet(made["id"]) == {"data": {"deleted": True}}
    assert x_world.posts[int(made["id"])].deleted


def test_a_post_of_somebody_else_cannot_be_deleted(question, client):
    with pytest.raises(tweepy.Forbidden, match="not authorized"):
        client.delete_tweet(question.id)


def test_strangers_cannot_be_answered(x_world, ann, client):
    stranger = x_world.post("ann", "airlines, hm")
    with pytest.raises(tweepy.Forbidden, match=GATE):
        client.create_tweet(text="Hi", in_reply_to_tweet_id=stranger.id)


def test_who_quotes_the_brand_can_be_answered(x_world, ann, client):
    own = x_world.post("northwindair", "New route: Oslo")
    quote = x_world.post("ann", "finally", quote=own)
    assert client.create_tweet(text="See you there", in_reply_to_tweet_id=quote.id)["data"]["id"]


def test_automatic_mentions_count_for_the_gate_unless_switched_off(x_world, ann, client):
    own = x_world.post("northwindair", "New route: Oslo")
    comment = x_world.post("ann", "how much?", reply_to=own)
    assert comment.text == "@northwindair how much?"
    client.create_tweet(text="From 49", in_reply_to_tweet_id=comment.id)
    x_world.settings.automatic_mention_summons = False
    with pytest.raises(tweepy.Forbidden, match=GATE):
        client.create_tweet(text="From 49 euros", in_reply_to_tweet_id=comment.id)


def test_own_threads_can_be_continued(x_world, ann, question, client):
    first = client.create_tweet(text="1/2 We looked", in_reply_to_tweet_id=question.id)["data"]
    second = client.create_tweet(text="2/2 and found it", in_reply_to_tweet_id=first["id"])["data"]
    assert second["text"] == "@ann 2/2 and found it"


def test_deleted_and_blocking_parents_cannot_be_answered(x_world, question, client):
    x_world.delete(question)
    with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
        client.create_tweet(text="Hi", in_reply_to_tweet_id=question.id)
    again = x_world.post("ann", "@northwindair hello?")
    x_world.block("ann", "northwindair")
    with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
        client.create_tweet(text="Hi", in_reply_to_tweet_id=again.id)


def test_the_same_words_to_the_same_person_are_refused_for_a_day(x_world, question, client):
    client.create_tweet(text="See https://northwind.example/bags", in_reply_to_tweet_id=question.id)
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        client.create_tweet(text="See https://northwind.example/bags", in_reply_to_tweet_id=question.id)
    x_world.clock.advance(days=2)
    assert client.create_tweet(text="See https://northwind.example/bags", in_reply_to_tweet_id=question.id)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 280, True),
        ("a" * 281, False),
        ("漢" * 140, True),
        ("漢" * 141, False),
        ("👩‍👩‍👧‍👦" * 140, True),
        ("", False),
    ],
)
def test_length_is_weighted(client, text, fits):
    if fits:
        assert client.create_tweet(text=text)["data"]["id"]
    else:
        with pytest.raises(tweepy.BadRequest):
            client.create_tweet(text=text)


def test_unknown_fields_of_a_body_are_refused(client):
    with pytest.raises(tweepy.BadRequest, match=r"\$\.community_id: is not defined"):
        client.create_tweet(text="hi", community_id="1")


def test_hiding_works_on_replies_to_own_posts_only(x_world, ann, question, client):
    own = x_world.post("northwindair", "New route: Oslo")
    spam = x_world.post("ann", "buy followers", reply_to=own)
    assert client.hide_reply(spam.id) == {"data": {"hidden": True}}
    assert client.unhide_reply(spam.id) == {"data": {"hidden": False}}
    with pytest.raises(tweepy.Forbidden, match="not permitted"):
        client.hide_reply(question.id)


def test_liking_twice_counts_once(question, client):
    assert client.like(question.id) == {"data": {"liked": True}}
    client.like(question.id)
    assert question.likes == 1
    assert client.unlike(question.id) == {"data": {"liked": False}}
    assert question.likes == 0


def test_an_uploaded_picture_is_shown_with_its_post(x_world, client):
    body = pictures.draw("sky")
    upload = client._make_request(
        "POST",
        "/2/media/upload",
        json={"media": base64.b64encode(body).decode(), "media_category": "tweet_image"},
        user_auth=True,
    )["data"]
    made = client.create_tweet(text="Our new livery", media_ids=[upload["id"]])["data"]
    answer = client.get_tweet(made["id"], user_auth=True, expansions=["attachments.media_keys"], media_fields=["url"])
    (media,) = answer["includes"]["media"]
    assert media["media_key"] == upload["media_key"]
    assert requests.get(media["url"], timeout=5).content == body


def test_pictures_of_others_cannot_be_attached(x_world, ann, client):
    with pytest.raises(tweepy.BadRequest, match="media IDs are invalid"):
        client.create_tweet(text="hi", media_ids=[x_world.picture("ann", "sky").id])


def test_writes_are_charged_by_what_they_are(x_world, question, client):
    client.create_tweet(text="Answer https://northwind.example", in_reply_to_tweet_id=question.id)
    client.create_tweet(text="Plain")
    client.create_tweet(text="News https://northwind.example/news")
    charges = x_world.ledger.day(x_world.clock.now_ms()).charges
    assert charges == {"reply_create": 1, "post_create": 1, "post_create_with_link": 1}
    assert str(x_world.ledger.spent()) == "0.225"
