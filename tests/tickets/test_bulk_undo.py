"""Undoing what was done to many tickets, and macros for many."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as make
from tickets.models import BulkChange, Event, Macro, Ticket
from tickets.services import merging, properties, undo
from tickets.tasks import forget

pytestmark = pytest.mark.django_db


def do(client, deed, tickets, **values):
    return client.post(f"/queue/selected/{deed}/", {"ids": [ticket.pk for ticket in tickets]} | values, follow=True)


def take_back(client, change=None):
    change = change or BulkChange.objects.latest("pk")
    return client.post(reverse("undo-bulk", args=[change.pk]), {"list": "view=mine"}, follow=True)


def state(*tickets) -> list[dict]:
    return [undo.properties_of([ticket.pk])[str(ticket.pk)] for ticket in tickets]


@pytest.mark.parametrize(
    ("deed", "values"),
    [
        ("assign", {}),
        ("assign", {"assignee": ""}),
        ("priority", {"priority": "urgent"}),
        ("status", {"status": "pending"}),
        ("status", {"status": "solved"}),
        ("tag", {"tags": "refund, bags"}),
        ("snooze", {"until": "week"}),
        ("wake", {}),
    ],
)
def test_every_deed_can_be_taken_back(as_, agent, teammate, deed, values):
    soon = timezone.now() + timedelta(hours=2)
    tickets = [
        make.ticket(status="open", tags=("bags",), assignee=agent),
        make.ticket(status="on_hold", priority=1, snoozed_until=soon),
    ]
    before = state(*tickets)
    client = as_(agent)
    if deed == "assign":
        values = {"assignee": teammate.pk} | values

    page = do(client, deed, tickets, **values).content.decode()
    assert state(*tickets) != before
    [address] = re.findall(r'action="(/queue/undo/\d+/)"', page)

    answer = client.post(address, {"list": "view=mine"}, follow=True)
    assert answer.redirect_chain == [("/?view=mine", 302)]
    assert re.search(r"[12] tickets? as before\.", answer.content.decode())
    assert state(*tickets) == before


def test_solved_by_mistake_the_customer_waits_again(as_, agent):
    ticket = make.ticket()
    since = ticket.waiting_since
    client = as_(agent)
    do(client, "status", [ticket], status="solved")
    take_back(client)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since, ticket.solved_at) == ("open", since, None), "new no more"
    undone = Event.objects.filter(kind="status_changed").latest("id")
    assert (undone.data["reason"], undone.actor) == ("undo", agent)


def test_a_merge_comes_apart(as_, agent):
    target, *sources = [make.ticket() for _ in range(3)]
    client = as_(agent)
    do(client, "merge", sources, target=target.pk)
    take_back(client)
    assert [Ticket.objects.get(pk=source.pk).excluded for source in sources] == ["", ""]


def test_what_somebody_changed_since_stays(as_, agent, teammate):
    touched, other = make.ticket(), make.ticket()
    client = as_(agent)
    do(client, "priority", [touched, other], priority="urgent")
    properties.set_priority(touched.pk, "low", teammate)
    properties.add_tags(other.pk, ["later"], teammate)

    page = take_back(client).content.decode()
    assert f"#{touched.pk}: Changed again since." in page and "1 ticket as before." in page
    assert [one["priority"] for one in state(touched, other)] == ["low", "normal"]
    assert state(other)[0]["tags"] == ["later"]


def test_a_customer_who_wrote_meanwhile_is_not_solved_away(as_, agent):
    ticket = make.ticket(status="solved", waited=None)
    client = as_(agent)
    do(client, "status", [ticket], status="open")
    Ticket.objects.filter(pk=ticket.pk).update(status="pending")
    assert "Changed again since." in take_back(client).content.decode()


def test_once_in_time_by_the_same_person_in_sight(as_, agent, teammate, closed_team):
    ticket, hidden = make.ticket(), make.ticket()
    client = as_(agent)
    do(client, "priority", [ticket, hidden], priority="urgent")
    change = BulkChange.objects.get()
    assert take_back(as_(teammate), change).status_code == 404

    Ticket.objects.filter(pk=hidden.pk).update(team=closed_team)
    take_back(client)
    assert [one["priority"] for one in state(ticket, hidden)] == ["normal", "urgent"]
    assert "undone already" in take_back(client, change).content.decode()

    do(client, "priority", [ticket], priority="high")
    late = BulkChange.objects.latest("pk")
    BulkChange.objects.filter(pk=late.pk).update(at=timezone.now() - timedelta(minutes=11))
    assert "too late" in take_back(client, late).content.decode()


def test_what_changed_nothing_offers_nothing(as_, agent):
    ticket = make.ticket(priority=4)
    assert "/queue/undo/" not in do(as_(agent), "priority", [ticket], priority="urgent").content.decode()
    assert not BulkChange.objects.exists()


def test_they_are_forgotten(as_, agent):
    do(as_(agent), "priority", [make.ticket()], priority="urgent")
    forget()
    assert BulkChange.objects.exists()
    BulkChange.objects.update(at=timezone.now() - timedelta(days=2))
    forget()
    assert not BulkChange.objects.exists()


def test_an_unmerged_ticket_is_refused_alone(as_, agent):
    target, source, other = [make.ticket() for _ in range(3)]
    client = as_(agent)
    do(client, "merge", [source, other], target=target.pk)
    merging.unmerge(source.pk, agent)
    page = take_back(client).content.decode()
    assert f"#{source.pk} is not merged." in page and "1 ticket as before." in page


# ---- macros ----


@pytest.fixture
def macro(db, open_team) -> Macro:
    return Macro.objects.create(
        name="Escalate", text="We look into it.", priority="urgent", status="on_hold", team=open_team, assign_to_me=True
    )


def test_a_macro_sets_many_and_sends_nothing(as_, agent, macro):
    tickets = [make.ticket(), make.ticket()]
    before = state(*tickets)
    client = as_(agent)
    page = do(client, "macro", tickets, macro=macro.pk).content.decode()
    assert "Escalate done to 2 tickets." in page
    for one in state(*tickets):
        assert (one["priority"], one["status"], one["team"], one["assignee"]) == (
            "urgent",
            "on_hold",
            macro.team_id,
            agent.pk,
        )
    assert all(not ticket.messages.exists() for ticket in tickets)

    take_back(client)
    assert state(*tickets) == [one | {"status": "open"} for one in before]


def test_only_macros_that_set_something_are_offered(as_, agent, teammate, macro):
    Macro.objects.create(name="Only words", text="Hello")
    theirs = Macro.objects.create(name="Theirs", owner=teammate, status="solved")
    client, ticket = as_(agent), make.ticket()
    page = client.get("/").content.decode()
    assert "Escalate" in page and "Only words" not in page and "Theirs" not in page
    assert "was removed" in do(client, "macro", [ticket], macro=theirs.pk).content.decode()
    assert "Choose a macro first." in do(client, "macro", [ticket]).content.decode()
