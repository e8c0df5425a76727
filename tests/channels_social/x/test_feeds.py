"""Walks over the simulated X: nothing is lost, whatever happens between two pages."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from channels_social.x import walk as walks
from channels_social.x.adapter import XAdapter
from channels_social.x.walk import OVERLAP_EVERY, Walk
from tests.x_sandbox import BRAND
from tickets.channels.errors import BadPayload, CursorExpired, Unavailable


@pytest.fixture(autouse=True)
def jo(x_world):
    return x_world.account("jo")


def say(x_world, text="hello", **how):
    return str(x_world.post("jo", f"@{BRAND} {text}", **how).id)


def walk(adapter: XAdapter, feed: str, cursor: dict) -> tuple[list[str], dict]:
    """All items up to the end of the walk, and the cursor there; it is stored as JSON in between."""
    found, more = [], True
    while more:
        page = adapter.fetch(feed, json.loads(json.dumps(cursor)))
        found += [item.external_id for item in page.items]
        cursor, more = page.cursor, page.more
    return found, cursor


def test_nothing_new_is_one_request_for_every_feed(adapter, x_world):
    said = say(x_world)
    answer = x_world.post(BRAND, "sorry", reply_to=int(said))
    written = x_world.dm("jo", BRAND, "hello")
    for feed, known in (("mentions", said), ("own_posts", str(answer.id)), ("direct_messages", str(written.id))):
        _, cursor = walk(adapter, feed, {})
        assert cursor["since"] == known
        before = len(x_world.seen())
        for _poll in range(OVERLAP_EVERY * 2):
            _, cursor = walk(adapter, feed, cursor)
        assert len(x_world.seen()) == before + OVERLAP_EVERY * 2
        assert cursor["since"] == known


def test_an_account_nobody_talks_to_is_one_request(adapter, x_world):
    for feed in ("mentions", "own_posts", "direct_messages"):
        assert walk(adapter, feed, {})[0] == []
    assert len(x_world.seen()) == 3


def test_first_contact_takes_one_page(adapter, x_world):
    for n in range(130):
        say(x_world, str(n))
    found, cursor = walk(adapter, "mentions", {})
    assert len(found) == 100
    assert len(x_world.seen("mentions")) == 1
    assert walk(adapter, "mentions", cursor)[0] == []


def test_a_long_walk_brings_everything_and_then_moves(adapter, x_world):
    first = say(x_world)
    _, cursor = walk(adapter, "mentions", {})
    new = [say(x_world, str(n)) for n in range(250)]
    page = adapter.fetch("mentions", cursor)
    assert page.more
    assert page.cursor["since"] == first
    found, cursor = walk(adapter, "mentions", cursor)
    assert found == new[::-1]
    assert cursor["since"] == new[-1]
    assert "walk" not in cursor


def test_a_crash_in_the_middle_of_a_walk_loses_nothing(adapter, x_world):
    say(x_world)
    _, cursor = walk(adapter, "mentions", {})
    new = {say(x_world, str(n)) for n in range(250)}
    page = adapter.fetch("mentions", cursor)
    stored = {item.external_id for item in page.items}
    x_world.faults.add("unavailable", "mentions")
    with pytest.raises(Unavailable):
        adapter.fetch("mentions", page.cursor)
    during = say(x_world, "while we were away")
    found, cursor = walk(adapter, "mentions", page.cursor)
    assert stored | set(found) == new
    # What came during the walk is newer than its beginning: the next poll has it.
    assert walk(adapter, "mentions", cursor)[0] == [during]


def test_a_page_fetched_twice_holds_the_same_items(adapter, x_world):
    for n in range(3):
        say(x_world, str(n))
    first, second = adapter.fetch("mentions", {}), adapter.fetch("mentions", {})
    assert [(item.external_id, item.revision) for item in first.items] == [
        (item.external_id, item.revision) for item in second.items
    ]


@pytest.mark.parametrize("feed", ["mentions", "own_posts", "direct_messages"])
@pytest.mark.parametrize("fault", ["empty_page", "repeated_page"])
def test_pages_that_lead_nowhere_do_not_end_the_walk(adapter, x_world, feed, fault):
    def speak(n):
        if feed == "mentions":
            return say(x_world, str(n))
        if feed == "own_posts":
            return str(x_world.post(BRAND, f"news {n}").id)
        return str(x_world.dm("jo", BRAND, f"hello {n}").id)

    speak(0)
    _, cursor = walk(adapter, feed, {})
    new = {speak(n) for n in range(1, 131)}
    x_world.faults.add(fault, "dm_events" if feed == "direct_messages" else feed, times=3)
    found, cursor = walk(adapter, feed, cursor)
    assert new <= set(found)
    assert cursor["since"] == max(new, key=int)


def test_empty_pages_without_end_are_left(replay, kept):
    kept.base_url = replay.url
    for n in range(walks.IDLE_PAGES + 5):
        replay.answer(200, {"meta": {"result_count": 0, "next_token": f"page{n}"}})
    found, cursor = walk(XAdapter(kept.account()), "mentions", {"since": "5", "polls": 0})
    assert (found, cursor) == ([], {"since": "5", "polls": 1})
    assert len(replay.asked) == walks.IDLE_PAGES


def test_a_post_that_is_found_late_is_not_missed(adapter, x_world):
    say(x_world)
    _, cursor = walk(adapter, "mentions", {})
    late = say(x_world, "late", late_s=30)
    newer = say(x_world, "newer")
    found, cursor = walk(adapter, "mentions", cursor)
    assert (found, cursor["since"]) == ([newer], newer)
    x_world.clock.advance(60)
    seen = set()
    for _poll in range(OVERLAP_EVERY):
        found, cursor = walk(adapter, "mentions", cursor)
        seen |= set(found)
    assert late in seen
    assert cursor["since"] == newer


def test_old_posts_are_not_read_again_for_late_ones(adapter, x_world):
    say(x_world, at=datetime.now(UTC) - timedelta(hours=2))
    _, cursor = walk(adapter, "mentions", {})
    for _poll in range(OVERLAP_EVERY * 2):
        found, cursor = walk(adapter, "mentions", cursor)
        assert found == []


def test_a_gap_beyond_what_is_listed_is_closed_by_search(adapter, x_world):
    x_world.settings.mentions_cap = 800
    start = datetime.now(UTC) - timedelta(hours=5)
    say(x_world, at=start)
    _, cursor = walk(adapter, "mentions", {})
    new = {say(x_world, str(n), at=start + timedelta(seconds=10 * n)) for n in range(1, 1001)}
    found, cursor = walk(adapter, "mentions", cursor)
    assert new <= set(found)
    assert len(x_world.seen("search")) == 3
    assert cursor["since"] == max(new, key=int)
    assert walk(adapter, "mentions", cursor)[0] == []


def test_search_costs_what_other_peoples_posts_cost(adapter, x_world):
    cursor = {"since": "1", "polls": 1, "walk": {"by": "search", "start_time": "2026-01-01T00:00:00Z"}}
    cursor["walk"]["start_time"] = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    cursor["walk"]["end_time"] = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    say(x_world, at=datetime.now(UTC) - timedelta(hours=2))
    page = adapter.fetch("mentions", cursor)
    assert [use.resource for use in page.uses] == ["post_read", "user_read"]


def test_a_lost_place_within_a_walk_begins_it_again(adapter, x_world):
    say(x_world)
    _, cursor = walk(adapter, "mentions", {})
    new = {say(x_world, str(n)) for n in range(150)}
    page = adapter.fetch("mentions", cursor)
    page.cursor["walk"]["token"] = "forgotten"
    found, _ = walk(adapter, "mentions", page.cursor)
    assert set(found) == new


def test_a_position_too_old_is_said(adapter, replay, kept):
    replay.answer(400, {"errors": [{"parameters": {"since_id": ["1"]}, "message": "'since_id' must be larger"}]})
    kept.base_url = replay.url
    with pytest.raises(CursorExpired):
        XAdapter(kept.account()).fetch("mentions", {"since": "1"})


# Direct messages: no since, listed late, and a next page is named although none follows.


def test_direct_messages_stop_at_what_is_known(adapter, x_world):
    for n in range(30):
        x_world.dm("jo", BRAND, str(n))
    _, cursor = walk(adapter, "direct_messages", {})
    new = {str(x_world.dm("jo", BRAND, f"new {n}").id) for n in range(50)}
    found, cursor = walk(adapter, "direct_messages", cursor)
    assert new <= set(found)
    assert [one.query["max_results"] for one in x_world.seen("dm_events")] == ["100", "20", "100"]
    assert cursor["since"] == max(new, key=int)


def test_a_direct_message_that_is_listed_late_is_not_missed(adapter, x_world):
    x_world.dm("jo", BRAND, "first")
    _, cursor = walk(adapter, "direct_messages", {})
    late = str(x_world.dm("jo", BRAND, "late", late_s=30).id)
    x_world.dm("jo", BRAND, "newer")
    found, cursor = walk(adapter, "direct_messages", cursor)
    assert late not in found
    x_world.clock.advance(60)
    assert late in walk(adapter, "direct_messages", cursor)[0]


def test_groups_joins_and_unknown_events(adapter, x_world):
    x_world.account("kim")
    x_world.dm("jo", [BRAND, "kim"], "all of us")
    x_world.faults.add("unknown_event", "dm_events")
    results = [adapter.normalise(item.payload) for item in adapter.fetch("direct_messages", {}).items]
    assert [getattr(one, "reason", "") for one in results] == ["unknown_event", "", "dm_join"]
    assert results[1].shared_thread


# What an item is called and carries.


def test_an_edit_is_a_new_revision_of_the_same_item(adapter, x_world):
    post = x_world.post("jo", f"@{BRAND} helo")
    before = adapter.fetch("mentions", {}).items[0]
    edited = x_world.edit(post, f"@{BRAND} hello")
    after = adapter.fetch("mentions", {}).items[0]
    assert (before.external_id, before.revision) == (str(post.id), str(post.id))
    assert (after.external_id, after.revision) == (str(post.id), str(edited.id))
    assert adapter.normalise(after.payload).external_ids == (str(edited.id), str(post.id))


def test_both_vocabularies_are_the_same_item(adapter, x_world):
    x_world.account("kim")
    say(x_world, media=[x_world.picture("jo")])
    x_world.post("kim", f"@{BRAND} too", reply_to=x_world.post("jo", "x"))
    old = adapter.fetch("mentions", {})
    x_world.settings.vocabulary = "post"
    new = adapter.fetch("mentions", {})
    assert [(item.external_id, item.revision) for item in old.items] == [
        (item.external_id, item.revision) for item in new.items
    ]
    assert "edit_history_post_ids" in new.items[0].payload["item"]
    assert [adapter.normalise(item.payload) for item in old.items] == [
        adapter.normalise(item.payload) for item in new.items
    ]


def test_a_payload_carries_what_belongs_to_it_and_no_more(adapter, x_world):
    x_world.account("kim")
    x_world.post("kim", f"@{BRAND} look", media=[x_world.picture("kim")])
    say(x_world)
    plain, pictured = adapter.fetch("mentions", {}).items
    assert [user["username"] for user in plain.payload["includes"]["users"]] == ["jo"]
    assert "media" not in plain.payload["includes"]
    assert [user["username"] for user in pictured.payload["includes"]["users"]] == ["kim"]
    assert len(pictured.payload["includes"]["media"]) == 1


def test_a_repost_tells_the_reach_of_what_it_repeats(adapter, x_world):
    post = x_world.post("jo", f"@{BRAND} look")
    for name in ("kim", "lee"):
        x_world.repost(x_world.account(name), post)
    newest = adapter.normalise(adapter.fetch("mentions", {}).items[0].payload)
    assert newest.reason == "repost"
    assert (newest.reach.external_id, dict(newest.reach.reach)) == (str(post.id), {"reposts": 2})


def test_missing_includes_keep_the_message(adapter, x_world):
    say(x_world)
    x_world.faults.add("missing_includes", "mentions")
    item = adapter.fetch("mentions", {}).items[0]
    assert adapter.normalise(item.payload).author.handle == ""


def test_a_broken_item_is_kept_for_parking_and_the_rest_goes_on(adapter, x_world):
    say(x_world, "one")
    say(x_world, "two")
    x_world.faults.add("broken_item", "mentions")
    page = adapter.fetch("mentions", {})
    assert len(page.items) == 2
    with pytest.raises(BadPayload):
        adapter.normalise(page.items[0].payload)
    assert adapter.normalise(page.items[1].payload).text == f"@{BRAND} one"


@pytest.mark.parametrize("item", ["text", None, 7, ["x"], {"id": 5}, {"id": "x", "text": "y"}])
def test_anything_can_be_kept(replay, kept, item):
    kept.base_url = replay.url
    replay.answer(200, {"data": [item], "meta": {"result_count": 1}})
    page = XAdapter(kept.account()).fetch("mentions", {})
    assert page.items[0].external_id.startswith("unreadable-")
    with pytest.raises(BadPayload):
        XAdapter(kept.account()).normalise(page.items[0].payload)


def test_the_account_is_asked_for_its_id_once(kept, x_world):
    kept.state.clear()
    page = XAdapter(kept.account()).fetch("mentions", {})
    assert kept.state == {"user_id": str(x_world.find(BRAND).id)}
    assert [use.resource for use in page.uses] == ["user_read"]
    XAdapter(kept.account()).fetch("mentions", page.cursor)
    assert len(x_world.seen("me")) == 1


# The rules themselves.


def test_ids_compare_as_numbers():
    walk = Walk(walks.SINCE, "99", newest="99").after(["100", "999", "1000"], "t")
    assert (walk.newest, walk.oldest) == ("1000", "100")


def test_a_week_is_the_most_that_search_reaches():
    now = datetime(2026, 8, 1, tzinfo=UTC)
    old, young = ("1" + "0" * 17), str((int((now.timestamp() - 3600) * 1000) - walks.X_EPOCH_MS) << 22)
    ended = Walk(walks.SINCE, since=old, newest=young, oldest=young, read=800)
    search = walks.beyond_listing(ended, now)
    assert search.start_time == "2026-07-25T00:05:00Z"
    assert search.end_time == "2026-07-31T23:00:01Z"
    assert walks.beyond_listing(Walk(walks.SINCE, old, newest=young, oldest=young, read=100), now) is None
    assert walks.beyond_listing(Walk(walks.FIRST, newest=young, oldest=young, read=800), now) is None
