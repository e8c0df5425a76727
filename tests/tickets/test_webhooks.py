"""Webhooks: a receiver that answers, fails, stalls and recovers; order, signatures, pauses and the log."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook as Verifier

from tests import factories as make
from tickets.models import Event, Ticket, Webhook, WebhookAttempt, WebhookDelivery
from tickets.services import properties, webhook_sending, webhooks
from tickets.services.errors import Refused
from tickets.services.events import event, record
from tickets.services.health import findings

pytestmark = pytest.mark.django_db
PENDING, DELIVERED, FAILED = (
    WebhookDelivery.State.PENDING,
    WebhookDelivery.State.DELIVERED,
    WebhookDelivery.State.FAILED,
)


@dataclass
class Receiver:
    """`statuses` is what it answers next (then 200); "stall" keeps the connection open and says nothing."""

    url: str = ""
    statuses: list[int | str] = field(default_factory=list)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            state.got.append((dict(self.headers), body))
            status = state.statuses.pop(0) if state.statuses else 200
            if status == "stall":
                state.over.wait()
                return
            self.send_response(status)
            self.send_header("Content-Length", "9")
            self.end_headers()
            self.wfile.write(b"thank you")

        def log_message(self, *words):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield state
    state.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hook(receiver) -> Webhook:
    return webhooks.add("Test", receiver.url, [], {})[0]


@pytest.fixture
def ticket(db) -> Ticket:
    return make.ticket()


def happen(ticket: Ticket, *kinds: str, **fields) -> None:
    for kind in kinds:
        record([event(ticket, kind, **fields)])


def send(hook: Webhook) -> None:
    """As the clock rings, with every pause over."""
    WebhookDelivery.objects.filter(state=PENDING).update(next_try_at=timezone.now())
    Webhook.objects.update(leased_until=None)
    webhook_sending.send(hook.pk)


def states() -> list[str]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("state", flat=True))


def test_a_verb_is_told_with_the_event_and_a_signature(hook, receiver, ticket, agent, as_):
    properties.set_priority(ticket.pk, "urgent", agent)
    assert webhook_sending.due() == [hook.pk]
    webhook_sending.send(hook.pk)
    ((headers, body),) = receiver.got
    told = Verifier(hook.secrets["current"]).verify(body, headers)
    (shown,) = as_(agent).get(f"/api/v1/tickets/{ticket.pk}/events/").json()["results"]
    assert told["type"] == "priority_changed" and told["timestamp"] == shown["occurred_at"]
    assert told["data"].pop("ticket")["number"] == ticket.pk
    shown["actor"].pop("name")
    assert told["data"] == shown
    assert states() == [DELIVERED]
    assert webhook_sending.due() == []


def test_events_are_chosen_by_kind_and_by_what_the_ticket_is(receiver, ticket, agent):
    vip = make.ticket(tags=("vip",))
    kinds = webhooks.add("Kinds", receiver.url, ["spam_marked"], {})[0]
    tags = webhooks.add("Tags", receiver.url, [], {"tag": ["vip"], "status": [vip.status]})[0]
    happen(vip, "note_added", "spam_marked", by=agent)
    happen(ticket, "note_added", by=agent)
    send(kinds)
    assert receiver.kinds == ["spam_marked"]
    send(tags)
    assert receiver.kinds == ["spam_marked", "note_added", "spam_marked"]
    assert {delivery.ticket_id for delivery in WebhookDelivery.objects.all()} == {vip.pk}


def test_imported_history_and_what_is_known_already_are_told_to_nobody(hook, ticket, agent):
    happen(ticket, "note_added", at=timezone.now() - timedelta(days=4))
    happen(ticket, "reply_sent", "reply_sent", by=agent, dedupe_key="once")
    assert [delivery.event.kind for delivery in WebhookDelivery.objects.all()] == ["reply_sent"]


def test_a_failing_event_holds_its_own_ticket_in_order_and_no_other(hook, receiver, ticket):
    other = make.ticket()
    happen(ticket, "snoozed", "woken")
    happen(other, "note_added")
    receiver.statuses = [500]
    send(hook)
    assert receiver.kinds == ["snoozed", "note_added"]
    assert states() == [PENDING, PENDING, DELIVERED]
    first = WebhookDelivery.objects.order_by("pk").first()
    assert first.next_try_at > timezone.now()
    send(hook)
    assert receiver.kinds == ["snoozed", "note_added", "snoozed", "woken"]
    one, two = receiver.got[0], receiver.got[2]
    assert one[1] == two[1] and one[0]["webhook-id"] == two[0]["webhook-id"]
    assert [attempt.status for attempt in first.attempts.all()] == [500, 200]
    assert first.attempts.first().response_body == "thank you"


def test_a_receiver_that_stalls_is_left_alone_and_recovers(hook, receiver, ticket, monkeypatch):
    monkeypatch.setattr(webhook_sending, "TIMEOUT", (1, 0.2))
    receiver.statuses = ["stall"]
    happen(ticket, "note_added")
    happen(make.ticket(), "note_added")
    webhook_sending.send(hook.pk)
    assert len(receiver.got) == 1, "after no answer at all nothing else is tried there"
    assert webhook_sending.due() == []
    assert "No answer" in WebhookAttempt.objects.get().error
    send(hook)
    assert states() == [DELIVERED, DELIVERED]
    hook.refresh_from_db()
    assert hook.last_error == ""


def test_the_pauses_double_up_to_hours():
    pauses = [webhook_sending._pause_s(tries) for tries in range(1, 40)]
    assert 4 <= pauses[0] <= 5 and 16 <= pauses[2] <= 20
    assert max(pauses) <= 6 * 3600
    assert sum(pauses[:20]) < 3 * 86400 < sum(pauses[:34]), "tried for three days with a few dozen requests"


def test_after_three_days_it_is_given_up_paused_and_the_admins_are_told(hook, receiver, ticket, admin):
    happen(ticket, "note_added")
    WebhookDelivery.objects.update(since=timezone.now() - timedelta(days=3), tries=30)
    receiver.statuses = [500]
    send(hook)
    hook.refresh_from_db()
    assert states() == [FAILED] and not hook.is_active
    assert "three days" in hook.pause_text
    (notice,) = mail.outbox
    assert notice.to == [admin.email] and hook.get_absolute_url() in notice.body
    assert [finding.level for finding in findings() if finding.name == "webhooks"] == ["error"]
    happen(ticket, "spam_marked")
    assert webhook_sending.due() == []
    webhooks.resume(hook)
    webhooks.replay(hook.deliveries.all())
    send(hook)
    assert receiver.kinds == ["note_added", "note_added", "spam_marked"]


def test_one_poisonous_event_does_not_pause_what_works(hook, receiver, ticket, admin):
    happen(ticket, "note_added")
    WebhookDelivery.objects.update(since=timezone.now() - timedelta(days=3), tries=30)
    Webhook.objects.update(last_ok_at=timezone.now())
    receiver.statuses = [500]
    send(hook)
    hook.refresh_from_db()
    assert states() == [FAILED] and hook.is_active


def test_gone_pauses_at_once(hook, receiver, ticket, admin):
    happen(ticket, "note_added")
    receiver.statuses = [410]
    send(hook)
    hook.refresh_from_db()
    assert not hook.is_active and "gone" in hook.pause_text


def test_a_new_secret_and_the_one_before_sign_for_a_day(hook, receiver):
    old = hook.secrets["current"]
    new = webhooks.rotate(hook)
    webhooks.ping(hook)
    send(hook)
    headers, body = receiver.got[0]
    for secret in (old, new):
        assert Verifier(secret).verify(body, headers)["type"] == "ping"
    assert len(hook.signing_secrets(timezone.now() + timedelta(hours=25))) == 1


def test_secrets_lie_encrypted_in_the_database(hook):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM tickets_webhook")
        stored = bytes(cursor.fetchone()[0])
    assert hook.secrets["current"].encode() not in stored and b"whsec" not in stored


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_private_addresses_are_not_called(receiver, ticket, settings, host):
    hook = webhooks.add("In here", receiver.url.replace("127.0.0.1", host), [], {})[0]
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    happen(ticket, "note_added")
    send(hook)
    assert receiver.got == []
    hook.refresh_from_db()
    # ::1 is not listened on: it cannot be reached before anybody looks at the address.
    assert ("private network" in hook.last_error) is (host != "[::1]")


def test_an_address_needs_tls_and_no_password(db):
    with pytest.raises(Refused, match="https"):
        webhooks.add("Plain", "http://example.com/", [], {})
    with pytest.raises(Refused, match="signed"):
        webhooks.add("Password", "https://me:secret@example.com/", [], {})


def test_a_redirect_is_not_followed(hook, receiver, ticket):
    happen(ticket, "note_added")
    receiver.statuses = [302]
    send(hook)
    assert len(receiver.got) == 1 and states() == [PENDING]


def test_two_senders_at_once_are_one(hook, receiver, ticket):
    happen(ticket, "note_added")
    Webhook.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    webhook_sending.send(hook.pk)
    assert receiver.got == []


def test_the_log_is_forgotten_after_a_month(hook, receiver, ticket):
    happen(ticket, "note_added")
    send(hook)
    webhook_sending.forget()
    assert WebhookAttempt.objects.count() == 1
    WebhookDelivery.objects.update(settled_at=timezone.now() - timedelta(days=31))
    webhook_sending.forget()
    assert not WebhookAttempt.objects.exists()
    assert Event.objects.count() == 1


def test_an_admin_makes_tries_and_reads_it_on_pages(as_, admin, agent, receiver, ticket):
    channel = ticket.channel
    page = as_(admin)
    assert as_(agent).get(reverse("webhooks")).status_code == 403
    made = page.post(
        reverse("new-webhook"),
        {"name": "CRM", "url": receiver.url, "kinds": ["spam_marked"], "channel": [channel.pk], "tag": "vip, hotel"},
    )
    hook = Webhook.objects.get()
    assert hook.secrets["current"] in made.content.decode()
    assert (hook.kinds, hook.filters) == (["spam_marked"], {"channel": [str(channel.pk)], "tag": ["vip", "hotel"]})
    assert "whsec_" not in page.get(hook.get_absolute_url()).content.decode()
    page.post(reverse("ping-webhook", args=[hook.pk]))
    send(hook)
    delivery = WebhookDelivery.objects.get()
    log = page.get(reverse("webhook-delivery", args=[hook.pk, delivery.pk])).content.decode()
    assert "webhook-signature" in log and "thank you" in log
    page.post(reverse("replay-webhook", args=[hook.pk]), {"delivery": delivery.pk})
    send(hook)
    assert receiver.kinds == ["ping", "ping"]
    page.post(reverse("pause-webhook", args=[hook.pk]))
    assert "Resume the webhook" in page.post(reverse("ping-webhook", args=[hook.pk]), follow=True).content.decode()
    assert page.post(reverse("webhook", args=[hook.pk]), {"name": "", "url": "no"}).status_code == 422
    page.post(reverse("webhook", args=[hook.pk]), {"name": "ERP", "url": receiver.url})
    page.post(reverse("resume-webhook", args=[hook.pk]))
    hook.refresh_from_db()
    assert (hook.name, hook.kinds, hook.filters, hook.is_active) == ("ERP", [], {}, True)
    page.post(reverse("remove-webhook", args=[hook.pk]))
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_pages_cost_the_same_however_much_was_sent(as_, admin, hook, django_assert_max_num_queries, rows):
    for _ in range(rows):
        happen(make.ticket(), "note_added")
    page = as_(admin)
    with django_assert_max_num_queries(13):
        page.get(hook.get_absolute_url())
