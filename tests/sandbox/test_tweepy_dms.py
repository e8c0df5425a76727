"""Unmodified tweepy reads and sends direct messages."""

import pytest
import requests
import tweepy

FIELDS = ["sender_id", "dm_conversation_id", "created_at", "attachments", "participant_ids", "entities"]


def texts(answer):
    return [item.get("text") for item in answer.get("data", [])]


def test_events_come_newest_first_with_both_sides(x_world, brand, ann, client):
    asked = x_world.dm("ann", "northwindair", "my bag & coat https://photos.example/1")
    sent = client.create_direct_message(participant_id=ann.id, text="We look")["data"]
    answer = client.get_direct_message_events(dm_event_fields=FIELDS, expansions=["sender_id"])
    newest, oldest = answer["data"]
    assert (newest["id"], newest["sender_id"]) == (sent["dm_event_id"], str(brand.id))
    assert oldest["text"].startswith("my bag &amp; coat https://t.co/")
    assert oldest["entities"]["urls"][0]["expanded_url"] == "https://photos.example/1"
    low, high = sorted((ann.id, brand.id))
    assert {newest["dm_conversation_id"], sent["dm_conversation_id"], asked.conversation_id} == {f"{low}-{high}"}
    assert {user["username"] for user in answer["includes"]["users"]} == {"ann", "northwindair"}


def test_three_ways_to_read_one_conversation(x_world, brand, ann, client):
    x_world.account("bob")
    event = x_world.dm("ann", "northwindair", "one")
    x_world.dm("bob", "northwindair", "two")
    assert texts(client.get_direct_message_events()) == ["two", "one"]
    assert texts(client.get_direct_message_events(participant_id=ann.id)) == ["one"]
    assert texts(client.get_direct_message_events(dm_conversation_id=event.conversation_id)) == ["one"]


def test_nobody_reads_messages_of_others(x_world, ann, client):
    x_world.account("bob")
    secret = x_world.dm("ann", "bob", "secret")
    assert client.get_direct_message_events(dm_conversation_id=secret.conversation_id) == {"meta": {"result_count": 0}}
    with pytest.raises(tweepy.NotFound):
        client._make_request("GET", f"/2/dm_events/{secret.id}", user_auth=True)


def test_a_page_names_a_next_one_even_when_there_is_none(x_world, ann, client):
    x_world.dm("ann", "northwindair", "one")
    first = client.get_direct_message_events()
    rest = client.get_direct_message_events(pagination_token=first["meta"]["next_token"])
    assert (rest["meta"]["result_count"], "next_token" in rest["meta"]) == (0, False)


def test_sent_messages_are_listed_after_the_lag(x_world, ann, client):
    x_world.settings.dm_lag_s = 20
    client.create_direct_message(participant_id=ann.id, text="hello")
    assert client.get_direct_message_events() == {"meta": {"result_count": 0}}
    x_world.clock.advance(21)
    assert texts(client.get_direct_message_events()) == ["hello"]


def test_messages_older_than_thirty_days_are_gone(x_world, ann, client):
    x_world.dm("ann", "northwindair", "old")
    x_world.clock.advance(days=31)
    assert client.get_direct_message_events()["meta"]["result_count"] == 0


def test_a_group_begins_with_a_join(x_world, ann, client):
    bob = x_world.account("bob")
    made = client.create_direct_message_conversation(text="Both of you", participant_ids=[ann.id, bob.id])["data"]
    message, joined = client.get_direct_message_events(
        dm_conversation_id=made["dm_conversation_id"], dm_event_fields=["participant_ids", "sender_id"]
    )["data"]
    assert message["id"] == made["dm_event_id"]
    assert (joined["event_type"], joined["participant_ids"]) == ("ParticipantsJoin", [str(ann.id), str(bob.id)])
    client.create_direct_message(dm_conversation_id=made["dm_conversation_id"], text="More")


def test_people_who_take_no_messages_must_write_first(x_world, client):
    shy = x_world.account("shy", open_dms=False)
    with pytest.raises(tweepy.Forbidden, match="do not have permission to DM"):
        client.create_direct_message(participant_id=shy.id, text="hi")
    x_world.dm("shy", "northwindair", "hello")
    assert client.create_direct_message(participant_id=shy.id, text="hi")["data"]["dm_event_id"]
    x_world.block("shy", "northwindair")
    with pytest.raises(tweepy.Forbidden, match="do not have permission to DM"):
        client.create_direct_message(participant_id=shy.id, text="hi again")


@pytest.mark.parametrize("text", ["", "x" * 10_001])
def test_empty_and_endless_messages_are_refused(ann, client, text):
    with pytest.raises(tweepy.BadRequest):
        client.create_direct_message(participant_id=ann.id, text=text)


def test_fifteen_reads_in_fifteen_minutes(x_world, ann, client):
    for _ in range(15):
        client.get_direct_message_events()
    with pytest.raises(tweepy.TooManyRequests) as refusal:
        client.get_direct_message_events()
    assert 0 < refusal.value.reset_time - x_world.clock.now_ms() // 1000 <= 900
    x_world.clock.advance(901)
    assert client.get_direct_message_events()["meta"]["result_count"] == 0


def test_private_pictures_need_oauth2(x_world, brand, ann, tweepy_client):
    x_world.dm("ann", "northwindair", "look", media=[x_world.picture("ann", "suitcase", private=True)])
    client = tweepy_client("oauth2", return_type=dict)
    answer = client.get_direct_message_events(
        user_auth=False,
        dm_event_fields=["attachments"],
        expansions=["attachments.media_keys"],
        media_fields=["url"],
    )
    (media,) = answer["includes"]["media"]
    assert requests.get(media["url"], timeout=5).status_code == 401
    token = {"Authorization": f"Bearer {client.bearer_token}"}
    assert requests.get(media["url"], headers=token, timeout=5).content.startswith(b"\x89PNG")
    assert requests.get(f"{x_world.base_url}/media/{media['media_key']}.png", timeout=5).status_code == 404
    signed = tweepy_client("oauth1")
    path = media["url"].removeprefix(x_world.base_url)
    with pytest.raises(tweepy.Forbidden, match=r"OAuth 2\.0 User Context"):
        signed._make_request("GET", path, user_auth=True)
