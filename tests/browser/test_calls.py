"""From a ringing telephone to a solved ticket."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from channels_phone.signing import sign
from tests import factories as make
from tests.browser.barriers import barriers
from tickets.models import Ticket
from tickets.models.fields import Secrets
from tickets.services.ingest import translate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
KARI = "+442079460812"


@pytest.fixture
def line(db):
    return make.channel("phone", address="+442079460000", credentials=Secrets(webhook_secret="s3cret"))


@pytest.fixture
def told(line, client):
    def tell(event: str, ago_s: int) -> None:
        at = timezone.now() - timedelta(seconds=ago_s)
        fields = {"call": "c-1", "event": event, "at": at.isoformat(), "number": KARI, "extension": "201"}
        body, stamp = json.dumps(fields), str(int(timezone.now().timestamp()))
        headers = {"X-Parley-Timestamp": stamp, "X-Parley-Signature": sign("s3cret", stamp, body.encode())}
        answer = client.post(f"/calls/events/{line.pk}/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 202
        translate(line.pk)

    return tell


def test_from_ringing_to_solved(line, told, agent, open_page):
    agent.extension = "201"
    agent.save()
    kari = make.identity("phone", external_id=KARI, name="Kari Nilsen", handle=KARI)
    ticket = make.ticket(requester=kari, subject="Lost suitcase", status="open")
    page = open_page(agent, "/", bypass_csp=True, viewport={"width": 390, "height": 800})
    calls = page.get_by_role("region", name="Calls")
    hint = "dispatchEvent(new Event('parley:calls'))"
    told("ring", 200)
    page.evaluate(hint)
    expect(calls.get_by_role("heading", name="Ringing")).to_be_visible()
    assert barriers(page, "/") == []
    told("answered", 190)
    page.evaluate(hint)
    expect(calls.get_by_role("heading", name="On the telephone")).to_be_visible()
    calls.get_by_role("button", name=f"Join #{ticket.pk} Lost suitcase").click()
    expect(page).to_have_url(f"{page.url.split('/tickets')[0]}{ticket.get_absolute_url()}")
    told("hung_up", 10)
    page.evaluate(hint)
    calls.get_by_label("Notes").fill("The suitcase is in Oslo")
    calls.get_by_role("heading", name="Call ended").click()
    page.evaluate(hint)
    page.evaluate("fetch('/calls/now/').then(answer => answer.text())")
    expect(calls.get_by_label("Notes")).to_have_value("The suitcase is in Oslo")
    calls.get_by_role("button", name="Done").click()
    expect(page.get_by_text("The suitcase is in Oslo").first).to_be_visible()
    expect(calls.get_by_role("heading")).to_have_count(0)
    page.goto(ticket.get_absolute_url())
    solve = page.locator("button[name=status][value=solved]").first
    solve.click()
    expect(solve).to_have_count(0)
    found = Ticket.objects.get()
    assert found.status == "solved"
    assert {"call_ring", "call_answered", "call_ended", "work_logged"} <= set(
        found.events.values_list("kind", flat=True)
    )
