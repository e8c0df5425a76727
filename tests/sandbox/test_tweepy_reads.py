"""Unmodified tweepy reads posts and people from the sandbox."""

import pytest
import requests
import tweepy

from sandbox.x.clock import from_ms

FIELDS = ["author_id", "conversation_id", "created_at", "entities", "note_tweet", "referenced_tweets", "edit_controls"]


def ids(answer):
    return [item["id"] for item in answer.get("data", [])]


@pytest.mark.parametrize("auth", ["oauth1", "oauth2", "app"])
def test_mentions_come_newest_first_for_every_kind_of_caller(x_world, brand, ann, tweepy_client, auth):
    first = x_world.post("ann", "@northwindair where is my bag?")
    second = x_world.post("ann", "hello @NorthwindAir")
    x_world.post("ann", "nothing to do with it")

    client = tweepy_client(auth, return_type=dict)
    answer = client.get_users_mentions(brand.id, user_auth=auth == "oauth1")

    assert ids(answer) == [str(second.id), str(first.id)]
    assert answer["meta"] == {"result_count": 2, "newest_id": str(second.id), "oldest_id": str(first.id)}


def test_tweepys_own_objects_can_be_made_from_an_answer(x_world, brand, ann, tweepy_client):
    x_world.post("ann", "@northwindair hi", media=[x_world.picture("ann", "suitcase", alt="A broken suitcase")])
    answer = tweepy_client().get_users_mentions(
        brand.id,
        user_auth=True,
        tweet_fields=FIELDS,
        expansions=["author_id", "attachments.media_keys"],
        media_fields=["url", "alt_text"],
        user_fields=["public_metrics", "created_at"],
    )
    assert answer.includes["users"][0].username == "ann"
    assert answer.includes["users"][0].public_metrics["followers_count"] == 900
    assert answer.includes["media"][0].alt_text == "A broken suitcase"
    assert answer.data[0].created_at == from_ms(x_world.posts[answer.data[0].id].created_ms)


def test_nothing_new_is_an_answer_without_data(brand, client):
    assert client.get_users_mentions(brand.id, user_auth=True) == {"meta": {"result_count": 0}}


def test_since_id_and_until_id_leave_their_own_post_out(x_world, brand, ann, client):
    posts = [x_world.post("ann", f"@northwindair {number}") for number in range(4)]
    answer = client.get_users_mentions(brand.id, user_auth=True, since_id=posts[0].id, until_id=posts[3].id)
    assert ids(answer) == [str(posts[2].id), str(posts[1].id)]


def test_pages_follow_each_other_without_gap_or_repeat(x_world, brand, ann, client):
    posts = [x_world.post("ann", f"@northwindair {number}") for number in range(12)]
    seen, token = [], None
    while True:
        answer = client.get_users_mentions(brand.id, user_auth=True, max_results=5, pagination_token=token)
        seen += ids(answer)
        token = answer["meta"].get("next_token")
        if not token:
            break
        x_world.post("ann", "@northwindair arrives while somebody turns the page")
    assert seen == [str(post.id) for post in reversed(posts)]


def test_only_the_newest_800_mentions_can_be_read(x_world, brand, ann, client):
    x_world.settings.mentions_cap = 7
    for number in range(9):
        x_world.post("ann", f"@northwindair {number}")
    first = client.get_users_mentions(brand.id, user_auth=True, max_results=5)
    rest = client.get_users_mentions(
        brand.id, user_auth=True, max_results=5, pagination_token=first["meta"]["next_token"]
    )
    assert len(first["data"]) + len(rest["data"]) == 7
    assert "next_token" not in rest["meta"]


def test_a_late_mention_appears_below_a_newer_one(x_world, brand, ann, client):
    late = x_world.post("ann", "@northwindair late", late_s=30)
    newer = x_world.post("ann", "@northwindair newer")
    assert ids(client.get_users_mentions(brand.id, user_auth=True)) == [str(newer.id)]
    assert ids(client.get_tweets([late.id], user_auth=True)) == [str(late.id)]
    x_world.clock.advance(31)
    assert ids(client.get_users_mentions(brand.id, user_auth=True)) == [str(newer.id), str(late.id)]
    assert late.id < newer.id


