"""Tags as such: names, merging, removal."""

import pytest
from django.urls import reverse

from tests import factories as make
from tickets.models import Event, Macro, Rule, Tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def bags(channel):
    make.ticket(channel=channel, tags=("bags",))
    make.ticket(channel=channel, tags=("bags", "luggage"))
    tag = Tag.objects.get(name="bags")
    Macro.objects.create(name="M").tags.add(tag)
    return tag


@pytest.fixture
def do(as_, manager):
    def post(deed, tag, by=manager, **fields):
        return as_(by).post(reverse(deed, args=[tag.pk]), fields, follow=True)

    return post


def test_the_list_counts(bags, as_, manager):
    text = as_(manager).get(reverse("tags")).content.decode()
    assert '<b dir="auto">bags</b></a></td><td class="num">2</td><td class="num">1</td><td class="num">0</td>' in text


def test_a_new_name_is_followed_by_what_looks_for_it(bags, do):
    rule = Rule.objects.create(name="R", trigger="opened", conditions={"tag": ["bags", "x"]}, priority="high")
    assert "is called suitcases now" in do("rename-tag", bags, name="suitcases").content.decode()
    bags.refresh_from_db()
    rule.refresh_from_db()
    assert (bags.name, rule.conditions) == ("suitcases", {"tag": ["x", "suitcases"]})
    assert "Merge this one into it" in do("rename-tag", bags, name="luggage").content.decode()
    assert "has no comma" in do("rename-tag", bags, name="a, b").content.decode()


def test_merged_its_tickets_and_macros_have_the_other(bags, do):
    luggage = Tag.objects.get(name="luggage")
    do("merge-tag", bags, into=luggage.pk)
    assert (luggage.ticket_set.count(), luggage.macro_set.count()) == (2, 1)
    assert not Tag.objects.filter(name="bags").exists()
    assert sorted(Event.objects.values_list("kind", flat=True)) == ["tagged", "untagged", "untagged"]
    assert "Select a valid choice" in do("merge-tag", luggage, into=luggage.pk).content.decode()


def test_removed_unless_something_looks_for_it_alone(bags, do):
    rule = Rule.objects.create(name="Bag rule", trigger="opened", conditions={"tag": ["bags"]}, priority="high")
    assert "Bag rule" in do("remove-tag", bags).content.decode()
    assert Tag.objects.filter(name="bags").exists()
    rule.delete()
    assert "bags is removed" in do("remove-tag", bags).content.decode()
    assert Event.objects.filter(kind="untagged").count() == 2


def test_tags_are_not_changed_by_agents(bags, do, agent):
    assert do("remove-tag", bags, by=agent).status_code == 403
