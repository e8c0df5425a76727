"""Macros: who makes them, what they fill in, and what they do in a ticket."""

import pytest
from django.urls import reverse

from tests import factories as make
from tickets.models import Delivery, Macro, Message, Tag
from tickets.services import macros, properties

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(channel, settings):
    settings.UNDO_SECONDS = 10
    found = make.ticket(channel=channel, requester=make.identity("loopback", name="Elena Marković"))
    make.message(found, "Where is my bag?")
    return found


@pytest.fixture
def voucher(db):
    made = Macro.objects.create(
        name="Voucher",
        text="Hello {{ customer.first_name }}, {{agent.first_name}} here about {{ ticket.number }}.",
        status="on_hold",
        priority="high",
    )
    made.tags.add(Tag.objects.create(name="voucher"))
    return made


@pytest.fixture
def save(as_):
    def post(person, pk=None, **fields):
        address = reverse("macro", args=[pk]) if pk else reverse("new-macro")
        return as_(person).post(address, {"name": "Mein Makro", "text": "Hello", "position": 0} | fields)

    return post


def fields(ticket, channel, **more):
    return {
        "way": f"{channel.pk}-public",
        "text": "We look for it",
        "seen": properties.newest_event_id(ticket),
    } | more


# ---- making them ----


def test_an_agent_makes_a_macro_of_their_own(save, agent, teammate, as_):
    assert save(agent, tag_names="voucher, hotel", status="pending", is_shared="on").status_code == 302
    made = Macro.objects.get()
    assert (made.owner, made.actions()) == (agent, ["status Pending", "tag hotel", "tag voucher"])
    assert "Mein Makro" in as_(agent).get(reverse("macros")).content.decode()
    assert "Mein Makro" not in as_(teammate).get(reverse("macros")).content.decode()
    assert save(teammate, made.pk).status_code == 404


def test_only_managers_and_admins_share(save, manager, agent, as_):
    save(manager, is_shared="on")
    made = Macro.objects.get()
    assert made.owner is None
    page = as_(agent).get(reverse("macros")).content.decode()
    assert "Mein Makro" in page and reverse("macro", args=[made.pk]) not in page
    assert save(agent, made.pk, name="Taken over").status_code == 404
    assert as_(agent).post(reverse("remove-macro", args=[made.pk])).status_code == 404
    assert as_(manager).post(reverse("remove-macro", args=[made.pk])).status_code == 302
    assert not Macro.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"text": "Hello {{ customer.name }}"}, "Nothing can be filled in for {{ customer.name }}."),
        ({"text": "Hello {{ ticket.number }"}, "Nothing can be filled in for {{."),
        ({"text": ""}, "This macro does nothing yet."),
        ({"tag_names": "x" * 51}, "50"),
        ({"position": "-1"}, "greater than or equal to 0"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said(wrong, words, save, agent):
    answer = save(agent, **wrong)
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not Macro.objects.exists()


def test_a_name_stands_once_for_each_owner(save, agent, teammate):
    save(agent)
    assert "There is a macro of this name" in save(agent).content.decode()
    assert save(teammate).status_code == 302


# ---- using them ----


def test_placeholders_are_filled_in_once(ticket, voucher, agent):
    ticket.customer.name = "{{ticket.number}} Marković"
    assert macros.text_for(voucher, ticket, agent) == f"Hello {{{{ticket.number}}}}, Priya here about {ticket.pk}."


def test_somebody_without_a_name_is_named_as_on_the_network(ticket, voucher, agent):
    ticket.customer.name = ""
    assert ticket.requester.label in macros.text_for(voucher, ticket, agent)


def test_without_a_script_the_text_comes_into_the_composer_and_actions_wait(ticket, voucher, agent, as_, channel):
    browser = as_(agent)
    data = fields(ticket, channel, text="Typed before", macro=voucher.pk)
    page = browser.post(reverse("use-macro", args=[ticket.pk]), data).content.decode()
    assert f"Typed before\n\nHello Elena, Priya here about {ticket.pk}.</textarea>" in page
    assert (
        f'name="macros" value="{voucher.pk}" checked' in page and 'name="then_status" value="on_hold" data-send' in page
    )
    ticket.refresh_from_db()
    assert ticket.priority_name == "normal"


def test_the_script_gets_the_text_alone(ticket, voucher, agent, as_):
    answer = as_(agent).post(
        reverse("use-macro", args=[ticket.pk]), {"macro": voucher.pk}, headers={"X-Requested-With": "fetch"}
    )
    assert answer.json() == {
        "text": f"Hello Elena, Priya here about {ticket.pk}.",
        "macro": voucher.pk,
        "actions": ["status On hold", "priority High", "tag voucher"],
        "status": "on_hold",
    }


def test_the_actions_come_with_the_reply(ticket, voucher, agent, as_, channel):
    as_(agent).post(
        reverse("reply", args=[ticket.pk]), fields(ticket, channel, macros=[voucher.pk], then_status="pending")
    )
    ticket.refresh_from_db()
    assert (ticket.priority_name, ticket.status) == ("high", "pending")
    assert [tag.name for tag in ticket.tags.all()] == ["voucher"]


def test_the_actions_come_with_a_note(ticket, voucher, agent, as_, channel):
    as_(agent).post(reverse("reply", args=[ticket.pk]), fields(ticket, channel, way="note", macros=[voucher.pk]))
    ticket.refresh_from_db()
    assert ticket.status == "on_hold" and Message.objects.filter(direction="note").exists()


def test_a_refused_reply_does_nothing(ticket, voucher, agent, as_, channel):
    data = fields(ticket, channel, macros=[voucher.pk], text="x" * 500)
    answer = as_(agent).post(reverse("reply", args=[ticket.pk]), data)
    assert answer.status_code == 422 and 'name="macros"' in answer.content.decode()
    assert not ticket.tags.exists() and not Delivery.objects.exists()


def test_a_macro_without_a_text_acts_at_once(ticket, agent, as_, closed_team):
    quick = Macro.objects.create(name="Refund", team=closed_team, assign_to_me=True)
    answer = as_(agent).post(reverse("use-macro", args=[ticket.pk]), {"macro": quick.pk})
    ticket.refresh_from_db()
    assert answer.status_code == 302 and answer.url == "/"
    assert (ticket.team, ticket.assignee) == (closed_team, agent)


def test_an_impossible_action_undoes_the_others(ticket, agent, as_):
    properties.set_status(ticket.pk, "closed", None, reason="auto_close")
    quick = Macro.objects.create(name="Hold", status="on_hold", priority="high")
    page = as_(agent).post(reverse("use-macro", args=[ticket.pk]), {"macro": quick.pk}, follow=True).content.decode()
    ticket.refresh_from_db()
    assert "cannot become on hold" in page and ticket.priority_name == "normal"


@pytest.mark.parametrize("wrong", ["", "999999", "x"])
def test_a_macro_that_is_gone(wrong, ticket, agent, as_):
    page = as_(agent).post(reverse("use-macro", args=[ticket.pk]), {"macro": wrong}, follow=True).content.decode()
    assert "Choose a" in page


def test_somebody_elses_macro_cannot_be_used(ticket, agent, teammate, as_):
    theirs = Macro.objects.create(name="Theirs", text="Secret words", owner=teammate)
    page = as_(agent).post(reverse("use-macro", args=[ticket.pk]), {"macro": theirs.pk}, follow=True).content.decode()
    assert "This macro was removed" in page and "Secret words" not in page
