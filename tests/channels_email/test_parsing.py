"""One raw message in, its fields out."""

import json

import pytest

from channels_email.parsing import parse
from channels_email.parsing.html import sanitise, to_text
from channels_email.parsing.quotes import visible_text


def raw(headers: str, body: str = "Hello", **encode: str) -> bytes:
    return (headers.strip() + "\n\n" + body).encode(**encode)


def test_the_outward_form():
    mail = parse(
        raw(
            "From: Jo Doe <jo@mail.example>\nTo: Help <help@acme.example>, x@acme.example\nCc: cc@mail.example\n"
            "Reply-To: jo@home.example\nSubject: Lost bag\nDate: Mon, 23 Nov 2026 10:00:00 +0100\n"
            "Message-ID: <b@mail>\nIn-Reply-To: <a@acme>\nReferences: <0@acme>\n <a@acme>",
            "Where is it?\n\nOn Sun, 22 Nov 2026 at 9:00, Help <help@acme.example> wrote:\n> We have it.\n",
        )
    )
    assert json.loads(json.dumps(mail.as_json())) == {
        "from": [{"name": "Jo Doe", "address": "jo@mail.example"}],
        "to": [{"name": "Help", "address": "help@acme.example"}, {"name": "", "address": "x@acme.example"}],
        "cc": [{"name": "", "address": "cc@mail.example"}],
        "reply_to": [{"name": "", "address": "jo@home.example"}],
        "subject": "Lost bag",
        "date": "2026-11-23T09:00:00Z",
        "message_id": "<b@mail>",
        "in_reply_to": "<a@acme>",
        "references": ["<0@acme>", "<a@acme>"],
        "text": "Where is it?\n\nOn Sun, 22 Nov 2026 at 9:00, Help <help@acme.example> wrote:\n> We have it.\n",
        "html": "",
        "visible_text": "Where is it?",
        "attachments": [],
        "kind": "reply",
        "recipients": [],
        "forwarded": None,
        "may_auto_reply": True,
        "error": None,
    }


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?utf-8?b?Y2Fmw6k=?= =?utf-8?b?IGF1IGxhaXQ=?=", "café au lait"),
        ("=?utf-8?b?Y2Fmww==?= =?utf-8?b?qQ==?=", "café"),
        ('"=?utf-8?q?caf=C3=A9?="', '"café"'),
        ("=?utf-8?q?a b?=", "a b"),
        ("=?x-unknown?q?caf=E9?=", "café"),
        ("caf\u00e9", "café"),
        ("one\n\ttwo", "one two"),
        ("a\x00b\x07\u202ec", "a b c"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
    ],
)
def test_subjects(field, subject):
    assert parse(raw(f"From: jo@mail.example\nSubject: {field}")).subject == subject


@pytest.mark.parametrize(
    ("field", "people"),
    [
        ("Jo <jo@mail.example>", [("Jo", "jo@mail.example")]),
        ('"Doe, Jo" <jo@mail.example>', [("Doe, Jo", "jo@mail.example")]),
        ("=?utf-8?q?Doe=2C_J=C3=B6?= <jo@mail.example>", [("Doe, Jö", "jo@mail.example")]),
        ("=?utf-8?q?Doe, Jo?= <jo@mail.example>", [("Doe, Jo", "jo@mail.example")]),
        ("jo@mail.example (Jo)", [("Jo", "jo@mail.example")]),
        ("team: a@x.example, b@x.example;", [("", "a@x.example"), ("", "b@x.example")]),
        ("undisclosed-recipients:;", []),
        ("Jo <jo@mail.example>, JO@mail.example", [("Jo", "jo@mail.example")]),
        ("(" * 5000 + " jo@mail.example", [("", "jo@mail.example")]),
        ("nobody", []),
    ],
)
def test_people(field, people):
    found = parse(raw(f"From: x@y.example\nTo: {field}")).to
    assert [(person.name, person.address) for person in found] == people


def test_bytes_that_are_not_what_they_say():
    latin = raw("From: a@b.example\nContent-Type: text/plain; charset=utf-8", "café", encoding="latin-1")
    assert parse(latin).text == "café"
    unicode = raw("From: a@b.example\nContent-Type: text/plain; charset=iso-8859-1", "café", encoding="utf-8")
    assert parse(unicode).text == "café"
    assert parse(raw("From: a@b.example\nContent-Type: text/plain; charset=punycode", "a-b")).text == "a-b"


