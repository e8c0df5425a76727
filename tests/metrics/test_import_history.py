"""Any history can be brought in and measured; a faulty line is refused with its number and its field."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from metrics.models import Calendar, SlaPolicy, TicketFact
from tickets.models import Call, Channel, Event, Message, Tag, Ticket

pytestmark = pytest.mark.django_db

SETUP = [
    {
        "type": "calendar",
        "name": "Vienna",
        "tz": "Europe/Vienna",
        "weekly": {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": ["2025-12-25"],
    },
    {
        "type": "sla_policy",
        "name": "email",
        "calendar": "Vienna",
        "clock": "business",
        "targets_minutes": {
            "first_response": {"normal": 240, "urgent": 30},
            "next_response": {"normal": 480},
            "resolution": {"normal": 1440},
        },
    },
    {"type": "channel", "kind": "x", "address": "@acme", "name": "Acme on X"},
    {"type": "channel", "kind": "email", "address": "help@acme.example", "name": "Help"},
    {"type": "agent", "email": "ann@acme.example", "name": "Ann", "team": "Support"},
]


def said(at: str, kind: str = "message_in", **more) -> dict:
    return {"at": f"2025-06-02T{at}:00Z", "type": kind} | more


def ticket(*events: dict, external_id: str = "A1", **more) -> dict:
    return {
        "type": "ticket",
        "external_id": external_id,
        "channel": "help@acme.example",
        "sla_policy": "email",
        "customer": {"external_id": "jo@mail.example", "name": "Jo"},
        "events": list(events) or [said("08:00")],
    } | more


def run(tmp_path, *lines, setup=True) -> dict:
    """What the command says about a file with these lines, which are numbered after the five of the set-up."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in [*(SETUP if setup else []), *lines]]
    path = tmp_path / "history.jsonl"
    path.write_text("\n".join(texts))
    out = io.StringIO()
    try:
        call_command("import_history", str(path), "--json", stdout=out)
        code = 0
    except SystemExit as end:
        code = end.code
    answer = json.loads(out.getvalue())
    assert code == (1 if answer["refused"] else 0)
    return answer


def facts(external_id: str) -> dict:
    out = io.StringIO()
    call_command("export_facts", "--external-id", external_id, "--as-of", "2025-06-20T12:00:00Z", stdout=out)
    return json.loads(out.getvalue())


# ---- what is stored ----


def test_a_conversation_with_its_own_times(tmp_path):
    # Monday 10:00 to 10:30 and 11:00 in Vienna (UTC+2).
    told = ticket(
        said("08:00", by="customer", text="Where is my bag?", external_id="m1"),
        said("08:30", "message_out", by="agent", agent="ann@acme.example", text="On its way."),
        said("08:30", "status", to="pending"),
        said("08:35", "work", until="2025-06-02T08:45:00Z", agent="ann@acme.example"),
        said("09:00", text="Thanks"),
        said("09:00", "status", to="resolved", by="automation"),
        subject="Bag",
        tags=["luggage"],
        priority="urgent",
    )
    assert run(tmp_path, told) == {"imported": 1, "skipped": 0, "refused": []}
    stored = Ticket.objects.get(external_id="A1")
    assert (stored.subject, stored.status, stored.priority_name) == ("Bag", "solved", "urgent")
    assert [message.text for message in stored.messages.all()] == ["Where is my bag?", "On its way.", "Thanks"]
    assert list(stored.tags.all()) == [Tag.objects.get(name="luggage")]
    measured = facts("A1")
    assert (measured["first_response_s"], measured["handle_s"], measured["replies"]) == (1800, 600, 1)
    # Closed by an automation: solved when it began to wait for the customer.
    assert measured["effective_resolution_s"] == 1800
    assert [(each["metric"], each["outcome"], each["target_s"]) for each in measured["sla"]] == [
        ("first_response", "met", 1800),
        ("next_response", "no_reply", 480 * 60),
        ("resolution", "met", 1440 * 60),
    ]


def test_an_agent_is_somebody_who_cannot_sign_in(tmp_path):
    run(tmp_path, ticket(said("08:00"), said("08:30", "message_out", agent="ann@acme.example")))
    ann = User.objects.get(email="ann@acme.example")
    assert (ann.is_active, ann.has_usable_password(), ann.teams.get().name) == (False, False, "Support")
    assert Event.objects.get(kind="reply_sent").actor == ann


def test_an_unnamed_agent_answers_too(tmp_path):
    run(tmp_path, ticket(said("08:00"), said("08:30", "message_out", by="agent")))
    assert facts("A1")["first_response_s"] == 1800


