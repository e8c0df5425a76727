import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from tests import factories as make
from tickets.models import Channel, Ticket

pytestmark = pytest.mark.django_db
FRAGMENT = {"X-Requested-With": "fetch"}
MINUTE = timedelta(minutes=1)


def rows(response) -> list[int]:
    return [int(number) for number in re.findall(r'<li class="row[^"]*" id="t(\d+)"', response.content.decode())]


def link_to(response, words: str) -> str:
    """The address behind a link with these words."""
    match = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>(?:<span[^>]*>.*?</span>)?{words}</a>', response.content.decode())
    return match.group(1).replace("&amp;", "&")


def statements(client, headers) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get("/", headers=headers).status_code == 200
    return [query["sql"] for query in seen]


def test_nobody_reads_the_queue_without_signing_in(as_, admin):
    response = as_(None).get("/")

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_a_row_shows_who_asks_what_and_how_urgent_it_is(as_, agent):
    asker = make.identity("x", name="Elena Marković", handle="@elena", followers=48_210, verified=True)
    make.ticket(
        requester=asker,
        subject="No hotel desk",
        preview="The voucher will not open",
        tags=("NW214",),
        priority=Ticket.Priority.URGENT,
        assignee=agent,
        due_in=timedelta(minutes=-22, seconds=-5),
        waited=timedelta(minutes=67, seconds=5),
    )

    html = as_(agent).get("/").content.decode()

    for shown in ("Elena Marković", "@elena", "48.2K", "No hotel desk", "The voucher will not open", "NW214"):
        assert shown in html
    assert 'aria-label="Priority urgent"' in html
    assert "22m over" in html
    assert "1h 07m" in html
    assert "First reply" in html
    assert re.search(r'aria-label="X [^"]*, public"', html)


@pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["page", "fragment"])
@pytest.mark.parametrize("person", ["agent", "admin"])
def test_the_queue_costs_the_same_for_one_row_and_for_a_hundred(as_, request, open_team, person, headers):
    client = as_(request.getfixturevalue(person))
    x, mail = make.channel("x"), make.channel("email")
    make.ticket(channel=x, tags=("first",), assignee=request.getfixturevalue("agent"))
    statements(client, headers)
    for_one = statements(client, headers)
    for n in range(99):
        colleague = make.user(team=open_team) if n % 10 == 0 else None
        make.ticket(channel=(x, mail)[n % 2], tags=(f"tag {n % 7}",), team=open_team, assignee=colleague)
    for_hundred = statements(client, headers)

    assert len(for_one) <= 12, "\n".join(for_one)
    assert len(for_hundred) == len(for_one), "\n".join(for_hundred)


def test_show_more_reaches_every_ticket_without_a_script(as_, agent):
    channel = make.channel()
    made = [make.ticket(channel=channel, due_in=n * MINUTE).pk for n in range(-30, 75)]
    client = as_(agent)

    pages = [client.get("/?view=all&channel=" + str(channel.pk))]
    while b"data-more" in pages[-1].content:
        pages.append(client.get("/" + link_to(pages[-1], "Show more")))

    assert [len(rows(page)) for page in pages] == [50, 50, 5]
    assert [number for page in pages for number in rows(page)] == made


def test_filters_are_links_that_keep_the_rest_of_the_address(as_, agent):
    make.ticket(priority=Ticket.Priority.HIGH, tags=("refund",))
    urgent = make.ticket(priority=Ticket.Priority.URGENT, tags=("refund",))
    client = as_(agent)

    narrowed = client.get("/" + link_to(client.get("/?tag=refund&sort=newest&after=x"), "Urgent"))

    assert rows(narrowed) == [urgent.pk]
    assert parse_qs(urlsplit(narrowed.wsgi_request.get_full_path()).query) == {
        "tag": ["refund"],
        "sort": ["newest"],
        "priority": ["urgent"],
    }
    assert len(rows(client.get("/" + link_to(narrowed, "Urgent")))) == 2, "a second click takes it back"


