"""Who hears what: teams decide, the lost are forgotten, the slow start over."""

import json

import pytest

from live.hub import MOST_WAITING, PRESENCE_S, Hub, Listener

MIA = {"id": 7, "name": "Mia", "initials": "M", "hue": 3}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hub(clock):
    return Hub(clock)


def heard(listener: Listener) -> list[tuple[str, dict]]:
    hints = []
    while not listener.waiting.empty():
        hint = listener.waiting.get_nowait()
        hints.append((hint.event, json.loads(hint.data)))
    return hints


def everybody(team):
    return True


def open_teams_only(team):
    return team != 66


def presence(number=1, state="viewing", team=None):
    return {"kind": "presence", "number": number, "team": team, "person": MIA, "state": state}


def test_a_changed_ticket_is_told_to_those_who_see_it(hub):
    with hub.listening(Listener(1, everybody)) as one, hub.listening(Listener(2, open_teams_only)) as other:
        hub.receive({"kind": "tickets", "tickets": [[5, None], [6, 66]]})
        assert heard(one) == [("tickets", {"numbers": [5, 6]})]
        assert heard(other) == [("tickets", {"numbers": [5]})]
        hub.receive({"kind": "tickets", "tickets": [[6, 66]]})
        assert heard(other) == []


def test_presence_is_told_when_it_changes_and_only_then(hub):
    with hub.listening(Listener(1, everybody)) as listener:
        hub.receive(presence())
        hub.receive(presence())
        hub.receive(presence(state="replying"))
        hub.receive(presence(state="left"))
        states = [[person["state"] for person in data["people"]] for _event, data in heard(listener)]
    assert states == [["viewing"], ["replying"], []]
    assert hub.places == {}


def test_a_new_listener_hears_who_is_where(hub):
    hub.receive(presence(team=66))
    with hub.listening(Listener(1, everybody)) as one, hub.listening(Listener(2, open_teams_only)) as other:
        assert heard(one)[0][1]["people"][0]["name"] == "Mia"
        assert heard(other) == []


def test_a_lost_browser_is_forgotten(hub, clock):
    hub.receive(presence())
    with hub.listening(Listener(1, everybody)) as listener:
        heard(listener)
        clock.now = PRESENCE_S - 1
        hub.forget_silent()
        assert heard(listener) == []
        clock.now = PRESENCE_S
        hub.forget_silent()
        assert heard(listener) == [("presence", {"number": 1, "people": []})]
    assert hub.places == {}


def test_a_connection_that_does_not_keep_up_starts_over(hub):
    with hub.listening(Listener(1, everybody)) as listener:
        for number in range(MOST_WAITING + 1):
            hub.receive({"kind": "tickets", "tickets": [[number, None]]})
        assert heard(listener) == [("resync", {})]


def test_nobody_listens_after_leaving(hub):
    with hub.listening(Listener(1, everybody)):
        assert len(hub.listeners) == 1
    assert not hub.listeners


def test_only_who_is_notified_hears_of_it(hub):
    mia, ann = Listener(7, everybody), Listener(8, everybody)
    with hub.listening(mia), hub.listening(ann):
        hub.receive({"kind": "notified", "users": [7]})
    assert heard(mia) == [("notified", {})] and heard(ann) == []
