"""Saved views: whose they are, what they hold and count, and in which order."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from tests import factories as make
from tickets.models import SavedView
from tickets.queries import view_counts
from tickets.services import saved_views

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(as_):
    def post(person, address="tag=refund&sort=newest", **fields):
        return as_(person).post(reverse("save-view"), {"name": "Refunds", "list": address} | fields, follow=True)

    return post


def in_side_bar(client) -> list[str]:
    html = client.get("/").content.decode()
    return list(dict.fromkeys(re.findall(r'<a class="nav-item" href="[^"]*saved=\d+" title="([^"]*)"', html)))


def view(name="Refunds", **fields) -> SavedView:
    return SavedView.objects.create(name=name, **{"base": "all"} | fields)


# ---- making them ----


def test_the_filters_in_the_address_become_a_view_of_ones_own(save, agent, teammate, as_):
    refund = make.ticket(tags=("refund",), status="solved", waited=None)
    make.ticket(tags=("bags",))

    page = save(agent, "view=unassigned&status=solved&tag=refund&sort=newest&after=abc&nonsense=1")

    made = SavedView.objects.get()
    assert (made.owner, made.team, made.base, made.sort) == (agent, None, "unassigned", "newest")
    assert made.filters == {"status": ["solved"], "tag": ["refund"]}
    assert page.request["QUERY_STRING"] == f"view=unassigned&status=solved&tag=refund&sort=newest&saved={made.pk}"
    html = page.content.decode()
    assert "<h1>Refunds</h1>" in html and f'id="t{refund.pk}"' in html and html.count('<li class="row') == 1
    assert in_side_bar(as_(agent)) == ["Refunds"]
    assert in_side_bar(as_(teammate)) == []


def test_only_managers_share(save, agent, manager, teammate, as_, open_team, closed_team):
    save(agent, shared="everybody", name="Mine after all")
    save(manager, shared="everybody", name="For all")
    save(manager, shared=str(closed_team.pk), name="For refunds")

    assert SavedView.objects.get(name="Mine after all").owner == agent
    assert in_side_bar(as_(agent)) == ["For all", "Mine after all"]
    assert in_side_bar(as_(teammate)) == ["For all", "For refunds"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"name": "Taken"}, "There is a view of this name."),
        ({"shared": "999999"}, "Select a valid choice."),
    ],
)
def test_a_refusal_says_why_and_keeps_the_list(save, manager, fields, why):
    view("Taken", owner=manager)
    page = save(manager, **fields)
    assert why in page.content.decode()
    assert page.request["QUERY_STRING"] == "tag=refund&sort=newest"
    assert SavedView.objects.count() == 1


def test_nobody_keeps_more_than_fifty(save, agent):
    SavedView.objects.bulk_create(SavedView(name=f"View {n}", owner=agent, base="all") for n in range(50))
    assert "At most 50 views." in save(agent).content.decode()


def test_the_database_keeps_names_apart_and_owners_from_teams(agent, open_team):
    view()
    with pytest.raises(IntegrityError), transaction.atomic():
        view()
    with pytest.raises(IntegrityError), transaction.atomic():
        view(owner=agent, team=open_team)


# ---- changing them ----


def test_a_view_holds_what_its_owner_filters_by_now(as_, agent):
    saved = view(owner=agent, filters={"tag": ["refund"]})
    client = as_(agent)
    assert "Save changes" not in client.get(saved.get_absolute_url()).content.decode()

    narrowed = client.get(f"{saved.get_absolute_url()}&priority=urgent")
    assert "Save changes to Refunds" in narrowed.content.decode()
    client.post(reverse("reselect-view", args=[saved.pk]), {"list": narrowed.wsgi_request.GET.urlencode()})

    saved.refresh_from_db()
    assert saved.filters == {"priority": ["urgent"], "tag": ["refund"]}


@pytest.mark.parametrize("name", ["saved-view", "reselect-view", "move-view", "remove-view"])
def test_what_is_not_ones_own_to_change_is_not_found(as_, agent, teammate, manager, name):
    theirs, shared = view(owner=teammate), view("For all")
    for saved in (theirs, shared):
        assert as_(agent).post(reverse(name, args=[saved.pk]), {"name": "Taken over"}).status_code == 404
    assert as_(manager).post(reverse(name, args=[theirs.pk]), {"name": "Taken over"}).status_code == 404
    assert SavedView.objects.count() == 2


def test_a_manager_renames_shares_and_removes(as_, manager, closed_team):
    saved = view("Old")
    client = as_(manager)
    client.post(reverse("saved-view", args=[saved.pk]), {"name": "New", "shared": closed_team.pk})
    saved.refresh_from_db()
    assert (saved.name, saved.team, saved.owner) == ("New", closed_team, None)
    assert "New" in client.get(reverse("saved-views")).content.decode()

    client.post(reverse("remove-view", args=[saved.pk]))
    assert not SavedView.objects.exists()


def test_views_move_among_their_own_kind(as_, agent, manager):
    view("Shared")
    own = [view(name, owner=agent) for name in "ABC"]
    as_(agent).post(reverse("move-view", args=[own[2].pk]), {"step": "up"})
    assert in_side_bar(as_(agent)) == ["Shared", "A", "C", "B"]
    saved_views.move(own[0], -1)
    saved_views.move(own[0], 1)
    assert in_side_bar(as_(agent)) == ["Shared", "C", "A", "B"]
    page = as_(agent).get(reverse("saved-views")).content.decode()
    assert reverse("move-view", args=[own[0].pk]) in page


# ---- counting them ----


def test_every_view_is_counted_in_the_one_statement(agent, teammate, django_assert_num_queries):
    make.ticket(tags=("refund",), assignee=agent, due_in=-make.timedelta(minutes=5))
    make.ticket(tags=("refund",), assignee=teammate)
    make.ticket(status="solved", waited=None)
    refunds = view(filters={"tag": ["refund"]})
    mine = view("My late ones", filters={"assignee": ["me"], "due": ["breached"]})
    solved = view("Solved", filters={"status": ["solved"]})
    with django_assert_num_queries(1):
        counts = view_counts(agent, [refunds, mine, solved])
    assert (counts[refunds.key], counts[mine.key], solved.key in counts) == (2, 1, False)


def test_the_queue_costs_the_same_with_many_views(as_, agent, open_team):
    client = as_(agent)
    make.ticket()
    view()

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/")
        return len(seen)

    statements()
    before = statements()
    for n in range(20):
        view(f"Mine {n}", owner=agent, filters={"tag": [f"tag {n}"]})
        view(f"Team {n}", team=open_team, filters={"opened": ["7d", "older"], "waited": ["4h"]})
    assert statements() == before


def test_the_palette_leads_there(as_, agent, teammate):
    own = view("Refund wave", owner=agent)
    view("Refund secret", owner=teammate)
    html = as_(agent).get(reverse("palette"), {"q": "refund"}).content.decode()
    assert own.get_absolute_url().replace("&", "&amp;") in html and "secret" not in html


def test_a_member_who_leaves_loses_the_teams_views(as_, agent, open_team):
    view(team=open_team)
    assert in_side_bar(as_(agent)) == ["Refunds"]
    Membership.objects.filter(user=agent).delete()
    assert in_side_bar(as_(agent)) == []


# ---- filters that came with them ----


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("due=breached", ["late"]),
        ("due=breached&due=none", ["late", "old"]),
        ("waited=4h", ["old"]),
        ("waited=no", ["answered"]),
        ("opened=1d", ["late", "answered"]),
        ("opened=older", ["old"]),
    ],
)
def test_more_filters(as_, agent, address, found):
    minutes, days = make.timedelta(minutes=1), make.timedelta(days=1)
    make.ticket(subject="late", due_in=-minutes)
    make.ticket(subject="answered", waited=None, due_in=60 * minutes)
    make.ticket(subject="old", waited=40 * days)
    html = as_(agent).get(f"/?{address}").content.decode()
    subjects = re.findall(r'<a class="row-link"[^>]*>([^<]*)</a>', html)
    assert sorted(subjects) == sorted(found)


# ---- searching in a view ----


def test_a_view_can_be_searched_and_the_search_kept(as_, agent, save):
    bag = make.ticket(subject="Lost bag", tags=("refund",))
    make.ticket(subject="Lost ticket", tags=("refund",))
    make.ticket(subject="Lost bag", status="solved", waited=None, tags=("refund",))
    page = as_(agent).get("/?tag=refund&q=bag+is:public").content.decode()
    assert re.findall(r'<li class="row[^"]*" id="t(\d+)"', page) == [str(bag.pk)]
    assert 'value="bag is:public"' in page and '<input type="hidden" name="tag" value="refund">' in page

    save(agent, "tag=refund&q=bag+is:public")
    saved = SavedView.objects.get()
    assert saved.filters == {"tag": ["refund"], "q": ["bag is:public"]}
    assert saved.key not in view_counts(agent, [saved]), "words are not looked for again and again"
    assert f'id="t{bag.pk}"' in as_(agent).get(saved.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("q", "why"), [("form:jo", "There is no operator"), ("is:asleep", "takes one of")])
def test_what_cannot_be_searched_is_told(as_, agent, q, why):
    make.ticket()
    page = as_(agent).get("/", {"q": q}).content.decode()
    assert why in page and page.count('<li class="row') == 1


def test_a_saved_search_of_another_version_finds_nothing(as_, agent):
    make.ticket()
    saved = view(filters={"q": ["gone:operator"]})
    assert as_(agent).get(saved.get_absolute_url()).status_code == 200
    assert not view_counts(agent, [saved]).get(saved.key)