def test_what_cannot_be_read_is_left_out_and_named(as_, agent):
    make.ticket()
    values = {"view": "nothing", "status": "foo", "channel": "x", "priority": "1", "assignee": "9" * 19, "tag": "\0"}

    response = as_(agent).get("/", values | {"sort": "size", "rows": "100000", "after": "*"})

    assert len(rows(response)) == 1
    assert "view, status, channel, priority, assignee, tag, sort, rows, after" in response.content.decode()


def test_ids_that_nobody_has_find_nothing(as_, agent):
    make.ticket()

    response = as_(agent).get("/?assignee=123456789012345678")

    assert rows(response) == []
    assert "No ticket fits these filters" in response.content.decode()


def test_the_fragment_is_sent_only_when_something_changed(as_, agent):
    ticket = make.ticket(subject="Old words", due_in=90 * MINUTE)
    client = as_(agent)
    first = client.get("/", headers=FRAGMENT)
    unchanged = client.get("/", headers=FRAGMENT | {"If-None-Match": first["ETag"]})
    Ticket.objects.filter(pk=ticket.pk).update(subject="New words", version=1)
    changed = client.get("/", headers=FRAGMENT | {"If-None-Match": first["ETag"]})
    Ticket.objects.filter(pk=ticket.pk).update(sla_due_at=ticket.sla_due_at - 80 * MINUTE)
    due_soon = client.get("/", headers=FRAGMENT | {"If-None-Match": changed["ETag"]})

    assert b"<html" not in first.content
    assert unchanged.status_code == 304
    assert changed.status_code == 200
    assert b"New words" in changed.content
    assert b'data-group="soon"' in due_soon.content


def test_what_customers_write_stays_text(as_, agent):
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    asker = make.identity("x", name=hostile, handle=hostile)
    make.ticket(requester=asker, subject=hostile, preview=hostile, tags=(hostile[:50],))
    make.channel("email", name=hostile)

    response = as_(agent).get("/")
    html = response.content.decode()

    assert "<script>" not in html
    assert "<img" not in html
    assert escape(hostile) in html


def test_the_page_holds_nothing_that_its_policy_forbids(as_, admin):
    make.ticket(due_in=MINUTE)

    response = as_(admin).get("/")
    html = response.content.decode()

    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", html)


def test_a_paused_channel_is_told_to_everybody_and_mended_by_admins(as_, admin, agent):
    make.channel("x", name="Our X", address="@ours", state=Channel.State.PAUSED, pause_text="X ended the login.")

    to_agent = as_(agent).get("/").content.decode()
    to_admin = as_(admin).get("/").content.decode()

    for html in (to_agent, to_admin):
        assert "Our X is paused." in html
        assert "X ended the login." in html
    assert "An admin must reconnect @ours." in to_agent
    assert "Reconnect</a>" not in to_agent
    assert "Reconnect</a>" in to_admin


def test_an_empty_queue_says_why_and_what_comes(as_, admin, agent):
    def text(person, address):
        return as_(person).get(address).content.decode()

    assert "Connect a channel" in text(admin, "/")
    make.channel("x")
    assert "Nothing in All open" in text(agent, "/")
    make.ticket(requester=make.identity(name="Noor"), due_in=95 * MINUTE)
    assert "the ticket of Noor" in text(agent, "/?view=soon")


def test_groups_of_channels_appear_with_their_channels(as_, agent):
    make.channel("email")

    html = as_(agent).get("/").content.decode()

    assert "?view=mail" in html
    assert "?view=mentions" not in html


@pytest.mark.parametrize(
    ("subject", "preview", "shown"),
    [
        ("Where is my bag?", "@brand Where is my bag? It was blue.", "It was blue."),
        ("A very long sent…", "A very long sentence goes on", "ence goes on"),
        ("Where is my bag?", "@brand @other thank you", "thank you"),
        ("", "@brand hello", "hello"),
        ("Refund", "Dear Sirs", "Dear Sirs"),
    ],
)
def test_a_row_does_not_say_its_subject_twice(subject, preview, shown):
    assert Ticket(subject=subject, preview=preview).snippet == shown
