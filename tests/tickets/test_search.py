"""Search finds what was written and who wrote, shows the line, and nothing that one may not see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as make
from tickets.models import Message
from tickets.search import find, find_customers
from tickets.search_terms import BadSearch, read

pytestmark = pytest.mark.django_db


def ticket(text="", *, name="Jo Doe", **fields):
    customer = make.customer(name)
    requester = make.identity(of=customer, handle=fields.pop("handle", "@jodoe"), name=name)
    made = make.ticket(requester=requester, **fields)
    if text:
        Message.objects.create(
            ticket=made,
            thread=made.threads.first(),
            channel=made.channel,
            direction="inbound",
            visibility="public",
            author_kind="customer",
            identity=requester,
            text=text,
            occurred_at=timezone.now(),
        )
    return made


def numbers(user, text):
    return {hit.ticket.number for hit in find(user, text)}


@pytest.mark.parametrize(
    "text",
    [
        "suitcase",
        "suitc",
        "SUITCASE",
        "broken suitcase",
        "wheel suitcase",
        "jodoe",
        "@jodoe",
        "Jo Doe",
        "Jo Do",
        "jodoee",
    ],
)
def test_words_prefixes_and_names_with_a_typo(agent, text):
    made = ticket("My suitcase came back broken, one wheel is gone")
    ticket("Where is the lounge?", name="Karin Berg", handle="@kberg")
    assert numbers(agent, text) == {made.number}


def test_accents_do_not_matter(agent):
    made = ticket("Où est ma valise? Le numéro est perdu")
    assert numbers(agent, "numero") == {made.number}


def test_a_number_finds_its_ticket(agent):
    made = ticket("hello")
    assert made.number in numbers(agent, str(made.number))
    assert made.number in numbers(agent, f"#{made.number}")


def test_the_line_that_matches_is_shown_safely(agent):
    ticket("a <b>bold</b> & my suitcase < 23 kg is broken")
    [hit] = find(agent, "suitcase")
    assert "<mark>suitcase</mark>" in hit.line
    assert "<b>" not in hit.line
    assert "&amp; my <mark>" in hit.line
    assert "&lt; 23 kg" in hit.line


def test_operators_narrow(agent):
    yesterday = timezone.now() - timedelta(days=1)
    public = ticket("lost bag", tags=("baggage",), opened_at=yesterday)
    private = ticket("lost bag", visibility="private", name="Karin Berg", handle="@kberg", status="solved")
    assert numbers(agent, "bag is:public") == {public.number}
    assert numbers(agent, "bag from:@kberg") == {private.number}
    assert numbers(agent, 'from:"karin berg"') == {private.number}
    assert numbers(agent, "tag:baggage") == {public.number}
    assert numbers(agent, "bag is:solved") == {private.number}
    assert numbers(agent, f"bag before:{timezone.localdate().isoformat()}") == {public.number}
    assert numbers(agent, f"channel:x bag after:{yesterday.date().isoformat()}") == {private.number}


@pytest.mark.parametrize(
    ("text", "words"), [("is:purple", "is:"), ("before:tomorrow", "2026-11-22"), ("colour:red", "no operator")]
)
def test_a_wrong_operator_says_what_to_write(agent, as_, text, words):
    with pytest.raises(BadSearch, match=words):
        read(text)
    answer = as_(agent).get(reverse("search"), {"q": text})
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize("text", ["", "  ", "!!!", "' OR 1=1 --", "a & b | :*", "\\", "<>", "(((", "x" * 5000, "\x00"])
def test_nothing_typed_breaks_it(agent, as_, text):
    browser = as_(agent)
    assert browser.get(reverse("search"), {"q": text}).status_code == 200
    assert browser.get(reverse("palette"), {"q": text}).status_code == 200


def test_closed_teams_stay_closed(agent, teammate, closed_team):
    hidden = ticket("secret suitcase", team=closed_team, name="Hidden Person", handle="@hidden")
    assert numbers(agent, "suitcase") == set()
    assert not find_customers(agent, "Hidden", 5)
    assert numbers(teammate, "suitcase") == {hidden.number}
    assert list(find_customers(teammate, "Hidden", 5)) == [hidden.customer]


def test_the_palette_lists_views_tickets_and_customers(agent, as_):
    made = ticket("lost bag", name="Una Signed", handle="@una")
    page = as_(agent).get(reverse("palette"), {"q": "una"}).content.decode()
    assert "Unassigned" in page
    assert made.get_absolute_url() in page
    assert reverse("customer", args=[made.customer_id]) in page


def test_the_number_of_statements_does_not_grow(agent, as_, django_assert_max_num_queries):
    browser = as_(agent)
    browser.get(reverse("search"))
    for _ in range(12):
        ticket("lost bag")
    with django_assert_max_num_queries(16):
        browser.get(reverse("search"), {"q": "bag"})
