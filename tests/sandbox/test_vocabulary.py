"""X renames tweets to posts: both vocabularies, and X's own SDK, which speaks the new one."""

import pytest
import requests
from xdk import Client
from xdk.oauth1_auth import OAuth1
from xdk.posts.models import CreateRequest


@pytest.fixture
def thread(x_world, ann):
    own = x_world.post("northwindair", "New route: Oslo")
    question = x_world.post("ann", "@northwindair " + "when does it start? " * 20, reply_to=own)
    return own, question


def get(x_world, path, **params):
    headers = {"Authorization": f"Bearer {x_world.app().bearer_token}"}
    return requests.get(x_world.base_url + path, params=params, headers=headers, timeout=5).json()


def test_a_request_in_new_words_is_answered_in_new_words(x_world, brand, thread):
    own, question = thread
    x_world.connect("northwindair")
    wanted = "note_post,referenced_posts,public_metrics"
    path = f"/2/users/{brand.id}/mentions"
    answer = get(x_world, path, **{"post.fields": wanted, "expansions": "referenced_posts"})
    (post,) = answer["data"]
    assert post["referenced_posts"] == [{"type": "replied_to", "id": str(own.id)}]
    assert post["note_post"]["text"].startswith("@northwindair when does it start?")
    assert post["edit_history_post_ids"] == [str(question.id)]
    assert post["public_metrics"]["repost_count"] == 0
    assert [included["id"] for included in answer["includes"]["posts"]] == [str(own.id)]


def test_the_network_can_speak_new_words_to_everybody(x_world, brand, thread):
    x_world.connect("northwindair")
    x_world.settings.vocabulary = "post"
    answer = get(x_world, f"/2/tweets/{thread[1].id}", **{"tweet.fields": "referenced_tweets"})
    assert "referenced_posts" in answer["data"]
    error = get(x_world, "/2/tweets/1")["errors"][0]
    assert error["type"] == "https://api.x.com/2/problems/resource-not-found"


def sdk(x_world, auth):
    if auth == "oauth2":
        return Client(base_url=x_world.base_url, access_token=x_world.connect("northwindair", "oauth2")["access_token"])
    keys = x_world.connect("northwindair")
    signing = OAuth1(
        keys["consumer_key"], keys["consumer_secret"], "oob", keys["access_token"], keys["access_token_secret"]
    )
    return Client(base_url=x_world.base_url, auth=signing)


@pytest.mark.parametrize("auth", ["oauth1", "oauth2"])
def test_xs_own_sdk_reads_mentions_and_answers(x_world, brand, ann, auth):
    for number in range(7):
        x_world.post("ann", f"@northwindair question {number}")
    client = sdk(x_world, auth)
    pages = list(
        client.users.get_mentions(
            str(brand.id),
            max_results=5,
            post_fields=["conversation_id", "created_at", "public_metrics"],
            expansions=["author_id"],
        )
    )
    posts = [post for page in pages for post in page.data]
    assert [post.text for post in posts] == [f"@northwindair question {number}" for number in range(6, -1, -1)]
    assert pages[0].includes.users[0].username == "ann"
    made = client.posts.create(CreateRequest(text="Answered", reply={"in_reply_to_tweet_id": posts[0].id}))
    assert made.data.text == "@ann Answered"
    assert x_world.posts[int(made.data.id)].reply_to == int(posts[0].id)
