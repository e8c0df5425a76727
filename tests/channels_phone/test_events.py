"""Calls as a telephone system tells them: in any order, more than once, forged; one story in the end."""

import itertools
import json
import re
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from channels_phone import events
from channels_phone.signing import is_signed, rotated, sign
from tests import factories as make
from tickets.models import Attachment, Call, InboundItem, Ticket
from tickets.models.fields import Secrets
from tickets.services import calls
from tickets.services.ingest import store, translate

pytestmark = pytest.mark.django_db
KARI = "+442079460812"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "channels" / "phone.md"


@pytest.fixture
def line(admin):
    return make.channel(
        "phone", address="+442079460000", credentials=Secrets(webhook_secret="s3cret"), options={"provider": "webhook"}
    )


@pytest.fixture
def priya(agent):
    agent.extension = "201"
    agent.save()
    return agent


BEGAN = timezone.now().replace(microsecond=0) - timedelta(minutes=30)


def happened(event: str, after_s: int, **fields) -> dict[str, str]:
    at = (BEGAN + timedelta(seconds=after_s)).isoformat()
    return {"call": "c-1", "event": event, "at": at, "number": KARI, **fields}


ANSWERED = [
    happened("ring", 0, extension="201"),
    happened("answered", 12, extension="201"),
    happened("held", 60),
    happened("resumed", 90),
    happened("hung_up", 312),
]


def tell(line, *told: dict[str, str]) -> None:
    """Each told by itself, as a telephone system does."""
    for payload in told:
        store(line, [events.item(payload)])
        translate(line.pk)


def nobody_says_where_it_belongs() -> None:
    assert calls.place_overdue() == 1


def history(ticket: Ticket) -> list[tuple[str, dict]]:
    calls = ticket.events.filter(kind__startswith="call_").order_by("occurred_at", "id")
    return list(calls.values_list("kind", "data"))


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::7])
def test_whatever_the_order_the_call_is_the_same(line, priya, order):
    tell(line, *(ANSWERED[place] for place in order), *ANSWERED)
    calls.place_overdue()
    call = Call.objects.get()
    assert (call.outcome, call.hold_s, call.talk_s) == ("answered", 30, 300)
    assert (call.started_at, call.message.user) == (BEGAN, priya)
    assert Ticket.objects.count() == 1
    assert {item.state for item in InboundItem.objects.all()} == {"done"}


def test_an_answered_call_is_measured(line, priya):
    tell(line, *ANSWERED)
    nobody_says_where_it_belongs()
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.assignee, ticket.waiting_since) == ("open", priya, None)
    assert history(ticket) == [
        ("call_ring", {"call": "c-1", "direction": "inbound"}),
        ("call_answered", {"call": "c-1", "direction": "inbound"}),
        ("call_ended", {"call": "c-1", "talk_s": 270, "hold_s": 30, "wrap_s": 0}),
    ]


def test_a_call_in_progress_is_in_no_ticket_yet(line, priya):
    tell(line, *ANSWERED[:2])
    assert not Ticket.objects.exists()
    assert Call.objects.get().extensions == ["201"]


def test_a_missed_call_waits_to_be_called_back_and_others_join_it(line, priya):
    tell(line, happened("ring", 0, extension="201"), happened("missed", 20))
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.assignee, ticket.waiting_since) == ("new", None, BEGAN)
    assert ticket.subject.startswith("Missed call from")
    tell(line, happened("ring", 60) | {"call": "c-2"}, happened("missed", 80) | {"call": "c-2"})
    assert Ticket.objects.get().messages.count() == 2
    assert Ticket.objects.get().waiting_since == BEGAN


def test_a_transferred_call_is_at_the_other_extension(line, priya, teammate):
    teammate.extension = "202"
    teammate.save()
    tell(line, *ANSWERED[:2], happened("transferred", 70, extension="202"))
    assert Call.objects.get().extensions == ["202"]
    tell(line, ANSWERED[-1])
    nobody_says_where_it_belongs()
    assert Ticket.objects.get().assignee == teammate


def test_voicemail_and_recordings_are_files_of_the_call_once(line):
    voicemail = happened("voicemail", 40, url="https://pbx.example/v/1.mp3")
    tell(line, happened("ring", 0), voicemail, happened("hung_up", 41))
    tell(line, voicemail, happened("recording", 41, url="https://pbx.example/r/1.mp3"))
    assert Call.objects.get().outcome == "voicemail"
    assert list(Attachment.objects.values_list("kind", "state")) == [("voicemail", "waiting"), ("recording", "waiting")]


def test_a_withheld_number_is_a_customer_of_its_own(line):
    tell(line, *({k: v for k, v in told.items() if k != "number"} for told in ANSWERED))
    assert Ticket.objects.get().requester.name == "Withheld number"


