"""The brand's week, the customers who keep arriving, and the program that runs both."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from sandbox import brand, pictures
from sandbox.arrivals import Arrivals, Pace
from sandbox.x.clock import ms_of
from sandbox.x.text import weighted_length
from sandbox.x.world import World

ROOT = Path(__file__).parents[2]


@pytest.fixture
def week():
    world = World(seed=7)
    world.clock.freeze()
    brand.seed(world)
    yield world
    world.close()


def story(world):
    return [(world.accounts[post.author_id].username, post.text) for post in world.posts.values() if not post.links]


def test_the_week_is_varied_and_in_the_past(week):
    own = week.find(brand.USERNAME)
    heard = [week.posts[number] for number in week.posts_by_mention[own.id]]
    now_ms = week.clock.now_ms()
    assert all(now_ms - 8 * 86_400_000 < ms_of(number) <= now_ms for number in [*week.posts, *week.dms])
    assert {post.lang for post in heard} >= {"en", "de", "es", "fr", "ar", "he", "ja", "zh", "ko", "uk"}
    assert any(post.reposts for post in heard) and any(post.quotes for post in heard)
    assert any(len(post.history) > 1 for post in heard) and any(post.deleted for post in heard)
    assert any(post.media for post in heard)
    assert any(weighted_length(post.own_words) > 280 for post in heard)
    # A first poll of one page finds all of it.
    assert 70 <= len([post for post in heard if post.latest and not post.deleted]) <= 100


def test_several_people_comment_under_one_post(week):
    threads = {}
    for post in week.posts.values():
        threads.setdefault(post.conversation_id, set()).add(post.author_id)
    assert max(map(len, threads.values())) >= 6


def test_equal_seeds_tell_equal_weeks_and_credentials(week):
    again = World(seed=7)
    brand.seed(again)
    assert story(again) == story(week)
    assert again.connect(brand.USERNAME) == week.connect(brand.USERNAME)
    assert brand.seed(again) is False
    assert World(seed=8).account(brand.USERNAME).id != week.find(brand.USERNAME).id


def test_emails_and_calls_are_of_the_same_customers():
    customers = {person["key"]: person for person in brand.read("customers")}
    mails = {mail["key"]: mail for mail in brand.read("emails")}
    for mail in mails.values():
        assert customers[mail["customer"]]["email"] and mail["subject"] and mail["body"]
        assert mail.get("in_reply_to", mail["key"]) in mails
    for call in brand.read("calls"):
        assert call.get("number") or customers[call["customer"]]["phone"]
        assert call["direction"] in ("inbound", "outbound")
        assert call["outcome"] in ("answered", "missed", "voicemail", "no_answer")


@pytest.mark.parametrize("scene", pictures.SCENES)
def test_every_picture_can_be_drawn(scene):
    assert pictures.draw(scene).startswith(b"\x89PNG")


def live(arrivals, world, seconds):
    for _ in range(seconds):
        world.clock.advance(1)
        arrivals.step()


def test_customers_arrive_at_the_given_pace_and_not_more_than_so_many(week):
    before = len(week.posts) + len(week.dms)
    arrivals = Arrivals(week, brand.USERNAME, Pace(every_s=(20, 60), per_hour=30))
    live(arrivals, week, 3600)
    # Edits and deletions act on what is there already.
    assert 20 <= len(week.posts) + len(week.dms) - before <= 30


def test_customers_answer_back_once_or_twice(week):
    own = week.find(brand.USERNAME)
    arrivals = Arrivals(week, brand.USERNAME, Pace(every_s=(10**6, 10**6), answer_s=(15, 60)))
    questions = [week.posts[number] for number in week.posts_by_mention[own.id]]
    for question in [one for one in questions if one.latest and not one.deleted and not one.reposts][-20:]:
        week.post(own, f"We look into it, {question.id}.", reply_to=question)
    week.dm(own, "marcusbell", "The money is on its way.")
    before = len(week.posts)
    live(arrivals, week, 14)
    assert len(week.posts) == before
    live(arrivals, week, 60)
    answers = [week.posts[number] for number in list(week.posts)[before:]]
    assert 8 <= len(answers) <= 20
    assert all(answer.reply_to_user == own.id for answer in answers)
    live(arrivals, week, 300)
    assert len(week.posts) == before + len(answers)


def test_a_full_network_takes_no_more(week, monkeypatch):
    monkeypatch.setattr("sandbox.x.posting.CAPACITY", 10)
    before = len(week.posts)
    live(Arrivals(week, brand.USERNAME, Pace(every_s=(1, 2))), week, 60)
    assert len(week.posts) <= before


@pytest.fixture
def program(tmp_path):
    """`program(*arguments)` starts the sandbox on a state directory and returns (process, its first line as JSON)."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--state", str(tmp_path / "state"), *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        line = process.stdout.readline()
        return process, json.loads(line) if line else None

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_killed_program_starts_again_with_all_it_knew(program):
    first, told = program("--no-arrivals")
    base = told["x"]["api_base_url"]
    assert requests.get(f"{base}/_sandbox/connection", timeout=5).json() == told
    body = {"author": "marcusbell", "text": "@northwindair remember me"}
    number = requests.post(f"{base}/_sandbox/post", json=body, timeout=5).json()["id"]
    first.kill()
    first.wait()
    second, again = program("--no-arrivals")
    assert again["x"]["credentials"] == told["x"]["credentials"]
    shown = requests.get(again["x"]["page"], timeout=5).text
    assert f'id="p{number}"' in shown and "remember me" in shown
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=10) == 0


def test_one_state_serves_one_program(program):
    program("--no-arrivals")
    second, told = program("--no-arrivals")
    assert told is None
    assert second.wait(timeout=10) == 1
    assert "cannot be used" in second.stderr.read()