def test_files_have_safe_names():
    mail = parse(
        raw(
            'From: a@b.example\nContent-Type: application/pdf; name="../../etc/passwd\u202efdp.exe"\n'
            "Content-Disposition: attachment"
        )
    )
    assert [file.filename for file in mail.files] == ["passwd fdp.exe"]


def test_an_invitation_is_readable():
    calendar = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Refund\\, at last\nDTSTART:20261124T090000Z\nEND:VEVENT"
    mail = parse(raw("From: a@b.example\nContent-Type: text/calendar; method=REQUEST", calendar))
    assert mail.text == "Refund, at last\nWhen: 2026-11-24 09:00 UTC"
    assert mail.files[0].content_type == "text/calendar"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n> b\n> > c\nd"),
        ("<ul><li>x<li>y</ul>", "- x\n- y"),
        ('<a href="https://acme.example/x">here</a>', "here <https://acme.example/x>"),
        ('<a href="https://acme.example">acme.example</a>', "acme.example"),
        ("<style>p{}</style><script>x</script>a &lt; b&nbsp;c", "a < b\u00a0c"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
    ],
)
def test_html_as_text(source, text):
    assert to_text(source) == text


def test_html_is_harmless():
    cleaned = sanitise(
        '<p onclick="x()">a<script>alert(1)</script><img src="javascript:x" onerror="y"><a href="javascript:z">b</a>'
        '<iframe src="https://x.example"></iframe><form action="/x"><input></form><style>*{}</style></p>'
    )
    for bad in ("script", "onclick", "onerror", "iframe", "form", "style", "input"):
        assert bad not in cleaned


def test_robots_get_no_automatic_answer():
    assert parse(raw("From: jo@mail.example")).may_auto_reply
    for line in (
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "List-Id: <x.example>",
        "Return-Path: <>",
        "X-Auto-Response-Suppress: All",
        "Subject: Out of office: back on Monday",
        "X-Autoreply: yes",
    ):
        assert not parse(raw(f"From: jo@mail.example\n{line}")).may_auto_reply, line
    for sender in ("no-reply@x.example", "MAILER-DAEMON@x.example", "list-bounces@x.example"):
        assert not parse(raw(f"From: {sender}")).may_auto_reply, sender


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Lost bag", "message"),
        ("Re: Lost bag", "reply"),
        ("AW: Lost bag", "reply"),
        ("Automatische Antwort: Lost bag", "auto_reply"),
        ("Réponse automatique", "auto_reply"),
        ("On vacation policy for staff", "message"),
        ("Your delivery has failed me", "message"),
    ],
)
def test_kinds(subject, kind):
    assert parse(raw(f"From: jo@mail.example\nSubject: {subject}", "It could not be delivered, you said.")).kind == kind


def test_somebody_who_writes_about_a_bounce_is_no_bounce():
    quoted = "Why?\n\n> Delivery failed permanently: 550 5.1.1 user unknown\n> <jo@mail.example>: no such user"
    assert parse(raw("From: jo@mail.example\nSubject: Re: Undeliverable: bag", quoted)).kind == "reply"


def test_a_bounce_names_what_it_returns():
    mail = parse(
        raw(
            "From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "--b\n\nIt did not work.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
            "Final-Recipient: rfc822; jo@mail.example\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 No such user\n\n--b\nContent-Type: message/rfc822\n\n"
            "Message-ID: <sent@acme.example>\nSubject: x\n\nbody\n--b--\n",
        )
    )
    assert (mail.kind, mail.returned_id) == ("bounce", "<sent@acme.example>")
    [told] = mail.recipients
    assert (told.address, told.status, told.code, told.hard) == ("jo@mail.example", "5.1.1", "550", True)


def test_an_attached_original_counts_as_forwarded():
    mail = parse(
        raw(
            'From: Ann <ann@acme.example>\nSubject: Fwd: Bag\nContent-Type: multipart/mixed; boundary="b"',
            "--b\n\nPlease help her.\n--b\nContent-Type: message/rfc822\n\n"
            "From: Jo <jo@mail.example>\nSubject: Bag\n\nWhere is it?\n--b--\n",
        )
    )
    assert mail.forwarded
    assert (mail.forwarded.sender.address, mail.forwarded.body) == ("jo@mail.example", "Where is it?")
    assert mail.files[0].filename == "Bag.eml"


@pytest.mark.parametrize("text", ["Thanks!\n-- \nJo Doe\nAcme", "Thanks!\n\nSent from my iPhone", "Thanks!\n\n> old"])
def test_signatures_are_folded(text):
    assert visible_text(text) == "Thanks!"