def test_a_channel_without_credentials_is_not_polled(tmp_path):
    run(tmp_path, ticket())
    channel = Channel.objects.get(address="@acme")
    assert (channel.state, channel.feeds.count()) == ("paused", 0)


def test_calls_and_a_callback(tmp_path):
    run(
        tmp_path,
        ticket(
            said("08:00", "call_ring"),
            said("08:01", "call_missed"),
            said("09:00", "call_ring", direction="outbound", by="agent"),
            said("09:01", "call_answered", agent="ann@acme.example"),
            said("09:06", "call_ended", talk_s=280, hold_s=20, wrap_s=60),
        ),
    )
    assert list(Call.objects.order_by("started_at").values_list("outcome", "hold_s")) == [
        ("missed", 0),
        ("answered", 20),
    ]
    measured = facts("A1")
    assert (measured["first_response_s"], measured["handle_s"], measured["live"]) == (3660, 360, False)


def test_a_merge_across_channels(tmp_path):
    mail = ticket(said("08:00"), said("09:00", "merged_into", target="B"), external_id="A")
    post = ticket(
        said("08:40"),
        said("09:00", "merge_in", source="A"),
        said("09:10", "message_out"),
        external_id="B",
        channel="@acme",
    )
    assert run(tmp_path, mail, post)["imported"] == 2
    assert (facts("A")["excluded"], facts("A")["first_response_s"], facts("A")["channel"]) == (
        "merged",
        None,
        "help@acme.example",
    )
    assert (facts("B")["first_response_s"], facts("B")["visibility"]) == (70 * 60, "mixed")
    # Told twice, by both tickets, it stands once.
    assert Event.objects.filter(kind="merged_in").count() == 1


def test_an_assignment_names_who_has_it(tmp_path):
    run(tmp_path, ticket(said("08:00"), said("08:10", "assign", agent="ann@acme.example", team="Support", by="system")))
    stored = Ticket.objects.get()
    assert (stored.assignee.name, stored.team.name) == ("Ann", "Support")
    assigned = Event.objects.get(kind="assigned")
    assert (assigned.actor, assigned.data) == (None, {"to": stored.assignee_id})


def test_a_policy_may_have_a_clock_per_target_and_a_callback(tmp_path):
    policy = SETUP[1] | {
        "name": "phone",
        "targets_minutes": {
            "first_response": {
                "clock": "calendar",
                "live_minutes": 0.5,
                "callback": {"clock": "business", "normal": 120},
            }
        },
    }
    live = ticket(said("08:00", "call_ring"), said("08:00", "call_answered"), external_id="L", sla_policy="phone")
    missed = ticket(said("08:00", "call_ring"), said("08:01", "call_missed"), external_id="M", sla_policy="phone")
    assert run(tmp_path, policy, live, missed)["imported"] == 2
    promised = {name: facts(name)["sla"][0] for name in ("L", "M")}
    assert [(each["target_s"], each["clock"], each["outcome"]) for each in promised.values()] == [
        (30, "calendar", "met"),
        (7200, "business", "breached"),
    ]


# ---- once is enough ----


def test_the_same_again_is_skipped_however_it_is_laid_out(tmp_path):
    told = ticket()
    assert run(tmp_path, told)["imported"] == 1
    turned = json.dumps(dict(reversed(told.items())), indent=None, separators=(" ,", " : "))
    assert run(tmp_path, turned) == {"imported": 0, "skipped": 1, "refused": []}
    assert Ticket.objects.count() == Message.objects.count() == 1
    assert (Calendar.objects.filter(name="Vienna").count(), SlaPolicy.objects.filter(name="email").count()) == (1, 1)


def test_the_same_name_for_something_else_is_refused(tmp_path):
    run(tmp_path, ticket())
    answer = run(tmp_path, ticket(said("08:00"), said("09:00")))
    assert answer["refused"] == [
        {"line": 6, "reason": "“A1” was imported before with other content. Use another external_id."}
    ]
    assert Message.objects.count() == 1


def test_twice_in_one_file_is_refused(tmp_path):
    answer = run(tmp_path, ticket(), ticket())
    assert (answer["imported"], answer["refused"][0]["line"]) == (1, 7)
    assert "in this file twice, first in line 6" in answer["refused"][0]["reason"]


# ---- faults ----

