"""What is done to several selected tickets at once, by the form that the page sends."""

import pytest
from django.utils import timezone

from tests import factories as make
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def send(client, deed, tickets, **values):
    ids = [getattr(ticket, "pk", ticket) for ticket in tickets]
    return client.post(f"/queue/selected/{deed}/", {"ids": ids} | values, follow=True)


def test_the_selection_is_assigned_and_the_list_stays_as_it_was(as_, agent, teammate):
    first, second, other = make.ticket(), make.ticket(), make.ticket()

    response = send(
        as_(agent), "assign", [first, second, "x", "9" * 30], assignee=teammate.pk, list="view=unassigned&tag=a%0Ab"
    )

    assert response.redirect_chain == [("/?view=unassigned&tag=a%0Ab", 302)]
    assert "2 tickets assigned to Mia Team-Mate." in response.content.decode()
    assert [Ticket.objects.get(pk=ticket.pk).assignee for ticket in (first, second, other)] == [
        teammate,
        teammate,
        None,
    ]
    assert "1 ticket assigned to nobody." in send(as_(agent), "assign", [first], assignee="").content.decode()


@pytest.mark.parametrize(
    ("deed", "values", "column", "result", "said"),
    [
        ("status", {"status": "solved"}, "status", "solved", "2 tickets set to Solved."),
        ("priority", {"priority": "urgent"}, "priority", 4, "Priority of 2 tickets set to Urgent."),
        ("tag", {"tags": "refund, NW214"}, "tags__name", "refund", "2 tickets tagged with refund, NW214."),
    ],
)
def test_each_property_is_set_on_all(as_, agent, deed, values, column, result, said):
    tickets = [make.ticket(), make.ticket()]

    response = send(as_(agent), deed, tickets, **values)

    assert said in response.content.decode()
    assert list(Ticket.objects.filter(**{column: result}).order_by("pk")) == tickets


def test_what_one_does_not_see_is_left_alone(as_, agent, closed_team):
    seen, hidden = make.ticket(), make.ticket(team=closed_team)

    response = send(as_(agent), "status", [seen, hidden], status="solved")

    assert "1 ticket set to Solved." in response.content.decode()
    hidden.refresh_from_db()
    assert hidden.status == "new"
    assert "Nothing is selected" in send(as_(agent), "status", [hidden], status="solved").content.decode()


def test_a_refusal_names_its_tickets_and_stops_no_other(as_, agent):
    closed = [make.ticket(status="closed"), make.ticket(status="closed")]
    fine = make.ticket()

    html = send(as_(agent), "status", [*closed, fine], status="open").content.decode()

    assert "1 ticket set to Open." in html
    assert f"#{closed[0].pk}, #{closed[1].pk}: A ticket that is closed cannot become open." in html


def test_nobody_is_given_what_they_do_not_see(as_, manager, agent, closed_team):
    ticket = make.ticket(team=closed_team)

    html = send(as_(manager), "assign", [ticket], assignee=agent.pk).content.decode()

    assert f"#{ticket.pk}: Priya Nair does not see the tickets of Refunds." in html
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_the_target_of_a_merge_may_be_one_of_the_selected(as_, agent):
    target, *sources = (make.ticket() for _ in range(3))

    html = send(as_(agent), "merge", [target, *sources], target=f"#{target.pk}").content.decode()

    assert f"2 tickets merged into #{target.pk}." in html
    assert set(Ticket.objects.filter(excluded="merged")) == set(sources)


def test_nothing_is_merged_into_what_one_does_not_see(as_, agent, closed_team):
    ticket, hidden = make.ticket(), make.ticket(team=closed_team)

    html = send(as_(agent), "merge", [ticket], target=hidden.pk).content.decode()

    assert f"There is no ticket #{hidden.pk}." in html
    assert not Ticket.objects.filter(excluded="merged").exists()


def test_more_than_twenty_are_done_after_a_question(as_, agent):
    channel = make.channel()
    tickets = [make.ticket(channel=channel, requester=make.identity(name=f"Customer {n}")) for n in range(21)]

    asked = send(as_(agent), "status", tickets, status="solved", list="sort=newest")
    html = asked.content.decode()

    assert "Set 21 tickets to Solved?" in html
    assert "Customer 2" in html
    assert "Customer 3" not in html
    assert "and 18 more" in html
    assert 'href="/?sort=newest"' in html
    assert not Ticket.objects.filter(status="solved").exists()
    done = send(as_(agent), "status", tickets, status="solved", confirmed="")
    assert "21 tickets set to Solved." in done.content.decode()
    assert Ticket.objects.filter(status="solved").count() == 21


def test_too_many_are_refused_as_a_whole(as_, agent):
    asker = make.identity()
    channel = make.channel()
    Ticket.objects.bulk_create(
        Ticket(
            channel=channel,
            requester=asker,
            customer=asker.customer,
            visibility="public",
            opened_at=timezone.now(),
        )
        for _ in range(201)
    )

    html = send(as_(agent), "status", Ticket.objects.all(), status="solved", confirmed="").content.decode()

    assert "At most 200 tickets at once. Select fewer." in html
    assert not Ticket.objects.filter(status="solved").exists()


@pytest.mark.parametrize(
    ("deed", "values", "why"),
    [
        ("tag", {"tags": " , "}, "Write the tag first."),
        ("merge", {"target": "abc"}, "such as 1234"),
        ("status", {"status": "asleep"}, "asleep is not one of the available choices"),
        ("assign", {"assignee": "123456"}, "does not work here any more"),
    ],
)
def test_what_cannot_be_read_changes_nothing_and_is_told(as_, agent, deed, values, why):
    ticket = make.ticket()

    assert why in send(as_(agent), deed, [ticket], **values).content.decode()
    assert Ticket.objects.get().version == ticket.version


def test_an_unknown_deed_is_not_found(as_, agent):
    assert send(as_(agent), "burn", [make.ticket()]).status_code == 404