def test_what_comes_late_reaches_the_ticket_and_disturbs_nothing(line, priya):
    tell(line, *ANSWERED)
    nobody_says_where_it_belongs()
    Ticket.objects.update(status="solved", solved_at=timezone.now())
    tell(line, happened("recording", 313, url="https://pbx.example/r/1.mp3"), happened("ring", 0, extension="202"))
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.waiting_since) == ("solved", None)
    assert len(history(ticket)) == 3


# ---- the webhook ----


def post(client, line, payload, *, secret="s3cret", at=None, pk=None, signature=None):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    timestamp = str(int((at or timezone.now()).timestamp()))
    return client.post(
        reverse("call-event", args=[pk or line.pk]),
        body,
        content_type="application/json",
        headers={
            "X-Parley-Timestamp": timestamp,
            "X-Parley-Signature": sign(secret, timestamp, body) if signature is None else signature,
        },
    )


def test_a_signed_event_is_stored_once(line, client):
    assert post(client, line, ANSWERED[0]).status_code == 202
    again = post(client, line, ANSWERED[0])
    assert (again.status_code, again.json()) == (202, {"stored": 0})
    assert InboundItem.objects.get().payload == ANSWERED[0]


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "other"},
        {"secret": ""},
        {"signature": ""},
        {"signature": "sha256=é"},
        {"at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"at": timezone.now() + timedelta(hours=1)},
        {"pk": 999_999},
    ],
    ids=["other secret", "empty secret", "no signature", "no ASCII", "long ago", "from the future", "no such line"],
)
def test_a_forged_event_is_refused_and_costs_nothing(line, client, forged):
    assert post(client, line, ANSWERED[0], **forged).status_code == 401
    assert not InboundItem.objects.exists()


def test_a_line_without_a_secret_refuses_everything(line, client):
    line.credentials = Secrets()
    line.save()
    assert post(client, line, ANSWERED[0], secret="").status_code == 401


@pytest.mark.parametrize(
    ("payload", "status", "words"),
    [
        (b"{", 422, "not JSON"),
        (b"[" * 5000, 422, "not JSON"),
        (b"[]", 422, "one JSON object"),
        (b"x" * 70_000, 413, "at most"),
        ({"event": "ring"}, 422, "“call” is missing"),
        (happened("rings", 0), 422, "must be one of ring"),
        (happened("ring", 0) | {"at": "noon"}, 422, "must be a time"),
        (happened("ring", 0) | {"at": "2026-11-23T10:00:00"}, 422, "no time zone"),
        (happened("ring", 0) | {"number": "12"}, 422, "withheld"),
        (happened("ring", 0) | {"extension": 201}, 422, "must be text"),
        (happened("ring", 0) | {"call": "c" * 300}, 422, "longer than 200"),
        (happened("ring", 0, direction="up"), 422, "inbound or outbound"),
        (happened("ring", 0, colour="red"), 422, "Unknown field colour"),
        (happened("recording", 0), 422, "needs its “url”"),
        (happened("voicemail", 0, url="file:///etc/passwd"), 422, "https://"),
    ],
)
def test_what_is_wrong_with_an_event_is_said(line, client, payload, status, words):
    answer = post(client, line, payload)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert not InboundItem.objects.exists()


def test_a_secret_is_shown_once_and_the_one_before_holds_for_a_day(line, as_, admin, agent, client):
    page = reverse("webhook-secret", args=[line.pk])
    assert as_(agent).get(page).status_code == 403
    shown = re.search(r'class="secret">([^<]+)<', as_(admin).post(page).content.decode())[1]
    assert shown not in as_(admin).get(page).content.decode()
    assert post(client, line, ANSWERED[0], secret=shown).status_code == 202
    assert post(client, line, ANSWERED[1], secret="s3cret").status_code == 202


def test_an_old_secret_ends():
    now = timezone.now()
    credentials = rotated({"webhook_secret": "s3cret"}, now)
    later = now + timedelta(hours=25)
    stamp = str(int(later.timestamp()))
    assert not is_signed(credentials, stamp, sign("s3cret", stamp, b"{}"), b"{}", later)
    assert is_signed(credentials, stamp, sign(credentials["webhook_secret"], stamp, b"{}"), b"{}", later)


@pytest.mark.django_db(transaction=True)
def test_the_example_of_the_docs_works_as_written(line, live_server):
    script = re.search(r"```sh\n(.*?)```", DOCS.read_text(), re.DOTALL)[1]
    script = script.replace("https://parley.example/calls/events/7/", f"{live_server.url}/calls/events/{line.pk}/")
    script = script.replace("SECRET='…'", f"SECRET={shlex.quote('s3cret')}")
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=True)
    assert '{"stored": 1}' in done.stdout
    translate(line.pk)
    assert Call.objects.get().extensions == ["201"]