IN_A_YEAR = (timezone.now() + timedelta(days=365)).isoformat()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is no JSON"),
        ("[]", "type: must be one of"),
        ({"type": "tickets"}, "type: must be one of"),
        (ticket() | {"channel": "@nobody"}, "channel: there is no channel “@nobody”"),
        (ticket() | {"sla_policy": "gold"}, "sla_policy: there is no policy “gold”"),
        (ticket() | {"priority": "asap"}, "priority:"),
        (ticket() | {"subjet": "x"}, "subjet: unknown"),
        (ticket() | {"events": []}, "events:"),
        ({name: value for name, value in ticket().items() if name != "customer"}, "customer: this field is required"),
        (ticket(said("08:00"), said("07:59", "note")), "events[1].at: is before the event that precedes it"),
        (ticket(said("08:00") | {"at": IN_A_YEAR}), "events[0].at: lies in the future"),
        (ticket(said("08:00") | {"at": "2025-06-02 08:00"}), "events[0].at: must be a time with a zone"),
        (ticket(said("08:00", "shout")), "events[0].type:"),
        (ticket(said("08:00", by="martian")), "events[0].by:"),
        (ticket(said("08:00", "message_out", agent="bob@acme.example")), "events[0].agent: there is no agent “bob@"),
        (ticket(said("08:00", "status")), "events[0].to: is missing"),
        (ticket(said("08:00", "status", to="gone")), "events[0].to: must be one of"),
        (
            ticket(said("08:00", "status", to="closed"), said("08:01", "status", to="open")),
            "events[1].to: a ticket that is closed cannot become open",
        ),
        (ticket(said("08:00", "work", until="2025-06-02T08:00:00Z")), "events[0].until: must be after “at”"),
        (ticket(said("08:00", "call_ended")), "events[0].type: “call_ended” does not fit"),
        (ticket(said("08:00", "csat", rating=6)), "events[0].rating:"),
        (ticket(said("08:00"), said("09:00", "merge_in", source="Z9")), "events[1].source: there is no ticket “Z9”"),
        (ticket(said("08:00", external_id="m1"), said("08:01", external_id="m1")), "external id of another message"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_faulty_line_is_refused_and_nothing_of_it_is_stored(tmp_path, line, reason):
    answer = run(tmp_path, line, ticket(external_id="sound"))
    assert (answer["imported"], len(answer["refused"])) == (1, 1)
    fault = answer["refused"][0]
    assert fault["line"] == 6
    assert reason in fault["reason"]
    assert Ticket.objects.get().external_id == "sound"
    assert Message.objects.count() == 1
    assert TicketFact.objects.count() <= 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (SETUP[0] | {"name": "Mars", "tz": "Mars/Olympus"}, "tz: must be a zone"),
        (SETUP[0] | {"weekly": {"mon": [["10:00", "11:00"]]}}, "a calendar “Vienna” with other hours"),
        (SETUP[1] | {"name": "none", "targets_minutes": {}}, "targets_minutes: a policy needs a target"),
        (
            SETUP[1] | {"name": "odd", "targets_minutes": {"first_response": {"normal": 0}}},
            "first_response.normal must be",
        ),
        (SETUP[1] | {"name": "odd", "targets_minutes": {"mood": {"normal": 1}}}, "unknown metric “mood”"),
        (SETUP[1] | {"name": "lost", "calendar": "Mars"}, "calendar: there is no calendar “Mars”"),
        (SETUP[1] | {"clock": "calendar"}, "a policy “email” with other targets"),
        (SETUP[2] | {"kind": "pigeon"}, "kind: must be one of"),
        (SETUP[4] | {"email": "ann"}, "email:"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_faulty_set_up_is_refused(tmp_path, line, reason):
    answer = run(tmp_path, line)
    assert [fault["line"] for fault in answer["refused"]] == [6]
    assert reason in answer["refused"][0]["reason"]


def test_nothing_can_be_due_on_a_calendar_that_is_never_open(tmp_path):
    closed = {"type": "calendar", "name": "Closed", "tz": "UTC", "weekly": {}}
    policy = SETUP[1] | {"name": "never", "calendar": "Closed"}
    answer = run(tmp_path, closed, policy)
    assert "“Closed” is never open" in answer["refused"][0]["reason"]
    assert not SlaPolicy.objects.filter(name="never").exists()


def test_setting_up_comes_first(tmp_path):
    answer = run(tmp_path, ticket(), SETUP[4] | {"email": "bob@acme.example"})
    assert answer["refused"] == [{"line": 7, "reason": "type: “agent” must come before the first ticket"}]


def test_a_file_that_is_not_there():
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_history", "/nowhere/history.jsonl")