def test_text_is_escaped_and_entities_count_code_points(x_world, brand, ann, client):
    x_world.post("ann", "👩‍👧 @northwindair bag & coat https://photos.example/albums/1")
    (post,) = client.get_users_mentions(brand.id, user_auth=True, tweet_fields=["entities"])["data"]
    mention, link = post["entities"]["mentions"][0], post["entities"]["urls"][0]
    assert "bag &amp; coat https://t.co/" in post["text"]
    assert post["text"][mention["start"] : mention["end"]] == "@northwindair"
    assert post["text"][link["start"] : link["end"]] == link["url"]
    assert link["expanded_url"] == "https://photos.example/albums/1"


def test_a_long_post_is_cut_and_whole_in_its_note(x_world, brand, ann, client):
    whole = "@northwindair " + "the same story again " * 30
    x_world.post("ann", whole.strip())
    (post,) = client.get_users_mentions(brand.id, user_auth=True, tweet_fields=["note_tweet"])["data"]
    assert len(post["text"]) <= 280 and post["text"].endswith("…")
    assert post["note_tweet"]["text"] == whole.strip()
    assert post["note_tweet"]["entities"]["mentions"][0]["username"] == "northwindair"


def test_an_edit_comes_back_under_a_new_id(x_world, brand, ann, client):
    old = x_world.post("ann", "@northwindair I am in seta 4A")
    new = x_world.edit(old, "@northwindair I am in seat 4A")
    (post,) = client.get_users_mentions(brand.id, user_auth=True, since_id=old.id)["data"]
    assert (post["id"], post["edit_history_tweet_ids"]) == (str(new.id), [str(old.id), str(new.id)])
    assert client.get_tweet(old.id, user_auth=True)["data"]["text"] == "@northwindair I am in seta 4A"


def test_reposts_and_quotes_refer_to_their_post(x_world, brand, ann, client):
    x_world.account("bob", "Bob")
    complaint = x_world.post("ann", "@northwindair " + "never again, " * 15)
    x_world.repost("bob", complaint)
    x_world.post("bob", "look at this @northwindair", quote=complaint)
    quote, repost, _ = client.get_users_mentions(
        brand.id, user_auth=True, tweet_fields=["referenced_tweets", "public_metrics"]
    )["data"]
    assert quote["referenced_tweets"] == [{"type": "quoted", "id": str(complaint.id)}]
    assert repost["referenced_tweets"] == [{"type": "retweeted", "id": str(complaint.id)}]
    assert repost["text"].startswith("RT @ann: @northwindair never") and len(repost["text"]) == 140
    assert (complaint.repost_count, complaint.quote_count) == (1, 1)


def test_what_cannot_be_shown_is_named_in_errors(x_world, ann, client):
    x_world.account("eve", "Eve", protected=True)
    gone, kept = x_world.post("ann", "one"), x_world.post("ann", "two")
    shy = x_world.post("eve", "three")
    x_world.delete(gone)
    answer = client.get_tweets([gone.id, kept.id, shy.id], user_auth=True)
    assert ids(answer) == [str(kept.id)]
    assert [(error["value"], error["title"]) for error in answer["errors"]] == [
        (str(gone.id), "Not Found Error"),
        (str(shy.id), "Authorization Error"),
    ]
    assert answer["errors"][0]["detail"] == f"Could not find tweet with id: [{gone.id}]."
    assert "data" not in client.get_tweets([gone.id], user_auth=True)


def test_a_missing_parent_is_a_partial_error(x_world, brand, ann, client):
    parent = x_world.post("ann", "my parent goes away")
    x_world.post("ann", "@northwindair see above", reply_to=parent)
    x_world.delete(parent)
    answer = client.get_users_mentions(brand.id, user_auth=True, expansions=["referenced_tweets.id"])
    assert answer["errors"][0]["parameter"] == "referenced_tweets.id"
    assert "includes" not in answer


