"""The visitor's page and the control routes, over HTTP and without JavaScript."""

import re

import pytest
import requests


@pytest.fixture
def visitor(x_world):
    """`visitor(verb, **form)` submits a form of the page and returns where it leads."""
    session = requests.Session()

    def submit(verb, **form):
        return session.post(f"{x_world.base_url}/act/{verb}", data=form, timeout=5)

    return submit


@pytest.fixture
def page(x_world):
    return lambda who="": requests.get(x_world.base_url, params={"as": who}, timeout=5)


def test_a_made_up_customer_posts_and_sees_the_answer(x_world, client, visitor, page):
    visitor("customer", name="Jo Example", handle="@jo_example", followers="12")
    after = visitor("post", **{"as": "jo_example", "text": "where is my bag?", "mention": "on", "scene": "suitcase"})
    assert after.status_code == 200 and "@northwindair where is my bag?" in after.text
    (post,) = x_world.posts.values()
    client.create_tweet(text="In Oslo. It likes it there.", in_reply_to_tweet_id=post.id)
    assert "In Oslo. It likes it there." in page("jo_example").text
    assert f'src="/media/{post.media[0]}.png"' in page("jo_example").text


def test_customers_reply_edit_repost_and_delete(x_world, ann, visitor, page):
    own = x_world.post("northwindair", "New route: Oslo")
    visitor("reply", **{"as": "ann", "text": "When?", "post": own.id})
    reply = x_world.posts[x_world.posts_by_author[ann.id][-1]]
    visitor("edit", **{"as": "ann", "text": "From when on?", "post": reply.id})
    assert "From when on?" in page("ann").text and "When?" not in page("ann").text
    visitor("repost", **{"as": "ann", "post": own.id})
    assert own.repost_count == 1
    visitor("delete", **{"as": "ann", "post": reply.history[-1]})
    assert "From when on?" not in page("ann").text


def test_private_messages_go_both_ways(x_world, ann, client, visitor, page):
    visitor("dm", **{"as": "ann", "text": "Just between us", "scene": "seat"})
    client.create_direct_message(participant_id=ann.id, text="Of course")
    shown = page("ann").text
    assert "Just between us" in shown and "Of course" in shown
    picture = re.search(r'src="(/private/[^"]+)"', shown)[1]
    assert requests.get(x_world.base_url + picture, timeout=5).content.startswith(b"\x89PNG")
    x_world.account("bob", "Bob")
    assert "Just between us" not in page("bob").text


@pytest.mark.parametrize(
    ("verb", "form", "complaint"),
    [
        ("customer", {"name": "Jo", "handle": "no spaces allowed"}, "1 to 15 letters"),
        ("customer", {"name": "", "handle": "jo"}, "Give a name"),
        ("customer", {"name": "Jo", "handle": "ANN"}, "exists already"),
        ("customer", {"name": "Jo", "handle": "jo", "followers": "-1"}, "whole number"),
        ("post", {"as": "ann", "text": "  "}, "Write 1 to 4000 characters"),
        ("post", {"as": "ann", "text": "x" * 4001}, "Write 1 to 4000 characters"),
        ("post", {"as": "nobody", "text": "hi"}, "Nobody here is called nobody"),
        ("post", {"as": "northwindair", "text": "hi"}, "answers from the helpdesk"),
        ("reply", {"as": "ann", "text": "hi", "post": "x"}, "There is no post"),
        ("edit", {"as": "ann", "text": "hi", "post": "theirs"}, "Only its author"),
        ("fly", {"as": "ann"}, "There is no action"),
    ],
)
def test_bad_input_is_refused_in_words(x_world, ann, visitor, verb, form, complaint):
    theirs = x_world.post("northwindair", "ours")
    if form.get("post") == "theirs":
        form = form | {"post": str(theirs.id)}
    answer = visitor(verb, **form)
    assert answer.status_code == 400
    assert complaint in answer.text
    assert len(x_world.posts) == 1


def test_what_customers_write_is_shown_as_text(x_world, ann, page):
    x_world.account("mal", "<script>alert(1)</script>")
    x_world.post("mal", "@northwindair <img src=x onerror=alert(1)> https://evil.example/?a=<b>")
    shown = page("mal").text
    assert "<img src=x" not in shown and "<script>alert" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown


def test_the_page_has_no_inline_script_or_style(x_world, ann, page):
    x_world.post("ann", "@northwindair hi", media=[x_world.picture("ann", "sky")])
    answer = page("ann")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", answer.text)
    for asset in re.findall(r'(?:href|src)="(/[^"]+)"', answer.text):
        assert requests.get(x_world.base_url + asset, timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["/act/customer", "/_sandbox/account"])
def test_other_sites_cannot_write_here(x_world, path):
    answer = requests.post(
        x_world.base_url + path,
        data={"name": "x", "handle": "x"},
        headers={"Origin": "https://evil.example"},
        timeout=5,
    )
    assert answer.status_code == 403
    assert len(x_world.accounts) == 1


def test_programs_act_through_the_control_routes(x_world):
    def ask(verb, **body):
        return requests.post(f"{x_world.base_url}/_sandbox/{verb}", json=body, timeout=5)

    ask("account", username="ann", followers=5)
    post = ask("post", author="ann", text="@northwindair hi", scene="seat").json()
    newer = ask("edit", post=post["id"], text="@northwindair hello").json()["id"]
    ask("repost", author="northwindair", post=newer)
    ask("dm", sender="ann", to="northwindair", text="psst")
    assert x_world.posts[int(newer)].own_words == "@northwindair hello"
    assert [event.text for event in x_world.dms_of("ann")] == ["psst"]
    ask("delete", post=newer)
    assert x_world.posts[int(post["id"])].deleted
    assert ask("faults", name="unavailable", route="mentions", times=None).json()["waiting"] == [
        {"name": "unavailable", "route": "mentions", "times": None}
    ]
    assert ask("faults", clear=True).json()["waiting"] == []
    assert "There is no fault" in ask("faults", name="gremlins").json()["error"]
    assert ask("faults", name="html", times=0).status_code == 400
    assert "'text'" in ask("post", author="ann").json()["error"]
    assert "no action" in ask("fly").json()["error"]
    assert requests.get(f"{x_world.base_url}/_sandbox/requests", timeout=5).json() == []
