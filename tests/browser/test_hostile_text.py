"""Hostile text wherever somebody else's words are shown: no script runs, nothing is fetched from elsewhere, and our own
pages break none of their content security policy. Once with the policy, and once without it: escaping alone must do.
"""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from channels_email.receive import receive
from tests import factories as make
from tickets.models import Attachment, Channel, Customer, Identity, Macro, Message, Notification, Tag, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAYLOADS = [json.loads(line)["payload"] for line in (Path(__file__).parents[1] / "data" / "xss.jsonl").open()]
# Where a page shows few at a time: every so manieth.
SOME = [text for text in PAYLOADS if len(text) <= 200][::13]
MANY_IN_A_TICKET = 190
# What a script of theirs would leave behind, and what ours never draw.
ALIEN = """() => {
  const runs = ({ name, value }) => /^on/i.test(name)
    || (/^(href|src|action|formaction)$/i.test(name) && /^\\s*(javascript|data|vbscript):/i.test(value));
  // A formatted mail has a frame of its own, which is looked into as well.
  const frames = [...document.querySelectorAll('iframe.msg-html[sandbox]')];
  const pages = [document, ...frames.map(frame => frame.contentDocument)];
  const elements = pages.flatMap(page => [...page.querySelectorAll('*')]).filter(element => !frames.includes(element));
  const alien = elements.filter(element => [...element.attributes].some(runs)
    || element.matches('iframe, object, embed, base[href], style, marquee, math, [style]'));
  const scripts = [...document.scripts].filter(script => !script.src.startsWith(location.origin + '/static/'));
  return [...alien, ...scripts].map(element => element.outerHTML.slice(0, 200));
}"""
WATCH = """
  window.violations = [];
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
    window.violations.push([effectiveDirective, blockedURI, sample].join(' ')));
"""


@pytest.fixture(params=[False, True], ids=["with the policy", "without it"])
def look(request, open_page, agent, live_server):
    """Opens addresses, all in one browser, and says what was wrong with any of them."""
    page = open_page(agent, "/profile/", bypass_csp=request.param)
    page.add_init_script(WATCH)
    wrong: list[str] = []
    page.on("dialog", lambda dialog: (wrong.append(f"{page.url}: a script ran: {dialog.message}"), dialog.dismiss()))
    home = urlsplit(live_server.url).netloc

    def asked(one) -> None:
        if urlsplit(one.url).netloc not in ("", home):
            wrong.append(f"{page.url} asked for {one.url}")

    page.on("request", asked)

    def look_at(*addresses: str) -> list[str]:
        for address in addresses:
            page.goto(address)
            wrong.extend(f"{address}: {found}" for found in page.evaluate(ALIEN) + page.evaluate("violations"))
        return wrong

    look_at.page = page
    return look_at


@pytest.fixture
def ticket(db) -> Ticket:
    found = make.ticket(channel=make.channel("x", address="@northwind"))
    make.message(found, "Hello", reply_data={"summoned": True})
    return found


def says(ticket: Ticket, texts: list[str], **fields: object) -> None:
    thread, now = ticket.threads.get(), timezone.now()
    fields = {
        "direction": "inbound",
        "visibility": "public",
        "author_kind": "customer",
        "identity": ticket.requester,
        "channel": ticket.channel,
        "thread": thread,
    } | fields
    Message.objects.bulk_create(Message(ticket=ticket, text=text, occurred_at=now, **fields) for text in texts)


def test_every_payload_as_a_post_and_in_a_note(look, agent, ticket):
    addresses = []
    for start in range(0, len(PAYLOADS), MANY_IN_A_TICKET):
        other = make.ticket(channel=ticket.channel, requester=ticket.requester)
        texts = PAYLOADS[start : start + MANY_IN_A_TICKET]
        note = start % (2 * MANY_IN_A_TICKET) == 0
        internal = {"direction": "note", "visibility": "internal", "author_kind": "agent", "user": agent}
        says(other, texts, **(internal | {"thread": None, "channel": None, "identity": None} if note else {}))
        addresses.append(other.get_absolute_url())
    assert look(*addresses) == []


def test_names_subjects_tags_files_macros_and_drafts(look, agent, ticket):
    channel = Channel.objects.get()
    for n, text in enumerate(SOME):
        customer = Customer.objects.create(name=text[:255], note=text)
        identity = Identity.objects.create(
            customer=customer, kind="x", external_id=f"9{n}", name=text[:255], handle=text[:255]
        )
        fields = {"subject": text[:255], "preview": text[:200], "tags": (text[:50].strip() or "tag",)}
        make.ticket(channel=channel, requester=identity, **fields)
        Macro.objects.create(name=f"{n} {text}"[:80], text=text)
        Attachment.objects.create(
            message=ticket.messages.get(), filename=text[:255], state="stored", content_type="text/html", alt_text=text
        )
        Attachment.objects.create(
            message=ticket.messages.get(), state="refused", reason=text[:255], content_type="image/png"
        )
    ticket.tags.set(Tag.objects.all()[:20])
    last = Ticket.objects.latest("pk")
    Notification.objects.create(user=agent, ticket=last, kind="assigned")
    hostile = ["/", "/?sort=newest", "/search/?q=script", "/macros/", reverse("notifications")]
    pages = [last.get_absolute_url(), f"/customers/{last.customer_id}/", f"/tickets/{last.pk}/split/"]
    assert look(*hostile, *pages, ticket.get_absolute_url()) == []
    look.page.keyboard.press("/")
    look.page.locator("#macro-list .opt").first.wait_for()
    assert look.page.evaluate(ALIEN) == []


def test_payloads_typed_by_an_agent_come_back_as_text(look, agent, ticket):
    for text in SOME[::12]:
        look(ticket.get_absolute_url())
        look.page.get_by_role("radio", name="Internal note").check(force=True)
        look.page.locator("textarea[name=text]").fill(f"{text} @")
        look.page.get_by_role("button", name="Add note").click()
        look.page.locator(".msg.is-note").last.wait_for()
    assert look(ticket.get_absolute_url()) == []


def test_html_mail(look, settings):
    mailbox = make.channel("email", address="support@northwind.example")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "Jo <jo@mail.example>", mailbox.address, "<1@mail.example>"
    mail["Subject"] = " ".join(SOME[7].split())[:100]
    mail.set_content("<hr>".join(f"<p>{text}</p>" for text in SOME), subtype="html")
    mail.add_attachment(SOME[5].encode(), maintype="text", subtype="html", filename="page.html")
    assert receive(mailbox, mail.as_bytes())
    ticket = Ticket.objects.get()
    assert look(ticket.get_absolute_url()) == []