def test_suspended_people_and_their_posts_disappear(x_world, brand, ann, client):
    post = x_world.post("ann", "@northwindair hi")
    x_world.account("ann", suspended=True)
    assert client.get_users_mentions(brand.id, user_auth=True)["meta"]["result_count"] == 0
    assert client.get_tweet(post.id, user_auth=True)["errors"][0]["title"] == "Not Found Error"
    answer = client.get_user(id=ann.id, user_auth=True)
    assert (answer["errors"][0]["title"], "data" in answer) == ("Forbidden", False)


def test_own_posts_can_leave_out_replies(x_world, brand, ann, client):
    own = x_world.post("northwindair", "Snow in Oslo: check your flight.")
    question = x_world.post("ann", "is mine late?", reply_to=own)
    x_world.post("northwindair", "Yes, by an hour.", reply_to=question)
    everything = client.get_users_tweets(brand.id, user_auth=True)
    assert [post["text"] for post in everything["data"]] == [
        "@ann Yes, by an hour.",
        "Snow in Oslo: check your flight.",
    ]
    assert ids(client.get_users_tweets(brand.id, user_auth=True, exclude=["replies"])) == [str(own.id)]


def test_search_understands_what_a_helpdesk_asks(x_world, ann, client):
    x_world.settings.search_delay_s = 0
    mention = x_world.post("ann", "@northwindair hi")
    reply = x_world.post("northwindair", "Hi Ann", reply_to=mention)
    x_world.repost("ann", mention)

    def find(query):
        return ids(client.search_recent_tweets(query, user_auth=True))

    assert find("@northwindair -is:retweet") == [str(mention.id)]
    assert find(f"conversation_id:{mention.id} from:northwindair") == [str(reply.id)]
    assert find('("hi ann" OR is:reply) -from:ann') == [str(reply.id)]


def test_search_knows_seven_days_only(x_world, ann, client):
    old = x_world.post("ann", "@northwindair hi")
    x_world.clock.advance(days=8)
    with pytest.raises(tweepy.BadRequest, match=r"must be a tweet id created after .* that is larger than"):
        client.search_recent_tweets("@northwindair", user_auth=True, since_id=old.id)


def test_search_ends_thirty_seconds_before_now(x_world, ann, client):
    post = x_world.post("ann", "@northwindair hi")
    assert ids(client.search_recent_tweets("@northwindair", user_auth=True)) == []
    x_world.clock.advance(31)
    assert ids(client.search_recent_tweets("@northwindair", user_auth=True)) == [str(post.id)]


def test_people_are_found_by_id_and_name(ann, client):
    assert client.get_user(username="ANN", user_auth=True)["data"] == {
        "id": str(ann.id),
        "name": "Ann Smith",
        "username": "ann",
    }
    answer = client.get_users(usernames=["ann", "nobody"], user_auth=True, user_fields=["verified"])
    assert answer["data"][0]["verified"] is False
    assert answer["errors"][0]["detail"] == "Could not find user with username: [nobody]."
    assert ids(client.get_users(ids=[ann.id], user_auth=True)) == [str(ann.id)]


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"max_results": 4}, "is not between 5 and 100"),
        ({"max_results": 101}, "is not between 5 and 100"),
        ({"since_id": "x1"}, "does not match"),
        ({"pagination_token": "nonsense"}, "is not valid"),
        ({"start_time": "yesterday"}, "RFC3339"),
    ],
)
def test_bad_parameters_are_refused_by_name(brand, client, asked, complaint):
    with pytest.raises(tweepy.BadRequest, match=complaint) as refusal:
        client.get_users_mentions(brand.id, user_auth=True, **asked)
    body = refusal.value.response.json()
    assert (body["title"], list(body["errors"][0]["parameters"])) == ("Invalid Request", list(asked))


def test_unknown_routes_are_json_404(x_world):
    answer = requests.get(f"{x_world.base_url}/2/nowhere", timeout=5)
    assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")


def test_pictures_of_posts_are_public(x_world, ann):
    picture = x_world.picture("ann", "suitcase")
    answer = requests.get(f"{x_world.base_url}/media/{picture.key}.png", timeout=5)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
